using System.Text;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using FastProvider.Native;
using FastProvider.Token;

namespace FastProvider.Bench.Stages;

/// <summary>
/// Reads the claims of a recorded token, 1.1 KB. The alternative: Split, Convert.FromBase64String, JsonDocument.
/// </summary>
public class ClaimsStage : Stage
{
    private readonly SecretBuffer _values = new();
    private byte[] _token = [];
    private string _tokenText = "";
    private TokenClaims _ours;
    private (string Namespace, string ServiceAccount, string Pod, string Issuer, string Audiences, long Expires) _idiomatic;

    public override int InputBytes => _token.Length;

    [Benchmark]
    public override int Ours()
    {
        _values.Clear();
        return TokenClaims.Read(_token, _values, out _ours) is null ? _ours.Namespace.Length : -1;
    }

    [Benchmark(Baseline = true)]
    public override int Idiomatic()
    {
        var payload = _tokenText.Split('.')[1].Replace('-', '+').Replace('_', '/');
        var decoded = Convert.FromBase64String(payload.PadRight((payload.Length + 3) / 4 * 4, '='));
        using var document = JsonDocument.Parse(decoded);
        var root = document.RootElement;
        var kubernetes = root.GetProperty("kubernetes.io");
        _idiomatic = (
            kubernetes.GetProperty("namespace").GetString()!,
            kubernetes.GetProperty("serviceaccount").GetProperty("name").GetString()!,
            kubernetes.GetProperty("pod").GetProperty("name").GetString()!,
            root.GetProperty("iss").GetString()!,
            string.Join(',', root.GetProperty("aud").EnumerateArray().Select(a => a.GetString())),
            root.GetProperty("exp").GetInt64());
        return _idiomatic.Namespace.Length;
    }

    protected override void Prepare()
    {
        using var request = JsonDocument.Parse(RequestStage.Recorded());
        _tokenText = request.RootElement.GetProperty("serviceAccountToken").GetString()!;
        _token = Encoding.ASCII.GetBytes(_tokenText);
    }

    protected override (string Ours, string Idiomatic) Answers() =>
        ((Text(_ours.Namespace), Text(_ours.ServiceAccount), Text(_ours.Pod), Text(_ours.Issuer), Text(_ours.Audiences),
            _ours.ExpiresAtUnixSeconds).ToString(), _idiomatic.ToString());

    private static string Text(ReadOnlyMemory<byte> utf8) => Encoding.UTF8.GetString(utf8.Span);
}
