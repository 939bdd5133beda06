using System.Text;
using FastProvider.Mirrors;
using FastProvider.Names;

namespace FastProvider.Fuzz.Targets;

/// <summary>
/// registries.conf: for every text the fast reader answers what the conforming one answers, or declines. What stands before the
/// first NUL is the image that is asked for, if there is one.
/// </summary>
internal static class RegistriesTarget
{
    public static void Run(ReadOnlyMemory<byte> input)
    {
        var image = "example.com/team/app"u8;
        var text = input.Span;
        var nul = text.IndexOf((byte)0);
        if (nul >= 0)
        {
            if (!ReferenceName.IsCanonical(text[..nul]))
            {
                return;
            }

            image = text[..nul];
            text = text[(nul + 1)..];
        }

        var fast = Ask(text, image, RegistriesReader.FastFirst, out var isFast);
        if (isFast)
        {
            Law.Same(Ask(text, image, RegistriesReader.WholeDocument, out _), fast, "both readers answer alike");
        }
    }

    private static string Ask(ReadOnlySpan<byte> text, ReadOnlySpan<byte> image, RegistriesReader reader, out bool isFast)
    {
        var merge = new RegistriesMerge(image);
        var failure = merge.Add(text, "registries.conf"u8, reader);
        Law.IsOneLine(failure?.Message);
        isFast = merge.DocumentReads == 0;
        return failure is null ? Describe(merge.ToSources()) : "invalid";
    }

    /// <summary>Everything but the line, which only messages name.</summary>
    private static string Describe(PullSources sources)
    {
        var text = new StringBuilder().Append(sources.CredentialHelpersExcludeAuthFiles).Append(sources.NeedsCredentials);
        if (sources.Registry is { } registry)
        {
            text.Append(Text(registry.Prefix)).Append('\n').Append(registry.Blocked).Append(registry.MirrorByDigestOnly);
            foreach (var endpoint in sources.Endpoints)
            {
                text.Append('\n').Append(Text(endpoint.Location)).Append(' ').Append(Text(endpoint.Repository))
                    .Append(endpoint.Insecure).Append(endpoint.Restriction).Append(endpoint.IsPrimary).Append(endpoint.IsValid);
            }
        }

        return text.ToString();
    }

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.Latin1.GetString(bytes.Span);
}
