using System.Text;
using System.Text.RegularExpressions;
using FastProvider.Mirrors;
using FastProvider.Names;

namespace FastProvider.Fuzz.Targets;

/// <summary>
/// Image names against the regular expressions of the reference package of go.podman.io/image, and their rewriting against
/// strings. The lines of an input: a name, a prefix, a location.
/// </summary>
internal static class ReferenceTarget
{
    /// <summary>NameTotalLengthMax of that package.</summary>
    private const int LongestName = 255;

    private const string DomainComponent = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])";
    private const string Domain = $@"{DomainComponent}(?:\.{DomainComponent})*(?::[0-9]+)?";
    private const string PathComponent = "[a-z0-9]+(?:(?:[._]|__|-*)[a-z0-9]+)*";
    private const string Path = $"{PathComponent}(?:/{PathComponent})*";

    // The automaton has no pace of its own to be lost in: "-*" between repeated letters would cost a backtracker years.
    private static readonly Regex DomainPattern = new($@"\A{Domain}\z", RegexOptions.NonBacktracking);
    private static readonly Regex NamePattern = new($@"\A(?:{Domain}/)?{Path}\z", RegexOptions.NonBacktracking);
    private static readonly Regex DomainAndPathPattern = new($@"\A{Domain}/{Path}\z", RegexOptions.NonBacktracking);

    public static void Run(ReadOnlyMemory<byte> input)
    {
        var lines = Encoding.Latin1.GetString(input.Span).Split('\n', 3);
        var bytes = input.Span;
        var end = bytes.IndexOf((byte)'\n');
        CompareName(end < 0 ? bytes : bytes[..end], lines[0]);
        if (lines.Length == 3 && IsCanonical(lines[0]))
        {
            CompareRewriting(lines[0], lines[1], lines[2].TrimEnd('/'));
        }
    }

    private static void CompareName(ReadOnlySpan<byte> name, string text)
    {
        var isShort = text.Length <= LongestName;
        Law.Holds(ReferenceName.IsDomain(name) == DomainPattern.IsMatch(text), "a domain is what the grammar says");
        Law.Holds(ReferenceName.IsCanonical(name) == IsCanonical(text), "a canonical name is what the grammar says");
        var domain = isShort && DomainAndPathPattern.IsMatch(text) ? text[..text.IndexOf('/', StringComparison.Ordinal)] : "";
        var isName = isShort && NamePattern.IsMatch(text);
        Law.Holds(ReferenceName.IsShortName(name) == (isName && !NamesRegistry(domain)), "a short name is what the grammar says");
        Law.Holds(
            ReferenceName.IsAliasTarget(name)
                == (isName && NamesRegistry(domain) && Normalize(text).Length <= LongestName),
            "an alias target is what the grammar says");
        Span<byte> buffer = stackalloc byte[LongestName];
        var normalized = Encoding.Latin1.GetString(ReferenceName.Normalize(name, buffer));
        Law.Holds(!ReferenceName.IsCanonical(name) || normalized == text, "normalising changes no canonical name");
        Law.Holds(
            ReferenceName.IsNormalizable(name) == IsCanonical(Normalize(text)), "a normalisable name is what the grammar says");
        Law.Holds(!ReferenceName.IsNormalizable(name) || normalized == Normalize(text), "Docker Hub's names are spelled out");
    }

    private static void CompareRewriting(string image, string prefix, string location)
    {
        var matched = MatchedLength(image, prefix);
        Law.Holds(PrefixMatcher.MatchedLength(Bytes(image), Bytes(prefix)) == matched, "a prefix matches whole components");
        if (matched < 0 || prefix.Length == 0)
        {
            return;
        }

        var mirrors = location.Length == 0 ? [] : new[] { new Mirror(Bytes(location), false, PullFromMirror.Unset) };
        var registry = new RegistryMatch { File = "f", Line = 1, Prefix = Bytes(prefix), Location = default, Mirrors = mirrors };
        var endpoints = new PullSources(registry, Bytes(image)).Endpoints;
        Law.Holds(endpoints.Length == mirrors.Length + 1, "the registry itself comes last");
        if (mirrors.Length > 0)
        {
            var expected = location + image[matched..];
            Law.Same(expected, Text(endpoints[0].Repository), "the location takes the place of what matched");
            Law.Holds(endpoints[0].IsValid == IsCanonical(expected), "a rewritten name is valid if it is canonical");
        }

        Law.Same(image, Text(endpoints[^1].Repository), "without a location the image keeps its name");
    }

    private static bool IsCanonical(string name)
    {
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        return slash >= 0 && name.Length <= LongestName && NamePattern.IsMatch(name) && NamesRegistry(name[..slash])
            && Normalize(name) == name;
    }

    private static bool NamesRegistry(string host) => host.IndexOfAny(['.', ':']) >= 0 || host == "localhost";

    /// <summary>splitDockerDomain of normalize.go, for names that have a registry.</summary>
    private static string Normalize(string name)
    {
        var parts = name.Split('/', 2);
        if (parts.Length < 2 || parts[0] is not ("docker.io" or "index.docker.io"))
        {
            return name;
        }

        return $"docker.io/{(parts[1].Contains('/', StringComparison.Ordinal) ? "" : "library/")}{parts[1]}";
    }

    private static int MatchedLength(string image, string prefix)
    {
        var end = prefix.StartsWith("*.", StringComparison.Ordinal) ? EndOfSubdomain(image, prefix[1..])
            : image.StartsWith(prefix, StringComparison.Ordinal) ? prefix.Length : -1;
        return end >= 0 && (end == image.Length || ":/@".Contains(image[end], StringComparison.Ordinal)) ? end : -1;
    }

    private static int EndOfSubdomain(string image, string suffix)
    {
        var at = image.IndexOf(suffix, StringComparison.Ordinal);
        return at < 0 || image[..at].Contains('/', StringComparison.Ordinal) ? -1 : at + suffix.Length;
    }

    private static string Text(ReadOnlyMemory<byte> latin1) => Encoding.Latin1.GetString(latin1.Span);

    private static byte[] Bytes(string latin1) => Encoding.Latin1.GetBytes(latin1);
}
