using System;
using System.Collections.Generic;
using System.Text;

namespace FastProvider.Node;

/// <summary>
/// What a service of systemd is started with: the command line of its unit with the variables in their places, see systemd.unit(5)
/// and systemd.service(5). Specifiers (%i) are left as they stand.
/// </summary>
internal sealed class SystemdUnit
{
    private const int LimitBytes = 1024 * 1024;

    private static readonly string[] Directories =
        ["/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"];

    private readonly List<(bool IsFile, string Text)> _environment = [];
    private string _command = "";

    private SystemdUnit(string path) => Path = path;

    /// <summary>The unit's own file.</summary>
    public string Path { get; }

    /// <summary>The program and its arguments; empty if the unit starts none.</summary>
    public string[] Arguments { get; private set; } = [];

    /// <summary>
    /// A shell works the arguments out when the service starts: what stands in <see cref="Arguments"/> is all that can be seen.
    /// </summary>
    public bool IsShell { get; private set; }

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

                var unit = new SystemdUnit(path);
                unit.Read(files, path);
                unit.ReadDropIns(files, name);
                unit.Resolve(files);
                return unit;
            }
        }

        return null;
    }

    /// <summary>The first file of a name counts, in the order of the directories; they are read in the order of their names.</summary>
    private void ReadDropIns(NodeFiles files, string name)
    {
        List<string> names = [], paths = [];
        foreach (var directory in Directories)
        {
            foreach (var dropIn in files.Names($"{directory}/{name}.d"))
            {
                if (dropIn.EndsWith(".conf", StringComparison.Ordinal) && !names.Contains(dropIn))
                {
                    names.Add(dropIn);
                    paths.Add($"{dropIn}\0{directory}/{name}.d/{dropIn}");
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
                Words(text, null).ForEach(Assign);
            }
        }

        foreach (var (isFile, text) in _environment)
        {
            if (!isFile)
            {
                continue;
            }

            var path = text.TrimStart('-');
            if (files.Read(path, LimitBytes, out var content) is not null)
            {
                MissingFiles.Add(path);
            }
            else
            {
                foreach (var line in Encoding.UTF8.GetString(content).Replace("\\\n", "", StringComparison.Ordinal).Split('\n'))
                {
                    AssignLine(line.Trim());
                }
            }
        }

        Arguments = [.. Words(_command.TrimStart('@', '-', ':', '+', '!'), Environment)];
        LookIntoShell();
    }

    /// <summary>
    /// What a shell is told to run by <c>-c</c> is taken apart as far as no shell is needed for it: words with signs of the shell's own
    /// language are left out.
    /// </summary>
    private void LookIntoShell()
    {
        if (Arguments.Length == 0 || Arguments[0][(Arguments[0].LastIndexOf('/') + 1)..] is not ("sh" or "bash" or "dash" or "ash" or "busybox"))
        {
            return;
        }

        IsShell = true;
        // Flags of the shell may be in one word with it: -ec, -lc.
        var told = Array.FindIndex(Arguments, static word => word.Length > 1 && word[0] == '-' && word[1] != '-' && word[^1] == 'c');
        if (told > 0 && told + 1 < Arguments.Length)
        {
            var words = Words(Arguments[told + 1], null);
            words.RemoveAll(static word => Array.Exists(word.ToCharArray(), static c => "$`();|&<>".Contains(c)));
            Arguments = [.. words];
        }
    }

    private void AssignLine(string line)
    {
        var equals = line.IndexOf('=');
        if (equals > 0 && line[0] is not ('#' or ';'))
        {
            var value = line[(equals + 1)..].Trim();
            var isQuoted = value.Length > 1 && value[0] is '"' or '\'' && value[^1] == value[0];
            Environment[line[..equals].Trim()] = isQuoted ? value[1..^1] : value;
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
    /// Takes a line apart as systemd does: blanks between words, quotes and backslashes as in a shell; a word that is <c>$NAME</c> alone
    /// becomes the words of the variable, and <c>${NAME}</c> its text.
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
            foreach (var (name, value) in variables)
            {
                word = word.Replace($"${{{name}}}", value, StringComparison.Ordinal);
            }

            words.Add(word);
        }
    }
}
