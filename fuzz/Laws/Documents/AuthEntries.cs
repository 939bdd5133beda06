using System.Text;
using CsCheck;

namespace FastProvider.Fuzz.Laws.Documents;

/// <summary>
/// Generates values of an auths map, as people, tools and tenants of bad will write them. User, password and token of each hold a
/// mark that nothing else in the pull has, so that it is known again wherever it turns up.
/// </summary>
internal static class AuthEntries
{
    /// <summary>Where the mark goes: eight digits and letters, then four digits.</summary>
    private const string Mark = "MARK";

    private static readonly Gen<string> User = Gen.OneOf(
        $"u{Mark}", $"u{Mark}", $"\u00fc {Mark}\"\\", $"\0{Mark}", "", $"u{Mark}:x");

    private static readonly Gen<string> Password = Gen.OneOf(
        $"p{Mark}", $"p{Mark}", $"p{Mark}", $"{Mark}:\u00e9\u20ac", $"\0{Mark}\0\0", $"p\0{Mark}", "\0\0", "", $"{Mark}\n\"\\/");

    private static readonly Gen<string> Pair = Gen.Frequency(
        (8, Gen.Select(User, Password, (user, password) => $"{user}:{password}")), (1, Gen.OneOf("", ":", $"u{Mark}")));

    /// <summary>The ways to write base64, of which the last are none.</summary>
    private static readonly Gen<Func<string, string>> Spelling = Gen.Frequency(
        (6, Gen.Const<Func<string, string>>(text => text)),
        (2, Gen.Const<Func<string, string>>(text => text.TrimEnd('='))),
        (1, Gen.Int[1, 9].Select<int, Func<string, string>>(at => text =>
            at < text.Length ? text.Insert(at, "\r\n") + "\n" : text)),
        (1, Gen.Int[1, 15].Select<int, Func<string, string>>(bits => text => WithSpareBits(text, bits))),
        (1, Gen.OneOf<Func<string, string>>(
            text => text + "=", text => text.Insert(text.Length / 2, " "), text => "*" + text,
            text => text.Insert(text.Length / 2, "="))));

    private static readonly Gen<(string Name, Func<string, string> Value)> Member = Gen.Frequency(
        (4, Gen.Select(Pair, Spelling, (pair, spell) => ("auth", Marked(pair, marked => spell(Base64(marked)))))),
        (2, User.Select(user => ("username", Marked(user, marked => marked)))),
        (2, Password.Select(password => ("password", Marked(password, marked => marked)))),
        (1, Gen.OneOf($"t{Mark}", $"t\"\\\n\u0001\u00e9{Mark}", "")
            .Select(token => ("identitytoken", Marked(token, marked => marked)))));

    private static readonly Gen<Func<string, string>> Written = Gen.Frequency<Func<string, string>>(
        (9, Gen.Select(Member, Gen.Int[0, 11], Gen.Int[0, 11], (member, name, value) => (Func<string, string>)(mark =>
            $"{Name(member.Name, name)}:"
                + $"{(value == 0 ? "null" : value == 1 ? Escaped(member.Value(mark)) : Quoted(member.Value(mark)))}"))),
        (1, Gen.OneOf("\"email\":\"a@b\"", "\"email\":[5]", "\"auth\":null", "\"auth\":\"\"", "\"\\ud800\":1")
            .Select<string, Func<string, string>>(text => _ => text)));

    /// <summary>An entry, once it is given the mark.</summary>
    public static readonly Gen<Func<string, string>> Any = Gen.Frequency(
        (8, Good()),
        (6, Written.Array[0, 4].Select<Func<string, string>[], Func<string, string>>(members => mark =>
            $"{{{string.Join(',', members.Select(member => member(mark)))}}}")));

    /// <summary>As <see cref="Any"/>, and sometimes no object at all.</summary>
    public static readonly Gen<Func<string, string>> AnyValue = Gen.Frequency(
        (20, Any),
        (1, Gen.OneOf("null", "5", "[]", "\"x\"", "{\"auth\":5}", "{\"password\":{},\"username\":\"u\"}")
            .Select<string, Func<string, string>>(text => _ => text)));

    private static Gen<Func<string, string>> Good() => Gen.Int[0, 29].Select<int, Func<string, string>>(
        form => mark => form switch
    {
        29 => $"{{\"auth\":\"{Base64($"u{mark}:p{mark}{new string('x', 4000)}")}\"}}", // as long as tokens for passwords are
        < 7 => $"{{\"username\":\"u{mark}\",\"password\":\"p{mark}\"}}",
        < 14 => $"{{\"auth\":\"{Base64($"u{mark}:p{mark}")}\",\"identitytoken\":\"t{mark}\"}}",
        _ => $"{{\"auth\":\"{Base64($"u{mark}:p{mark}")}\"}}",
    });

    private static Func<string, string> Marked(string text, Func<string, string> write) =>
        mark => write(text.Replace(Mark, mark, StringComparison.Ordinal));

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string Name(string name, int form) => form switch
    {
        0 => $"\"{name.ToUpperInvariant()}\"",
        1 => $"\"\\u{(int)name[0]:x4}{name[1..]}\"",
        _ => $"\"{name}\"",
    };

    /// <summary>Not by a library's writer: that leaves copies in the pool of memory that a law looks into.</summary>
    private static string Quoted(string text) =>
        $"\"{string.Concat(text.Select(c => c is '"' or '\\' or < ' ' ? $"\\u{(int)c:x4}" : c.ToString()))}\"";

    private static string Escaped(string text) => $"\"{string.Concat(text.Select(c => $"\\u{(int)c:x4}"))}\"";

    private static string WithSpareBits(string text, int bits)
    {
        const string symbols = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        var digits = text.TrimEnd('=');
        var spare = (digits.Length % 4) switch { 2 => 15, 3 => 3, _ => 0 };
        return digits.Length == 0
            ? text
            : digits[..^1] + symbols[symbols.IndexOf(digits[^1], StringComparison.Ordinal) | (bits & spare)]
                + text[digits.Length..];
    }
}
