using System.Text;
using System.Text.Json;
using CsCheck;
using FastProvider.Base;
using FastProvider.Tests.ApiServer;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Faults;

/// <summary>What tenants write must not forge a line, colour a terminal or turn the text of a log around.</summary>
public sealed class LogLineTests
{
    private const string Evil =
        "a\n\r\t\u0000\u001b[31m\u007f\u0085\u009b31m\u061c\u200e\u200f\u2028\u2029"
        + "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069z";

    /// <summary>Text with many of the characters in question, and bytes that are no UTF-8.</summary>
    private static readonly Gen<byte[]> GenBytes = Gen.OneOf(
        Gen.String[Gen.OneOf(Gen.Char[Evil], Gen.Char[' ', '~'], Gen.Char), 0, 40].Select(text => Encoding.UTF8.GetBytes(text)),
        Gen.Byte.Array[0, 40],
        Gen.OneOf(Convert.FromHexString("C2E28081A8AE9B41F0FF")).Array[0, 20]);

    [Fact]
    public void A_line_keeps_all_text_but_what_is_dangerous() => GenBytes.Sample(bytes =>
    {
        var expected = string.Concat(
            Encoding.UTF8.GetString(bytes).EnumerateRunes().Select(r => IsDangerous(r.Value) ? "?" : r.ToString()));
        var line = new SafeText().Append("> "u8).Append(bytes).Append(" <"u8);
        return Encoding.UTF8.GetString(line.Bytes).Replace('\uFFFD', '?') == $"> {expected.Replace('\uFFFD', '?')} <"
            && Encoding.UTF8.GetString(line.WithNewLine()) == Encoding.UTF8.GetString(line.Bytes) + "\n";
    });

    [Fact]
    public void A_string_is_the_same_as_its_bytes() => Gen.String.Sample(text =>
        new SafeText().Append(text).Bytes.SequenceEqual(new SafeText().Append(Encoding.UTF8.GetBytes(text)).Bytes));

    [Fact]
    public async Task Names_in_Secrets_and_tokens_do_not_reach_the_line_as_they_are()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Token = Token();
        scene.Server.Cluster.Tokens.Trusted[scene.Token] = new ServiceAccount(PullScene.Namespace, PullScene.ServiceAccount);
        scene.Secrets(
            Secret.DockerConfigJson("mirror-creds", ("localhost:5000", RegistryEntry.Basic("mirror", "mirror-password"))),
            Secret.OfDocument($"broken-{Evil}", Secret.DockerConfigJsonType, ".dockerconfigjson", "{"));

        var run = await scene.PullAsync();
        run.Answers().ClaimsPrivate(PullScene.Image);
        Assert.Contains("pod a?", run.Stderr, StringComparison.Ordinal);
        Assert.Contains("Secret broken-a?", run.Stderr, StringComparison.Ordinal);
        Assert.DoesNotContain(run.Stderr.TrimEnd('\n').EnumerateRunes(), r => IsDangerous(r.Value));
    }

    [Fact]
    public async Task Neither_do_they_in_the_line_of_a_failure()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Token = Token();

        var line = await scene.FailsAsync(); // 401, as nobody knows this token

        Assert.Contains("pod a?", line, StringComparison.Ordinal);
        Assert.DoesNotContain(line.EnumerateRunes(), r => IsDangerous(r.Value));
    }

    [Fact]
    public async Task An_argument_does_not_reach_the_line_as_it_is()
    {
        var line = (await Plugin.RunAsync([$"--{Evil.Replace("\0", "", StringComparison.Ordinal)}"], [])).Fails(exitCode: 2);

        Assert.DoesNotContain(line.EnumerateRunes(), r => IsDangerous(r.Value));
    }

    private static bool IsDangerous(int c) =>
        c is <= 0x1F or (>= 0x7F and <= 0x9F) or 0x61C or 0x200E or 0x200F or (>= 0x2028 and <= 0x202E)
        or (>= 0x2066 and <= 0x2069);

    private static string Token() => TokenIssuer.Sign($$$$"""
        {"aud":["{{{{Quoted}}}}"],"exp":4102444800,"iss":"{{{{Quoted}}}}","nbf":1795400290,"kubernetes.io":{"namespace":"team-a","pod":{"name":"{{{{Quoted}}}}"},"serviceaccount":{"name":"{{{{Quoted}}}}"}}}
        """);

    private static string Quoted => JsonSerializer.Serialize(Evil)[1..^1];
}
