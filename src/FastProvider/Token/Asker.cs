using System;
using System.Diagnostics.CodeAnalysis;

namespace FastProvider.Token;

/// <summary>Who asks for the Secrets of a pull: a workload's token, and what it claims.</summary>
/// <param name="claims">Of the token.</param>
/// <param name="token">Checked: it may stand in a header.</param>
internal readonly struct Asker(in TokenClaims claims, ReadOnlyMemory<byte> token)
{
    private readonly TokenClaims _claims = claims;

    [UnscopedRef]
    public ref readonly TokenClaims Claims => ref _claims;

    public ReadOnlyMemory<byte> Token { get; } = token;
}
