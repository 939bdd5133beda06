using System.Globalization;
using System.Text;

namespace FastProvider.Bench.Scene;

/// <summary>Texts of registries.conf as a node's configuration management would write them.</summary>
public static class RegistriesText
{
    /// <summary>The image that no table of <see cref="Tables"/> matches.</summary>
    public const string UnmirroredImage = "quay.io/app/web";

    /// <summary>The image that <see cref="OneMirror"/> and the last table of <see cref="Tables"/>, if asked for, match.</summary>
    public const string MirroredImage = "registry.invalid/app";

    /// <summary>One registry with one mirror.</summary>
    public const string OneMirror =
        "[[registry]]\nlocation = \"registry.invalid\"\n\n[[registry.mirror]]\nlocation = \"mirror.example.com/cache\"\n";

    /// <summary>This many registries, each with a mirror, about 150 bytes each.</summary>
    public static string Tables(int count, bool withMatch = false)
    {
        var text = new StringBuilder("unqualified-search-registries = [\"docker.io\"]\n");
        for (var i = 0; i < count - (withMatch ? 1 : 0); i++)
        {
            text.Append(CultureInfo.InvariantCulture, $$"""

                [[registry]]
                prefix = "registry-{{i}}.example.com/team"
                location = "registry-{{i}}.example.com/team"

                [[registry.mirror]]
                location = "cache.example.com:5000/registry-{{i}}"

                """);
        }

        return withMatch ? text.Append('\n').Append(OneMirror).ToString() : text.ToString();
    }
}
