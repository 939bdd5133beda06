using System;
using System.Buffers.Text;
using System.Collections.Generic;
using System.Numerics;
using FastProvider.Mirrors;
using FastProvider.Native;
using FastProvider.Secrets;

namespace FastProvider.AuthFile;

/// <summary>
/// The text of the auth file: one key for each endpoint that has a credential, its full rewritten repository name. CRI-O
/// looks for exactly that name first, so no other key can decide and no other registry's credential is in reach.
/// Shape: containers-auth.json(5); only <c>auth</c> and <c>identitytoken</c> are read from it.
/// </summary>
internal static class AuthFileContent
{
    public static void Write(
        ReadOnlySpan<EndpointCredential> endpoints, IReadOnlyList<CredentialHelper> helpers, SecretBuffer content)
    {
        // Written by hand: nothing here needs escaping but an identity token, and Utf8JsonWriter's encoder alone costs a tenth
        // of a millisecond at its first use.
        content.Write("{\"auths\":{"u8);
        var isFirst = true;
        // Twice as many places as names, so that one is found at once, however many mirrors a registry has.
        const int usualPlaces = 64;
        var placeCount = (int)BitOperations.RoundUpToPowerOf2((uint)endpoints.Length * 2);
        Span<int> places = placeCount <= usualPlaces ? stackalloc int[usualPlaces] : new int[placeCount];
        for (var i = 0; i < endpoints.Length; i++)
        {
            // Two mirrors may be rewritten to one name; the strict reader of the file wants each key once.
            if (!endpoints[i].IsFound || !IsNew(endpoints, i, places))
            {
                continue;
            }

            content.Write(isFirst ? "\""u8 : ",\""u8);
            isFirst = false;
            WriteEntry(endpoints[i], content);
        }

        content.Write("}"u8);
        WriteHelpers(helpers, content);
        content.Write("}"u8);
    }

    private static void WriteEntry(EndpointCredential endpoint, SecretBuffer content)
    {
        // A valid repository name has no character that JSON escapes.
        content.Write(endpoint.Repository.Name.Span);
        content.Write("\":{\"auth\":\""u8);
        var userPassword = endpoint.UserPassword;
        var target = content.GetSpan(Base64.GetMaxEncodedToUtf8Length(userPassword.Length));
        Base64.EncodeToUtf8(userPassword, target, out _, out var length);
        content.Advance(length);
        content.Write("\""u8);
        if (!endpoint.IdentityToken.IsEmpty)
        {
            content.Write(",\"identitytoken\":\""u8);
            WriteEscaped(endpoint.IdentityToken, content);
            content.Write("\""u8);
        }

        content.Write("}"u8);
    }

    /// <summary>By hand: the encoders of System.Text.Json leave copies behind that nobody can zero.</summary>
    private static void WriteEscaped(ReadOnlySpan<byte> utf8, SecretBuffer content)
    {
        foreach (var c in utf8)
        {
            if (c is (byte)'"' or (byte)'\\')
            {
                content.Write("\\"u8);
            }
            else if (c < (byte)' ')
            {
                content.Write("\\u00"u8);
                content.Write(c < 0x10 ? "0"u8 : "1"u8);
                content.Write("0123456789abcdef"u8.Slice(c & 0xF, 1));
                continue;
            }

            content.Write([c]);
        }
    }

    private static void WriteHelpers(IReadOnlyList<CredentialHelper> helpers, SecretBuffer content)
    {
        for (var i = 0; i < helpers.Count; i++)
        {
            content.Write(i == 0 ? ",\"credHelpers\":{\""u8 : ",\""u8);
            content.Write(helpers[i].Host);
            content.Write("\":\""u8);
            content.Write(helpers[i].Helper);
            content.Write(i == helpers.Count - 1 ? "\"}"u8 : "\""u8);
        }
    }

    /// <summary>Whether no earlier endpoint that has a credential is of the same name; notes it.</summary>
    /// <param name="endpoints">All.</param>
    /// <param name="index">Of the one.</param>
    /// <param name="places">Open addressing: 1 more than an index, or 0. A power of two.</param>
    private static bool IsNew(ReadOnlySpan<EndpointCredential> endpoints, int index, Span<int> places)
    {
        var name = endpoints[index].Repository.Name.Span;
        var place = (int)SpanTable.Hash(name) & (places.Length - 1);
        for (; places[place] != 0; place = (place + 1) & (places.Length - 1))
        {
            if (endpoints[places[place] - 1].Repository.Name.Span.SequenceEqual(name))
            {
                return false;
            }
        }

        places[place] = index + 1;
        return true;
    }
}
