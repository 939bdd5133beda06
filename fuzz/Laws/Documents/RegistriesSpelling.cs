using System.Text;

namespace FastProvider.Fuzz.Laws.Documents;

/// <summary>Writes tables as TOML, each time in another way.</summary>
/// <param name="seed">Decides the spelling.</param>
/// <param name="oddness">Of 100 choices so many are ones that few people would make.</param>
internal sealed class RegistriesSpelling(uint seed, int oddness)
{
    private readonly Random _random = new((int)(seed & int.MaxValue));

    public string Write(Registry[] tables)
    {
        var text = new StringBuilder(Pick(
            "", "", "\uFEFF", "# registries\n", "unqualified-search-registries = ['a.b', \"docker.io\"]\n",
            "short-name-mode = 'enforcing'\n"));
        if (IsOdd())
        {
            text.Append(Pick(
                "odd.key = 1\n", "\"un\\u0069t\" = '\uFFFD'\n", "date = 1979-05-27\n", "[odd.table.of-names]\n", "n = 0x1F\n",
                "t = \"\"\"\na\\\n b\"\"\"\n"));
        }

        if (IsOdd() && tables.Length > 0)
        {
            // TOML has another form for the same: all tables in one array, before any header.
            text.Insert(text is [('\uFEFF'), ..] ? 1 : 0, $"registry = [{string.Join(", ", tables.Select(Inline))}]\n");
            return Ended(text);
        }

        foreach (var table in tables)
        {
            text.Append(Pick("[[registry]]\n", "[[ registry ]] # c\n", "[[registry]]\n\n"));
            var isInline = IsOdd();
            foreach (var line in Shuffled(Lines(table, isInline)))
            {
                text.Append(Pick("", "  ", "\t")).Append(line).Append(Pick("\n", "\n", " # c\n"));
            }

            foreach (var mirror in isInline ? [] : table.Mirrors)
            {
                text.Append(Pick("[[registry.mirror]]\n", "[[registry . mirror]]\n", "[[\"registry\".'mirror']]\n"));
                foreach (var line in Shuffled(Lines(mirror)))
                {
                    text.Append(line).Append('\n');
                }
            }
        }

        return Ended(text);
    }

    private string Ended(StringBuilder text) =>
        _random.Next(5) == 0 ? text.ToString().Replace("\n", "\r\n", StringComparison.Ordinal) : text.ToString();

    private List<string> Lines(Registry table, bool isInline)
    {
        List<string> lines = [];
        if (table.Prefix.Length > 0)
        {
            lines.Add($"{Key("prefix")} = {Text(Slashed(table.Prefix))}");
        }

        if (table.Location.Length > 0 || _random.Next(2) == 0)
        {
            lines.Add($"{Key("location")} = {Text(Slashed(table.Location))}");
        }

        if (isInline)
        {
            lines.Add(
                $"mirror = [{string.Join(Pick(", ", ",\n # c\n"), table.Mirrors.Select(Inline))}{Pick("", ",")}]".Replace(
                    ",]", table.Mirrors.Length > 0 ? ",]" : "]", StringComparison.Ordinal));
        }

        if (IsOdd())
        {
            lines.Add(Pick("unknown = true", "x-y = [1, 'a']", "z.z = {}", "blocked = false"));
        }

        return lines;
    }

    private List<string> Lines(RegistryMirror mirror)
    {
        List<string> lines = [$"{Key("location")} = {Text(Slashed(mirror.Location))}"];
        if (mirror.Insecure)
        {
            lines.Add("insecure = true");
        }

        if (mirror.PullFromMirror.Length > 0)
        {
            lines.Add($"{Key("pull-from-mirror")} = {Text(mirror.PullFromMirror)}");
        }

        return lines;
    }

    private string Inline(RegistryMirror mirror) => $"{{ {string.Join(", ", Shuffled(Lines(mirror)))} }}";

    private string Inline(Registry table) => "{ "
        + string.Join(", ", Shuffled(Lines(table, isInline: true))
            .Select(line => line.Replace("\n # c\n", "", StringComparison.Ordinal)))
        + " }";

    private string Key(string name) =>
        !IsOdd()
            ? name
            : Pick(
                $"\"{name}\"", $"'{name}'", $"\"\\u{(int)name[0]:x4}{name[1..]}\"", char.ToUpperInvariant(name[0]) + name[1..]);

    /// <summary>Slashes at the end do not count.</summary>
    private string Slashed(string place) => place + (place.Length > 0 && _random.Next(8) == 0 ? Pick("/", "//") : "");

    private string Text(string value) => !IsOdd() ? Pick($"\"{value}\"", $"'{value}'")
        : Pick(
            $"\"\"\"{value}\"\"\"", $"'''{value}'''", $"'''\n{value}'''", $"\"{Escaped(value)}\"", $"\"\"\"\\\n  {value}\"\"\"");

    private static string Escaped(string value) =>
        string.Concat(value.Select((c, i) => i % 3 == 0 ? $"\\u{(int)c:X4}" : c.ToString()));

    private T[] Shuffled<T>(IEnumerable<T> items)
    {
        T[] all = [.. items];
        _random.Shuffle(all);
        return all;
    }

    private string Pick(params string[] texts) => texts[_random.Next(texts.Length)];

    private bool IsOdd() => _random.Next(100) < oddness;
}
