using System.Text;

namespace FastProvider.Node;

/// <summary>
/// The specifiers of a unit of the system, <c>%N</c> for one (systemd.unit(5), Specifiers), as far as its files say what they
/// stand for. A host's name or a kernel's release they do not say.
/// </summary>
internal static class UnitSpecifiers
{
    /// <summary>Stands in a text for a specifier that is not known; no unit has this character.</summary>
    public const char Unknown = '\uFFFF';

    /// <summary>Puts in what the specifiers of a text stand for.</summary>
    /// <param name="text">A value of the unit.</param>
    /// <param name="unit">The unit's name with its ending.</param>
    public static string Expand(string text, string unit)
    {
        if (!text.Contains('%'))
        {
            return text;
        }

        var expanded = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && i + 1 < text.Length)
            {
                expanded.Append(ValueOf(text[++i], unit));
            }
            else
            {
                expanded.Append(text[i]);
            }
        }

        return expanded.ToString();
    }

    private static string ValueOf(char specifier, string unit)
    {
        var name = unit[..unit.LastIndexOf('.')];
        var at = name.IndexOf('@');
        var prefix = at < 0 ? name : name[..at];
        return specifier switch
        {
            '%' => "%",
            'n' => unit,
            'N' => name,
            'p' => prefix,
            'i' => at < 0 ? "" : name[(at + 1)..],
            'j' => prefix[(prefix.LastIndexOf('-') + 1)..],
            'E' => "/etc",
            'S' => "/var/lib",
            'C' => "/var/cache",
            'L' => "/var/log",
            't' => "/run",
            'T' => "/tmp",
            'V' => "/var/tmp",
            'h' => "/root",
            'u' or 'g' => "root",
            'U' or 'G' => "0",
            'd' => $"/run/credentials/{unit}",
            _ => $"{Unknown}",
        };
    }
}
