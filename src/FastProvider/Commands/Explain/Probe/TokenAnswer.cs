using System;
using FastProvider.Generators;
using FastProvider.Native;

namespace FastProvider.Commands.Explain.Probe;

/// <summary>
/// Reads what a token server gives: <c>token</c>, or <c>access_token</c> as OAuth 2 calls it (distribution's token authentication
/// specification). Where both are there, <c>token</c> counts.
/// </summary>
[JsonReader(Lenient = true)]
internal sealed partial class TokenAnswer : IDisposable
{
    [FromJson("token")]
    private readonly SecretBuffer _token = new();

    [FromJson("access_token")]
    private readonly SecretBuffer _accessToken = new();

    /// <summary>The token.</summary>
    public ReadOnlySpan<byte> Token => _token.Length > 0 ? _token.WrittenSpan : _accessToken.WrittenSpan;

    /// <returns>False if there is none in it that can stand in a header.</returns>
    public bool Read(ReadOnlySpan<byte> json) =>
        ReadDocument(json).Kind is JsonFaultKind.None or JsonFaultKind.Trailing
        && !Token.IsEmpty && Token.IndexOfAnyExceptInRange((byte)'!', (byte)'~') < 0;

    public void Dispose()
    {
        _token.Dispose();
        _accessToken.Dispose();
    }
}
