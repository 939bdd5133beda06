using System;
using System.Collections.Generic;
using System.IO.Enumeration;
using System.Text;

namespace FastProvider.Node;

/// <summary>
/// What a service of systemd is started with: the command line of its unit with the variables in their places, see
/// systemd.unit(5) and systemd.service(5).
/// </summary>
internal sealed class SystemdUnit
{
    private const int LimitBytes = 1024 * 1024;

    private static readonly string[] Directories =
        ["/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system",
            "/usr/lib/systemd/system", "/lib/systemd/system"];

    private readonly string _name;
    private readonly List<(bool IsFile, string Text)> _environment = [];
    private readonly List<string> _inherited = [];
    private string _command = "", _type = "";
    private int _commands;

    private SystemdUnit(string path, string name)
    {
        Path = path;
        _name = name;
    }

    /// <summary>The unit's own file.</summary>
    public string Path { get; }

    /// <summary>The program and its arguments, as far as they can be seen; empty if the unit starts none.</summary>
    public string[] Arguments { get; private set; } = [];

    /// <summary>
    /// A shell works the arguments out when the service starts: what stands in <see cref="Arguments"/> is all that can be seen.
    /// </summary>
    public bool IsShell { get; private set; }

    /// <summary>
    /// What else hides arguments, as it is only known when the service starts, in words that follow the unit's path: a specifier
    /// such as
    /// <c>%H</c>, a variable of the manager. Null if nothing does. Words that hold one are left out of <see cref="Arguments"/>.
    /// </summary>
    public string? Hiding { get; private set; }

    /// <summary>
    /// systemd refuses it: a service of its type has one command, and a drop-in takes the unit's back by an empty line.
    /// </summary>
    public bool HasTooManyCommands => _commands > 1 && _type != "oneshot";

    /// <summary>Its variables.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>The files with variables that are not there.</summary>
    public List<string> MissingFiles { get; } = [];

    /// <summary>Reads a unit; null if the node has none of this name.</summary>
    /// <param name="files">The node.</param>
    /// <param name="name">With its ending.</param>
    public static SystemdUnit? Find(NodeFiles files, string name)
    {
        foreach (var directory in Directories)
        {
            var path = $"{directory}/{name}";
            // A masked unit is a link to /dev/null, or an empty file.
            if (files.Exists(path) && files.Read(path, LimitBytes, out var content) is null)
            {
                if (content.Length == 0)
                {
                    return null;
                }

                var unit = new SystemdUnit(path, name);
                unit.Read(files, path);
                unit.ReadDropIns(files, name);
                unit.Resolve(files);
                return unit;
            }
        }

        return null;
    }

    /// <summary>
    /// The first file of a name counts, in the order of the directories; they are read in the order of their names. Beside the
    /// unit's own there are those for all units that begin alike (<c>k3s-.service.d</c>), and for all services.
    /// </summary>
    private void ReadDropIns(NodeFiles files, string name)
    {
        var type = name[name.LastIndexOf('.')..];
        List<string> sets = [name];
        for (var dash = name.LastIndexOf('-'); dash > 0; dash = name.LastIndexOf('-', dash - 1))
        {
            sets.Add($"{name[..(dash + 1)]}{type}");
        }

        sets.Add(type[1..]);
        List<string> names = [], paths = [];
        foreach (var directory in Directories)
        {
            foreach (var set in sets)
            {
                foreach (var dropIn in files.Names($"{directory}/{set}.d"))
                {
                    if (dropIn.EndsWith(".conf", StringComparison.Ordinal) && !names.Contains(dropIn))
                    {
                        names.Add(dropIn);
                        paths.Add($"{dropIn}\0{directory}/{set}.d/{dropIn}");
                    }
                }
            }
        }

        paths.Sort(string.CompareOrdinal);
        foreach (var path in paths)
        {
            Read(files, path[(path.IndexOf('\0') + 1)..]);
        }
    }

    private void Read(NodeFiles files, string path)
    {
        if (files.Read(path, LimitBytes, out var content) is not null)
        {
            return;
        }

        var isService = false;
        foreach (var line in Lines(Encoding.UTF8.GetString(content)))
        {
            if (line.StartsWith('['))
            {
                isService = line == "[Service]";
            }
            else if (isService && line.IndexOf('=') is > 0 and var equals && line[0] is not ('#' or ';'))
            {
                Set(line[..equals].TrimEnd(), line[(equals + 1)..].TrimStart());
            }
        }
    }

    /// <summary>Lines that go on behind a backslash are one; comments between them are none of it.</summary>
    private static List<string> Lines(string text)
    {
        List<string> lines = [];
        var begun = "";
        foreach (var raw in text.Split('\n'))
        {
            var line = raw.Trim();
            if (begun.Length > 0 && (line.StartsWith('#') || line.StartsWith(';')))
            {
                continue;
            }

            begun += line;
            if (line.EndsWith('\\'))
            {
                begun = begun[..^1] + " ";
                continue;
            }

            lines.Add(begun);
            begun = "";
        }

        lines.Add(begun);
        return lines;
    }

    private void Set(string key, string value)
    {
        if (key == "ExecStart")
        {
            _command = value;
            _commands = value.Length == 0 ? 0 : _commands + 1;
        }
        else if (key == "Type")
        {
            _type = value;
        }
        else if (key == "PassEnvironment")
        {
            _inherited.AddRange(Words(value, null));
        }
        else if (key is "Environment" or "EnvironmentFile")
        {
            var isFile = key == "EnvironmentFile";
            if (value.Length == 0)
            {
                _environment.RemoveAll(entry => entry.IsFile == isFile);
            }
            else
            {
                _environment.Add((isFile, value));
            }
        }
    }

    /// <summary>What files set wins over what the unit sets (systemd.exec(5)).</summary>
    private void Resolve(NodeFiles files)
    {
        foreach (var (isFile, text) in _environment)
        {
            if (!isFile)
            {
                Words(UnitSpecifiers.Expand(text, _name), null).ForEach(Assign);
            }
        }

        foreach (var (isFile, text) in _environment)
        {
            if (isFile)
            {
                ReadVariables(files, UnitSpecifiers.Expand(text, _name).TrimStart('-'));
            }
        }

        if (_inherited.Find(name => !Environment.ContainsKey(name) && IsNamed(name)) is { } inherited)
        {
            Hiding = $"takes {inherited} from systemd's own environment";
        }

        Arguments = [.. Words(UnitSpecifiers.Expand(_command.TrimStart('@', '-', ':', '+', '!', '|'), _name), Environment)];
        LookIntoShell();
        LeaveOutUnknown();
    }

    private bool IsNamed(string variable) =>
        _command.Contains($"${variable}", StringComparison.Ordinal)
        || _command.Contains($"${{{variable}}}", StringComparison.Ordinal);

    private void LeaveOutUnknown()
    {
        var known = Array.FindAll(Arguments, static word => !word.Contains(UnitSpecifiers.Unknown));
        if (known.Length < Arguments.Length)
        {
            Hiding = "has specifiers whose values are not known here";
            Arguments = known;
        }
    }

    /// <summary>The last part of the path may be a pattern (glob(7)); all files that fit are read then.</summary>
    private void ReadVariables(NodeFiles files, string path)
    {
        if (path.Contains(UnitSpecifiers.Unknown))
        {
            Hiding = "reads a file of variables whose name is not known here";
            return;
        }

        var slash = path.LastIndexOf('/');
        var pattern = path[(slash + 1)..];
        var isPattern = pattern.AsSpan().ContainsAny('*', '?');
        var isRead = false;
        foreach (var name in isPattern && slash >= 0 ? files.Names(path[..(slash + 1)]) : [pattern])
        {
            if ((!isPattern || (name[0] != '.' && FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false)))
                && files.Read($"{path[..(slash + 1)]}{name}", LimitBytes, out var content) is null)
            {
                EnvironmentFile.Read(Encoding.UTF8.GetString(content), Environment);
                isRead = true;
            }
        }

        if (!isRead)
        {
            MissingFiles.Add(path);
        }
    }

    /// <summary>
    /// What a shell is told to run by <c>-c</c> is taken apart as far as no shell is needed for it: words with signs of the
    /// shell's own language are left out.
    /// </summary>
    private void LookIntoShell()
    {
        if (Arguments.Length == 0
            || Arguments[0][(Arguments[0].LastIndexOf('/') + 1)..] is not ("sh" or "bash" or "dash" or "ash" or "busybox"))
        {
            return;
        }

        IsShell = true;
        // Flags of the shell may be in one word with it: -ec, -lc.
        var told = Array.FindIndex(
            Arguments, static word => word.Length > 1 && word[0] == '-' && word[1] != '-' && word[^1] == 'c');
        if (told > 0 && told + 1 < Arguments.Length)
        {
            var words = Words(Arguments[told + 1], null);
            words.RemoveAll(static word => Array.Exists(word.ToCharArray(), static c => "$`();|&<>".Contains(c)));
            Arguments = [.. words];
        }
    }

    private void Assign(string word)
    {
        var equals = word.IndexOf('=');
        if (equals > 0)
        {
            Environment[word[..equals]] = word[(equals + 1)..];
        }
    }

    /// <summary>
    /// Takes a line apart as systemd does: blanks between words, quotes and backslashes as in a shell; a word that is
    /// <c>$NAME</c> alone becomes the words of the variable, and <c>${NAME}</c> its text.
    /// </summary>
    private static List<string> Words(string line, Dictionary<string, string>? variables)
    {
        List<string> words = [];
        var word = new StringBuilder();
        var isWord = false;
        var quote = '\0';
        for (var index = 0; index < line.Length; index++)
        {
            var c = line[index];
            if (c == '\\' && index + 1 < line.Length)
            {
                word.Append(line[++index]);
                isWord = true;
            }
            else if (quote != '\0' ? c == quote : c is '"' or '\'')
            {
                quote = quote == '\0' ? c : '\0';
                isWord = true;
            }
            else if (quote != '\0' || !char.IsWhiteSpace(c))
            {
                word.Append(c);
                isWord = true;
            }
            else if (isWord)
            {
                Add(words, word.ToString(), variables);
                word.Clear();
                isWord = false;
            }
        }

        if (isWord)
        {
            Add(words, word.ToString(), variables);
        }

        return words;
    }

    private static void Add(List<string> words, string word, Dictionary<string, string>? variables)
    {
        if (variables is null || !word.Contains('$'))
        {
            words.Add(word);
        }
        else if (word[0] == '$' && word.Length > 1 && word[1] is not ('{' or '$'))
        {
            words.AddRange(Words(variables.GetValueOrDefault(word[1..], ""), null));
        }
        else
        {
            words.Add(Substitute(word, variables));
        }
    }

    /// <summary>What is not set is empty; two dollar signs are one.</summary>
    private static string Substitute(string word, Dictionary<string, string> variables)
    {
        var text = new StringBuilder();
        for (var i = 0; i < word.Length; i++)
        {
            var end = word[i] == '$' && i + 1 < word.Length && word[i + 1] == '{' ? word.IndexOf('}', i) : -1;
            if (end > 0)
            {
                text.Append(variables.GetValueOrDefault(word[(i + 2)..end], ""));
                i = end;
            }
            else
            {
                text.Append(word[i]);
                i += word[i] == '$' && i + 1 < word.Length && word[i + 1] == '$' ? 1 : 0;
            }
        }

        return text.ToString();
    }
}
