using System.Text;
using CsCheck;
using FastProvider.Node;
using k8s;

namespace FastProvider.Tests.Node;

/// <summary>
/// One kubeconfig in any style that YAML has for it: our reader finds what was written, and so does KubernetesClient's.
/// </summary>
public sealed class KubeconfigStyleTests
{
    [Fact]
    public void Whatever_the_style_the_reader_and_KubernetesClient_find_what_was_written() =>
        Gen.Select(Gen.Int[1, 3], Gen.Int[0, 2], Gen.Int[0, 1_000_000].Array[1, 120]).Sample((count, current, dice) =>
        {
            current %= count;
            var yaml = new Writer(dice).Write(count, current);

            var read = Kubeconfig.Parse(Encoding.UTF8.GetBytes(yaml), "/k");
            using var stream = new MemoryStream(Encoding.UTF8.GetBytes(yaml));
            var theirs = KubernetesClientConfiguration.LoadKubeConfig(stream);

            Assert.Null(read.Failure?.Message);
            var ours = read.Value!;
            Assert.Equal((Server(current), $"name-{current}.example.com", "ca.pem"), (
                ours.Server, ours.TlsServerName, Path.GetFileName(ours.CertificateAuthority?.File)));
            var context = theirs.Contexts.Single(c => c.Name == theirs.CurrentContext).ContextDetails;
            var cluster = theirs.Clusters.Single(c => c.Name == context.Cluster).ClusterEndpoint;
            Assert.Equal(
                (ours.Server, ours.TlsServerName, "ca.pem"),
                (cluster.Server, cluster.TlsServerName, cluster.CertificateAuthority));
        }, iter: 1000);

    private static string Server(int number) => $"https://host-{number}.example.com:{6443 + number}/base_{number}";

    /// <summary>Writes with the dice's choices, taken round and round.</summary>
    private sealed class Writer(int[] dice)
    {
        private readonly StringBuilder _text = new();
        private int _at;

        public string Write(int count, int current)
        {
            if (Choose(4) == 0)
            {
                _text.Append("# 'a' comment\n---\n");
            }

            Mapping(0,
                ("apiVersion", at => Scalar(at, "v1")),
                ("kind", at => Scalar(at, "Config")),
                ("current-context", at => Scalar(at, $"context {current}")),
                ("x-preferences", Other),
                ("x-note", Other),
                ("clusters", indent => Sequence(indent, count, (inner, i) => Mapping(inner,
                    ("name", at => Scalar(at, $"cluster#{i}")),
                    ("cluster", deeper => Nested(deeper, innermost => Mapping(innermost,
                        ("server", at => Scalar(at, Server(i))),
                        ("tls-server-name", at => Scalar(at, $"name-{i}.example.com")),
                        ("certificate-authority", at => Scalar(at, "ca.pem")),
                        ("x-other", Other))))))),
                ("contexts", indent => Sequence(indent, count, (inner, i) => Mapping(inner,
                    ("context", deeper => FlowOrNested(deeper, i, innermost => Mapping(innermost,
                        ("cluster", at => Scalar(at, $"cluster#{i}")), ("user", at => Scalar(at, "user")), ("x-other", Other)))),
                    ("name", at => Scalar(at, $"context {i}"))))),
                ("users", indent => Sequence(indent, 1, (inner, _) => Mapping(inner,
                    ("name", at => Scalar(at, "user")),
                    ("user", deeper => Nested(deeper, innermost => Mapping(innermost, ("x-hint", Other), ("x-more", Other))))))));
            var text = _text.ToString();
            return Choose(4) == 0 ? text.Replace("\n", "\r\n", StringComparison.Ordinal) : text;
        }

        private int Choose(int count) => dice[_at++ % dice.Length] % count;

        /// <summary>
        /// The members in an order of the dice. The first one stands where the text is, the others on lines of their own.
        /// </summary>
        private void Mapping(int indent, params (string Key, Action<int> Value)[] members)
        {
            var rest = members.ToList();
            for (var isFirst = true; rest.Count > 0; isFirst = false)
            {
                var (key, value) = rest[Choose(rest.Count)];
                rest.RemoveAll(m => m.Key == key);
                if (!isFirst)
                {
                    Between(indent);
                    _text.Append(' ', indent);
                }

                _text.Append(Choose(5) switch { 0 => $"\"{key}\"", 1 => $"'{key}'", _ => key });
                _text.Append(Choose(6) == 0 ? " :" : ":");
                value(indent);
            }
        }

        private void Nested(int indent, Action<int> inner)
        {
            var deeper = indent + 1 + Choose(4);
            EndLine();
            Between(deeper);
            _text.Append(' ', deeper);
            inner(deeper);
        }

        private void FlowOrNested(int indent, int number, Action<int> inner)
        {
            var deeper = new string(' ', indent + 1);
            switch (Choose(3))
            {
                case 0:
                    _text.Append(" {\n").Append(deeper).Append("user: user, # server: x\n\n").Append(' ', indent + 3)
                        .Append("\"cluster\":'cluster#").Append(number).Append("',\n").Append(' ', indent).Append('}');
                    EndLine();
                    break;
                case 1:
                    _text.Append(" {x-other: [{cluster: x}, 'cluster: }'], cluster: cluster#").Append(number).Append('}');
                    EndLine();
                    break;
                default:
                    Nested(indent, inner);
                    break;
            }
        }

        /// <summary>The dashes may stand at the indentation of the key.</summary>
        private void Sequence(int indent, int count, Action<int, int> item)
        {
            var dashes = indent + Choose(3);
            EndLine();
            for (var i = 0; i < count; i++)
            {
                Between(dashes);
                _text.Append(' ', dashes).Append('-');
                var spaces = 1 + Choose(3);
                _text.Append(' ', spaces);
                item(dashes + 1 + spaces, i);
            }
        }

        private void Scalar(int indent, string text)
        {
            _text.Append(' ', 1 + Choose(2));
            var deeper = new string(' ', indent + 1 + Choose(3));
            if (Choose(4) == 0)
            {
                // What follows would be text, on the line and, if it is far enough to the right, below it.
                _text.Append(Choose(2) == 0 ? "|-\n" : ">-  # server: x\n").Append(deeper).Append(text).Append('\n')
                    .Append(' ', indent).Append("# end\n");
                return;
            }

            _text.Append(Choose(6) switch
            {
                3 => $"\n{deeper}{text}",
                4 => $"\"\\\n{deeper}{text}\"",
                0 => $"'{text}'",
                1 => $"\"{text}\"",
                2 => $"\"{string.Concat(text.Select(
                    c => c == 'e' ? "\\x65" : c == '/' ? "\\u002F" : c == '-' ? "\\U0000002d" : $"{c}"))}\"",
                _ => text,
            });
            EndLine();
        }

        /// <summary>What is not asked for, and looks like what is looked for.</summary>
        private void Other(int indent)
        {
            var deeper = new string(' ', indent + 2);
            var lines = $"{deeper}server: https://evil.example.com\n\n{deeper}  - 'x\n{deeper}# text\n";
            switch (Choose(9))
            {
                case 0:
                    _text.Append(" |\n").Append(lines);
                    break;
                case 1:
                    _text.Append(" >-  # comment\n").Append(lines);
                    break;
                case 2:
                    _text.Append(" |2+\n  ").Append(lines).Append(lines);
                    break;
                case 3:
                    _text.Append(" >-1\n").Append(lines);
                    break;
                case 4:
                    _text.Append(" ['x, server: y]', {\"]\": 1}]");
                    EndLine();
                    break;
                case 5:
                    _text.Append(" {a: b#c, \"server\":'https://evil.example.com'}");
                    EndLine();
                    break;
                case 6:
                    _text.Append(" {}");
                    EndLine();
                    break;
                case 7:
                    EndLine();
                    _text.Append(deeper).Append("server: https://evil.example.com\n");
                    break;
                default:
                    _text.Append(" ~");
                    EndLine();
                    break;
            }
        }

        private void EndLine() => _text.Append(Choose(5) switch { 0 => "  # server: x", 1 => "  ", _ => "" }).Append('\n');

        /// <summary>Blank lines and comments of any indentation.</summary>
        private void Between(int indent) =>
            _text.Append(Choose(8) switch
            {
                0 => "\n",
                1 => new string(' ', indent) + "# - server: x\n",
                2 => "#x\n",
                3 => "   \n",
                _ => ""
            });
    }
}
