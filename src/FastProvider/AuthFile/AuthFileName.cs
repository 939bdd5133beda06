using System;
using System.Text;
using System.Threading;
using FastProvider.Names;
using FastProvider.Native;

namespace FastProvider.AuthFile;

/// <summary>
/// The name under which CRI-O looks: <c>NAMESPACE-SHA256(image).json</c>, the digest in lower-case hexadecimal
/// (cri-o, internal/... auth.FilePath as called by server/image_pull.go). And the name under which the file is written first.
/// </summary>
internal static class AuthFileName
{
    private const int DigestBytes = 32;

    private static int s_temporaries;

    private static ReadOnlySpan<byte> End => ".json"u8;

    private static ReadOnlySpan<byte> TemporaryStart => ".fast-provider-"u8;

    private static ReadOnlySpan<byte> TemporaryEnd => ".tmp"u8;

    /// <param name="validNamespace">A checked DNS-1123 label: the name must stay inside its directory.</param>
    /// <param name="image">The image of the request.</param>
    public static string For(ReadOnlySpan<byte> validNamespace, ReadOnlySpan<byte> image)
    {
        Span<byte> digest = stackalloc byte[DigestBytes];
        OpenSsl.Sha256(image, digest);
        return $"{Encoding.ASCII.GetString(validNamespace)}-{Convert.ToHexStringLower(digest)}.json";
    }

    /// <summary>
    /// Recognisable, so that the temporary file of a killed run can be cleared away; never the name that CRI-O reads. The process
    /// and the time make it unique, and for pulls of one process within a millisecond the last four digits, which count them.
    /// </summary>
    public static string Temporary()
    {
        var number = (Environment.TickCount64 << 16) | (ushort)Interlocked.Increment(ref s_temporaries);
        return $".fast-provider-{Libc.getpid()}-{number:x}.tmp";
    }

    /// <summary>Whether some namespace's pull of some image looks under this name.</summary>
    public static bool IsFinal(ReadOnlySpan<byte> name) => name.EndsWith(End) && IsStem(name[..^End.Length]);

    /// <summary>The same without <c>.json</c>: <c>NAMESPACE-SHA256</c>.</summary>
    public static bool IsStem(ReadOnlySpan<byte> name)
    {
        const int tail = 1 + 2 * DigestBytes;
        return name.Length > tail && name[^tail] == (byte)'-'
            && NamespaceName.IsValid(name[..^tail]) && IsHex(name[^(tail - 1)..]);
    }

    /// <summary>Whether <see cref="Temporary"/> made the name.</summary>
    public static bool IsTemporary(ReadOnlySpan<byte> name)
    {
        if (!name.StartsWith(TemporaryStart) || !name.EndsWith(TemporaryEnd)
            || name.Length < TemporaryStart.Length + TemporaryEnd.Length)
        {
            return false;
        }

        var numbers = name[TemporaryStart.Length..^TemporaryEnd.Length];
        var dash = numbers.IndexOf((byte)'-');
        return dash > 0 && dash < numbers.Length - 1
            && !numbers[..dash].ContainsAnyExceptInRange((byte)'0', (byte)'9') && IsHex(numbers[(dash + 1)..]);
    }

    /// <summary>Lower-case hexadecimal digits and nothing else.</summary>
    public static bool IsHex(ReadOnlySpan<byte> text)
    {
        foreach (var c in text)
        {
            if (c is not ((>= (byte)'0' and <= (byte)'9') or (>= (byte)'a' and <= (byte)'f')))
            {
                return false;
            }
        }

        return true;
    }
}
