using System.Text;
using CsCheck;
using FastProvider.Node;
using FastProvider.Tests.Documents;

namespace FastProvider.Tests.Node;

public class KubeconfigTests
{
    [Fact]
    public void Kubeadm_gives_server_embedded_CA_and_one_file_for_certificate_and_key()
    {
        var kubeconfig = Parse(SampleKubeconfigs.Kubeadm());

        Assert.Equal("https://10.0.0.10:6443", kubeconfig.Server);
        Assert.Equal(NodeTree.Pem, Content(kubeconfig.CertificateAuthority));
        Assert.Equal("/var/lib/kubelet/pki/kubelet-client-current.pem", kubeconfig.ClientCertificate?.File);
        Assert.Equal("/var/lib/kubelet/pki/kubelet-client-current.pem", kubeconfig.ClientKey?.File);
        Assert.Null(kubeconfig.TlsServerName);
        Assert.Null(kubeconfig.ProxyUrl);
    }

    [Fact]
    public void Windows_line_ends_and_a_byte_order_mark_change_nothing() =>
        Assert.Equal("https://10.0.0.10:6443", Parse("\uFEFF" + SampleKubeconfigs.Kubeadm().Replace("\n", "\r\n")).Server);

    [Fact]
    public void Entries_of_nothing_are_passed_over() =>
        Assert.Equal("https://10.0.0.10:6443", Parse(
            SampleKubeconfigs.Kubeadm().Replace("users:\n", "users:\n-\n").Replace("clusters:\n", "clusters:\n- null\n")).Server);

    [Fact]
    public void OpenShift_indents_its_lists_and_quotes()
    {
        var kubeconfig = Parse(SampleKubeconfigs.OpenShift);

        Assert.Equal("https://api-int.ocp.example.com:6443", kubeconfig.Server);
        Assert.Equal(NodeTree.Pem, Content(kubeconfig.CertificateAuthority));
    }

    [Fact]
    public void MicroShift_embeds_certificate_and_key()
    {
        var kubeconfig = Parse(SampleKubeconfigs.MicroShift);

        Assert.Equal("https://microshift.example.com:6443", kubeconfig.Server);
        Assert.Equal("FAKE CERTIFICATE", Content(kubeconfig.ClientCertificate));
        Assert.Equal("FAKE KEY", Content(kubeconfig.ClientKey));
    }

    [Fact]
    public void K3s_names_files() =>
        Assert.Equal("/var/lib/rancher/k3s/agent/server-ca.crt", Parse(SampleKubeconfigs.K3s).CertificateAuthority?.File);

    [Fact]
    public void Json_is_read_for_its_current_context_and_relative_paths_start_at_its_directory()
    {
        var kubeconfig = Parse(SampleKubeconfigs.Json);

        Assert.Equal("https://right.example.com", kubeconfig.Server);
        Assert.Equal("kubernetes", kubeconfig.TlsServerName);
        Assert.Equal(NodeTree.Pem, Content(kubeconfig.CertificateAuthority));
        Assert.Equal("/etc/kubernetes/c.pem", kubeconfig.ClientCertificate?.File);
        Assert.Null(kubeconfig.ClientKey);
    }

    [Fact]
    public void Data_beats_a_file()
    {
        var both = SampleKubeconfigs.Kubeadm().Replace("    server:", "    certificate-authority: ca.crt\n    server:");

        Assert.Equal(NodeTree.Pem, Content(Parse(both).CertificateAuthority));
    }

    [Fact]
    public void Without_current_context_the_only_context_counts()
    {
        Assert.NotNull(
            Parse(SampleKubeconfigs.Kubeadm().Replace("current-context: default-context", "current-context: \"\"")).Server);
        Assert.Contains(
            "not exactly one context", Refusal(SampleKubeconfigs.Json.Replace("\"current-context\": \"b\"", "\"x\": 1")));
    }

    [Theory]
    [InlineData("current-context: other\ncontexts: []", "current-context names no context")]
    [InlineData("", "not exactly one context")]
    [InlineData("{}", "not exactly one context")]
    [InlineData("{\"a\": ", "no valid JSON in line 1")]
    [InlineData("a:\n\tb: 1", "line 2: while scanning a mapping, found invalid tab as indentation")]
    [InlineData("a: b: c", "line 1: while scanning a plain scalar value, found invalid mapping")]
    [InlineData("a: one # x\n  two", "line 2: while parsing a block mapping, did not find expected key")]
    [InlineData("a: 'one\n\n", "line 1: while scanning a quoted scalar, found unexpected end of stream")]
    [InlineData("a: \"\\q\"", "line 1: while scanning a quoted scalar, found unknown escape character")]
    [InlineData("a: \"\\ud800\"", "line 1: while scanning a quoted scalar, found invalid Unicode surrogates")]
    [InlineData("a: 'x' y", "line 1: while parsing a block mapping, did not find expected key")]
    [InlineData("a: 1\n- b", "line 2: while parsing a block mapping, did not find expected key")]
    [InlineData("a: @b", "line 1: while scanning for the next token")]
    [InlineData("a:\n  - *x", "line 2: an alias names no anchor before it")]
    [InlineData("current-context: |\n  x\ncontexts:\n- name: x\n  context: {}", "line 1: current-context names no context")]
    [InlineData("current-context: [a]\ncontexts: []", "line 1: current-context is not a text")]
    [InlineData("current-context: a\ncontexts:\n- [a]", "line 3: a mapping is expected")]
    [InlineData("current-context: a\ncontexts:\n- name: a\n  context: [b]", "line 4: a mapping is expected")]
    [InlineData("contexts:\n- context:\n    cluster: b\nclusters:\n- name: b\n  cluster: 'c'", "line 6: a mapping is expected")]
    [InlineData("contexts: {a: 1}\ncurrent-context: a", "line 1: a list is expected")]
    // Control characters, in texts, keys, comments and indentation (YAML 1.2 section 5.1).
    [InlineData("a: 1\nb: x\u0000y", "line 2: a control character")]
    [InlineData("a: 1 # \u0001", "line 1: a control character")]
    [InlineData("a: |\n  x\u001b[2J", "line 2: a control character")]
    [InlineData("a\u0008: 1", "line 1: a control character")]
    [InlineData("\u000c a: 1", "line 1: a control character")]
    [InlineData("a: \u007f", "line 1: a control character")]
    [InlineData("a: \u0080", "line 1: a control character")]
    [InlineData("a: \u009f", "line 1: a control character")]
    [InlineData("a: '\uFFFE'", "line 1: a control character")]
    [InlineData("{\"a\": \"\u007f\u0001\"}", "no valid JSON in line 1")]
    // Block scalars: indicators, and lines that belong neither to the text nor to what is around it.
    [InlineData("a: |0\n  x", "line 1: while scanning a block scalar, found an indentation indicator equal to 0")]
    [InlineData("a: |x\n  x", "line 1: while scanning a block scalar, did not find expected comment or line break")]
    [InlineData("a: |++\n  x", "line 1: while scanning a block scalar")]
    [InlineData("a: |22\n  x", "line 1: while scanning a block scalar")]
    [InlineData("a: |+2-\n  x", "line 1: while scanning a block scalar")]
    [InlineData("a: > x\n  x", "line 1: while scanning a block scalar")]
    [InlineData("a: |4\n  b: 1\n", "line 2: while parsing a block mapping, did not find expected key")]
    [InlineData("a: |\n    x\n  b: 1\n", "line 3: while parsing a block mapping, did not find expected key")]
    [InlineData("a: |\n\t\n  x\n", "line 2: while scanning a mapping, found invalid tab as indentation")]
    [InlineData("a: |\n  x\n # comment\n  y: 1\n", "line 4: while parsing a block mapping, did not find expected key")]
    // Flow collections that end on a later line than they seem to.
    [InlineData("a: {b: \"x}\nc: 1", "line 1: while scanning a quoted scalar, found unexpected end of stream")]
    [InlineData("a: [[x]\nb: 1", "line 2: while parsing a flow sequence, did not find expected ',' or ']'")]
    [InlineData("a: [x\n---\n]", "line 2: while parsing a flow sequence, did not find expected ',' or ']'")]
    [InlineData("a: [x}]\nb: 1", "line 1: while parsing a flow sequence, did not find expected ',' or ']'")]
    [InlineData("a: [x] y]", "line 1: while parsing a block mapping, did not find expected key")]
    [InlineData("a: 1\n<<: b", "line 2: a merge key needs a mapping or a list of them")]
    [InlineData("--- a: 1", "line 1: while scanning a plain scalar value, found invalid mapping")]
    public void What_is_not_understood_is_refused_with_its_place_and_a_way_out(string text, string expected)
    {
        var message = Refusal(text);

        Assert.Contains(expected, message);
        Assert.Contains("/etc/kubernetes/kubelet.conf", message);
        Assert.Contains("--api-server and --certificate-authority", message);
        Assert.DoesNotContain('\n', message);
    }

    [Theory]
    [InlineData("true")]
    [InlineData("True")]
    [InlineData("yes")]
    [InlineData("\"true\"")]
    [InlineData("1")]
    [InlineData("on")]
    [InlineData("[]")]
    [InlineData("{a: b}")]
    [InlineData("!!str no")]
    [InlineData("false\n    insecure-skip-tls-verify: true")]
    [InlineData("false\n    <<: {insecure-skip-tls-verify: true}")]
    public void An_unverified_server_is_refused(string value) => Assert.Contains(
        "insecure-skip-tls-verify is refused",
        Refusal(SampleKubeconfigs.Kubeadm().Replace("    server:", $"    insecure-skip-tls-verify: {value}\n    server:")));

    [Theory]
    [InlineData("false")]
    [InlineData("no")]
    [InlineData("Off")]
    [InlineData("~")]
    [InlineData("\"\"")]
    [InlineData("\"false\"")]
    [InlineData("true\n    insecure-skip-tls-verify: false")]
    public void A_server_that_is_to_be_verified_is_taken(string value) => Assert.Equal(
        "https://10.0.0.10:6443",
        Parse(SampleKubeconfigs.Kubeadm().Replace("    server:", $"    insecure-skip-tls-verify: {value}\n    server:")).Server);

    [Theory]
    [InlineData("", "---\n")]
    [InlineData("", "...\n")]
    [InlineData("", "---\nkind: Other\n- broken")]
    [InlineData("%YAML 1.1\n---\n", "")]
    [InlineData("--- # written by a tool\n", "--- # end\n")]
    [InlineData("server: &s https://10.0.0.10:6443\nclusters: []\n", "")]
    public void What_stands_before_and_behind_the_first_document_changes_nothing(string before, string after) =>
        Assert.Equal("https://10.0.0.10:6443", Parse(before + SampleKubeconfigs.Kubeadm() + after).Server);

    [Theory]
    [InlineData("exec: {command: aws}", "exec")]
    [InlineData("tokenFile: /t", "tokenFile")]
    [InlineData("token: t", "token")]
    [InlineData("username: u", "username")]
    [InlineData("auth-provider: {name: gcp}", "auth-provider")]
    [InlineData("exec: {command: aws}\n    client-certificate: c.pem", null)]
    public void What_the_user_logs_in_by_instead_of_a_certificate_is_known(string user, string? expected)
    {
        var kubeconfig = Parse(
            "contexts: [{context: {cluster: c, user: u}}]\nclusters: [{name: c, cluster: {server: 'https://s'}}]\nusers:\n"
                + "- name: u\n  user:\n    " + user);

        Assert.Equal(expected, kubeconfig.OtherLogin);
    }

    [Fact]
    public void Values_of_other_styles_do_no_harm_where_they_are_not_needed()
    {
        const string exec = """
            - name: someone
              user:
                exec:
                  args: ["get-token", '{x}']
                  installHint: |+
                    Install it:

                      # not a comment
                      - curl ...
                  env: []
                  nothing:
                  tilde: ~
            -
              name: 'empty'
            """;

        Assert.Equal("https://10.0.0.10:6443", Parse(SampleKubeconfigs.Kubeadm() + exec).Server);
    }

    [Theory]
    [InlineData(
        "current-context: a\ncontexts: [{name: a, context: {cluster: c}}]\n"
            + "clusters: [{name: c, cluster: {server: 'https://s'}}]")]
    [InlineData("current-context: >-\n  a\ncontexts:\n- name: |-\n    a\n  context: {\n    cluster: \"c\",\n  }\n"
        + "clusters:\n- cluster:\n    server:\n      https://s\n  name: c")]
    public void Any_style_says_who_the_server_is(string text) => Assert.Equal("https://s", Parse(text).Server);

    [Fact]
    public void Data_may_be_a_block_of_lines()
    {
        var kubeadm = SampleKubeconfigs.Kubeadm();
        var data = Convert.ToBase64String(Encoding.UTF8.GetBytes(NodeTree.Pem));
        var lines = kubeadm.Replace(data, $"|\n      {data[..8]}\n      {data[8..]}", StringComparison.Ordinal);

        Assert.NotEqual(kubeadm, lines);
        Assert.Equal(NodeTree.Pem, Content(Parse(lines).CertificateAuthority));
    }

    [Theory]
    [InlineData("server: \"https://a\\0b\"", "server has a control character")]
    [InlineData("certificate-authority: \"a\\nb\"", "certificate-authority has a control character")]
    [InlineData("proxy-url: \"http://a\\x7f\"", "proxy-url has a control character")]
    [InlineData("tls-server-name: \"a\\Lb\"", "tls-server-name has a control character")]
    public void A_control_character_that_an_escape_brings_is_refused(string line, string expected) => Assert.Contains(
        expected, Refusal($"contexts:\n- context:\n    cluster: c\nclusters:\n- name: c\n  cluster:\n    {line}\n"));

    [Fact]
    public void Text_that_is_no_UTF_8_is_refused_in_both_forms()
    {
        foreach (var text in new[] { "a: '\u00ff'", "{\"a\": \"\u00ff\"}" })
        {
            var failure = Kubeconfig.Parse(Encoding.Latin1.GetBytes(text), "/k").Failure;
            Assert.Contains("is not UTF-8", failure!.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_broken_key_is_named_but_not_shown()
    {
        var message = Refusal(SampleKubeconfigs.MicroShift.Replace("client-key-data: ", "client-key-data: %secret-part%"));
        Assert.DoesNotContain("secret-part", message);
        message = Refusal(SampleKubeconfigs.MicroShift.Replace("client-key-data: ", "client-key-data: secret-part!"));
        Assert.Contains("client-key-data is no base64", message);
        Assert.DoesNotContain("secret-part", message);
    }

    [Fact]
    public void Nesting_is_bounded()
    {
        var deep = string.Concat(Enumerable.Range(0, 10_000).Select(level => new string(' ', level % 500) + "- "))
            .Replace("\n", "");

        Assert.Contains("nested too deeply", Refusal(deep + "x"));
        Assert.Contains("no valid JSON", Refusal("{\"a\":" + new string('[', 10_000)));
    }

    [Fact]
    public void Any_text_survives_both_kinds_of_quotes() => Gen.String[Gen.Char[' ', '\uD7FF'], 0, 40].Sample(text =>
    {
        var single = text.Any(MustBeEscaped) ? "" : text.Replace("'", "''");
        var expected = text.Any(MustBeEscaped) ? "" : text;
        Assert.Equal(expected, Scalar($"'{single}' # comment"));

        var escaped = string.Concat(
            text.Select(c => c is '"' or '\\' ? $"\\{c}" : MustBeEscaped(c) ? $"\\u{(int)c:x4}" : $"{c}"));
        Assert.Equal(text, Scalar($"\"{escaped}\""));
        Assert.Equal(text, Scalar($"\"{string.Concat(text.Select(c => $"\\u{(int)c:X4}"))}\""));

        static bool MustBeEscaped(char c) => char.IsControl(c) || c is '\u2028' or '\u2029';
    });

    [Fact]
    public void No_text_makes_the_reader_throw_or_run_on() =>
        Gen.String[Gen.Char[" \n\t:-#'\"\\{}[]|>&!?a1~\r,x\uFEFF"], 0, 60].Sample(text =>
        {
            var failure = Kubeconfig.Parse(Encoding.UTF8.GetBytes(text), "/etc/kubernetes/kubelet.conf").Failure;
            Assert.NotNull(failure);
        });

    [Fact]
    public void No_cut_of_the_json_form_is_taken_for_the_whole()
    {
        var whole = Encoding.UTF8.GetBytes(SampleKubeconfigs.Json);
        for (var length = 0; length < whole.Length; length++)
        {
            Assert.NotNull(Kubeconfig.Parse(whole.AsMemory(0, length), "/k").Failure);
        }
    }

    private static string Scalar(string yaml)
    {
        var root = Reading.One(Encoding.UTF8.GetBytes($"key: {yaml}\nnext: 1"));
        Assert.NotNull(root.Find("next"u8));
        return Encoding.UTF8.GetString(root.Find("key"u8)!.Text.Span);
    }

    private static Kubeconfig Parse(string text)
    {
        var read = Kubeconfig.Parse(Encoding.UTF8.GetBytes(text), "/etc/kubernetes/kubelet.conf");
        Assert.Null(read.Failure?.Message);
        return read.Value!;
    }

    private static string Refusal(string text)
    {
        var failure = Kubeconfig.Parse(Encoding.UTF8.GetBytes(text), "/etc/kubernetes/kubelet.conf").Failure;
        Assert.NotNull(failure);
        return failure.Message;
    }

    private static string? Content(PemSource? source)
    {
        Assert.NotNull(source);
        Assert.Null(source.Read(new NodeFiles(), out var pem));
        return Encoding.UTF8.GetString(pem.Span);
    }
}
