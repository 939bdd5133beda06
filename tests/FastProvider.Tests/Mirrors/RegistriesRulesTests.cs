using System.Text;
using FastProvider.Mirrors;

namespace FastProvider.Tests.Mirrors;

/// <summary>
/// Corners of sysregistriesv2 that the recorded cases do not reach, derived from its source (system_registries_v2.go,
/// shortnames.go). Every text is asked of both readers.
/// </summary>
public sealed class RegistriesRulesTests
{
    private const string Registry = "[[registry]]\nlocation = \"example.com\"\n";

    [Theory]
    [InlineData("")]
    [InlineData("registry = []")]
    [InlineData("[[registry]]\nprefix = \"/\"\nlocation = \"example.com\"")] // trimmed to nothing, matches nothing
    [InlineData("[[registry]]\nprefix = \"*.\"")]
    [InlineData("[[registry]]\nprefix = \"*\"\nlocation = \"example.com\"")]
    [InlineData("[[registry]]\nlocation = \"https://\"")] // trimmed to "https:", which is no scheme any more
    [InlineData("[[registry]]\nlocation = \"HTTP://example.com\"")] // the check minds the case
    [InlineData("[[registry]]\nlocation = \"ftp://example.com\"")]
    [InlineData("[[registry]]\nprefix = \"*.example.com\"")] // not example.com itself
    [InlineData("[[registry]]\nlocation = \"example.co\"")]
    [InlineData("[[registry]]\nlocation = \"example.com/team/ap\"")]
    [InlineData("[[registry]]\nlocation = \"example.com/team/app/more\"")]
    [InlineData("[[registry]]\nlocation = \"Example.com\"")]
    [InlineData("unqualified-search-registries = [\"docker.io/\", \"localhost:5000//\", \"a-b\"]")]
    [InlineData("short-name-mode = \"\"")]
    [InlineData("short-name-mode = \"disabled\"\nadditional-layer-store-auth-helper = \"x\"")]
    [InlineData("[aliases]")]
    [InlineData(
        "[aliases]\n\"a\" = \"\"\n\"b/c\" = \"quay.io/x\"\nd = \"localhost/x\"\n\"Up/e\" = \"Quay.io/x\"\n\"d.e\" = \"q:5/x\"")]
    [InlineData("aliases = \"x\"")] // the decoder passes over an aliases that is no table
    [InlineData("aliases = [1]")]
    [InlineData("[[aliases]]\nx = 1")]
    [InlineData("[registries]")]
    [InlineData("[registries]\nother = 1\n[registries.search]\nnone = []")]
    [InlineData("[registry-extras]\nlocation = 5")]
    [InlineData("unknown = [[{ a = 1 }], [1, \"x\"]]")]
    public void IsValidAndMatchesNothing(string text) => Assert.Equal(Answer.None, Answer.Of(text));

    [Theory]
    [InlineData("[[registry]]")]
    [InlineData("[[registry]]\nprefix = \"\"\nlocation = \"///\"")]
    [InlineData("[[registry]]\nprefix = \"example.com\"")]
    [InlineData("[[registry]]\nprefix = \"*\"")]
    [InlineData("[[registry]]\nprefix = \"/\"")]
    [InlineData("[[registry]]\nlocation = \"http://example.com\"")]
    [InlineData("[[registry]]\nlocation = \"http:///x\"")]
    [InlineData("[[registry]]\nprefix = \"https://example.com\"\nlocation = \"x\"")]
    [InlineData("[[registry]]\nlocation = \"*.example.com:5000\"")] // the prefix defaults to it
    [InlineData("[[registry]]\nprefix = \"*.example.com/x\"\nlocation = \"x\"")]
    [InlineData("[[registry]]\nprefix = \"*.a@b\"")]
    [InlineData("[[registry]]\nlocation = \"x\"\npull-from-mirror = \"all\"")]
    [InlineData(Registry + "[[registry.mirror]]")]
    [InlineData(Registry + "[[registry.mirror]]\nlocation = \"//\"")]
    [InlineData(Registry + "[[registry.mirror]]\nlocation = \"https://m\"")]
    [InlineData(Registry + "[[registry.mirror]]\nlocation = \"m\"\npull-from-mirror = \"ALL\"")]
    [InlineData(Registry + "mirror-by-digest-only = true\n[[registry.mirror]]\nlocation = \"m\"\npull-from-mirror = \"all\"")]
    [InlineData(Registry + Registry + "insecure = true")]
    [InlineData(Registry + Registry + "blocked = true")]
    [InlineData(Registry + "[[registry]]\nprefix = \"other\"\nlocation = \"example.com///\"\nblocked = true")]
    [InlineData("[[registry]]\nprefix = \"*.x\"\n[[registry]]\nlocation = \"*.x\"\ninsecure = true")] // one map for both
    [InlineData("unqualified-search-registries = [\"\"]")]
    [InlineData("unqualified-search-registries = [\"https://docker.io\"]")]
    [InlineData("unqualified-search-registries = [\"docker.io/library\"]")]
    [InlineData("unqualified-search-registries = [\"-a\"]")]
    [InlineData("unqualified-search-registries = [\"a-\"]")]
    [InlineData("unqualified-search-registries = [\"a..b\"]")]
    [InlineData("unqualified-search-registries = [\"a:\"]")]
    [InlineData("unqualified-search-registries = [\"[::1]:5000\"]")]
    [InlineData("unqualified-search-registries = [\"a.b\"")] // cut
    [InlineData("unqualified-search-registries = [\"a.b\" \"c.d\"]")]
    [InlineData("unqualified-search-registries = [\"a.b\"\n" + Registry)]
    [InlineData("short-name-mode = \"Enforcing\"")]
    [InlineData("[aliases]\n\"\" = \"quay.io/x\"")]
    [InlineData("[aliases]\n\"a:b\" = \"quay.io/x\"")]
    [InlineData("[aliases]\n\"a.b/c\" = \"quay.io/x\"")]
    [InlineData("[aliases]\n\"localhost/c\" = \"quay.io/x\"")]
    [InlineData("[aliases]\nA = \"quay.io/x\"")]
    [InlineData("[aliases]\na = \"quay.io\"")]
    [InlineData("[aliases]\na = \"b/c\"")]
    [InlineData("[aliases]\na = \"quay.io/x:1\"")]
    [InlineData("[aliases]\na = \"quay.io/X\"")]
    [InlineData("[aliases]\na = \"foo_bar.com/x\"")] // a fine name, but its first component is no registry
    [InlineData("[aliases]\na = 1")]
    [InlineData("[aliases]\na = \"quay.io/x\"\na = \"quay.io/x\"")]
    [InlineData("[aliases]\n[aliases]")]
    [InlineData("[aliases.b]\nc = 1")]
    [InlineData("[registries.search]\nregistries = []")]
    [InlineData("[registries]\nblock = { Registries = [\"x\"] }")]
    [InlineData("registries = []")]
    [InlineData("[registries]\nsearch = []")]
    public void IsInvalid(string text) => Assert.Equal(Answer.Invalid, Answer.Of(text));

    [Theory]
    [InlineData("registry = \"x\"")]
    [InlineData("registry = {}")]
    [InlineData("registry = [\"x\"]")]
    [InlineData("registry = [[]]")]
    [InlineData("[registry]")]
    [InlineData("[registry]\n[[registry.mirror]]\nlocation = \"m\"")]
    [InlineData("[[registry.mirror]]\nlocation = \"m\"")]
    [InlineData("registry = []\n[[registry]]\nlocation = \"x\"")]
    [InlineData("registry = [{ location = \"x\" }]\n[[registry.mirror]]\nlocation = \"x\"")]
    [InlineData("[[registry]]\nlocation = 5")]
    [InlineData("[[registry]]\nlocation = [\"x\"]")]
    [InlineData(Registry + "insecure = \"true\"")]
    [InlineData(Registry + "insecure = 1")]
    [InlineData(Registry + "blocked = []")]
    [InlineData(Registry + "mirror-by-digest-only = 1979-05-27")]
    [InlineData(Registry + "mirror = {}")]
    [InlineData(Registry + "mirror = \"m\"")]
    [InlineData(Registry + "mirror = [\"m\"]")]
    [InlineData(Registry + "mirror = [[{ location = \"m\" }]]")]
    [InlineData(Registry + "mirror = [{ location = [] }]")]
    [InlineData(Registry + "[registry.mirror]\nlocation = \"m\"")]
    [InlineData(Registry + "mirror = []\n[[registry.mirror]]\nlocation = \"m\"")]
    [InlineData(Registry + "mirror = [{ location = \"m\" }]\nmirror = [{ location = \"m\" }]")]
    [InlineData(Registry + "[[registry.mirror]]\nlocation = \"m\"\n[registry.mirror.location]")]
    [InlineData(Registry + "location = \"example.com\"")]
    [InlineData(Registry + "unknown = 1\nunknown = 1")]
    [InlineData(Registry + "LOCATION = 5")]
    [InlineData("unqualified-search-registries = \"docker.io\"")]
    [InlineData("unqualified-search-registries = [5]")]
    [InlineData("[[unqualified-search-registries]]")]
    [InlineData("credential-helpers = {}")]
    [InlineData("short-name-mode = true")]
    [InlineData("additional-layer-store-auth-helper = 1")]
    public void HasAWrongTypeOrIsDefinedTwice(string text) => Assert.Equal(Answer.Invalid, Answer.Of(text));

    [Theory]
    [InlineData(Registry, "example.com/team/app")]
    [InlineData("[[registry]]\nlocation = \"example.com///\"\nmirror = []", "example.com/team/app")]
    [InlineData(
        "registry = [{ location = \"example.com\", mirror = [{ location = \"m\", }, ], }]", "m/team/app example.com/team/app")]
    [InlineData(
        "registry = [ # c\n  { location = \"example.com\", # c\n    mirror = [ { location = \"m\" } # c\n  ] } ]",
        "m/team/app example.com/team/app")]
    [InlineData("[[registry]]\nLocation = \"example.com\"\nMIRROR = [{ location = \"m\" }]", "m/team/app example.com/team/app")]
    [InlineData("[[registry]]\nLocation = \"x\"\nlocation = \"example.com\"", "example.com/team/app")]
    [InlineData(Registry + "MIRROR = [{ location = \"x\" }]\nmirror = [{ location = \"m\" }]", "m/team/app example.com/team/app")]
    [InlineData("[[REGISTRY]]\nlocation = \"example.com\"", "example.com/team/app")]
    [InlineData("[[registry]]\n\"in\u017fecure\" = true\nlocation = \"example.com\"", "example.com/team/app")]
    [InlineData("[[registry]]\nlocation = \"other.com/x\"\nprefix = \"example.com/team\"", "other.com/x/app")]
    [InlineData("[[registry]]\nprefix = \"*.com\"\nlocation = \"\"", "example.com/team/app")]
    [InlineData("[[registry]]\nprefix = \"*.com\"\nlocation = \"m/n\"", "m/n/team/app")]
    // still the last registry
    [InlineData(Registry + "[aliases]\na = \"b.c/d\"\n[[registry.mirror]]\nlocation = \"m\"", "m/team/app example.com/team/app")]
    [InlineData(
        Registry + "[[registry]]\nlocation = \"example.com/team\"\n[[registry.mirror]]\nlocation = \"m\"",
        "m/app example.com/team/app")]
    // the first table of a prefix
    [InlineData(Registry + "[[registry]]\nprefix = \"example.com\"\nlocation = \"second\"", "example.com/team/app")]
    [InlineData("[[registry]]\nprefix = \"e*.com\"\nlocation = \"x\"\n" + Registry, "example.com/team/app")]
    [InlineData("[[registry]]\nlocation = \"example.com/team/app\"", "example.com/team/app")]
    [InlineData("\"registry\" = [{ 'location' = '''example.com''' }]", "example.com/team/app")]
    [InlineData("[[registry]]\r\nlocation = 'example.com'\r\n\r\n# end\r\n", "example.com/team/app")]
    [InlineData("[[registry]]\nlocation = \"\"\"\\\n   exam\\u0070le.com\"\"\"", "example.com/team/app")]
    [InlineData("registry = [{ location.x = 1 }]", Answer.Invalid)]
    [InlineData("[[registry]]\nlocation = \"example.com\"\n[registry.extra]\na = 1", "example.com/team/app")]
    // more than TOML allows
    [InlineData(
        "[[registry]]\nlocation = \"example.com\"\nextra.a = 1\nextra.b = { c = 1 }\nextra.b.d = 1", "example.com/team/app")]
    [InlineData("[[registry]]\nlocation = \"example.com\\u0000\"", Answer.None)]
    // an empty key makes the decoder forget the array
    [InlineData("registry = [{ location = \"example.com\", \"\" = \"x\" }, 5]", "example.com/team/app")]
    public void Rewrites(string text, string expected) => Assert.Equal(expected, Answer.Of(text));

    [Theory]
    [InlineData("[[registry]]\nlocation = \"example.com\"\n[[registry.mirror]]\nlocation = \"m\"\n")]
    // only the whole reader takes it
    [InlineData("[[registry]]\n\"location\" = \"example.com\"\nmirror = [{ location = \"m\", unknown.x = 1 }]\n")]
    public void NothingOfAMirrorIsLeftForTheNextRegistry(string second)
    {
        const string first = "[[registry]]\nlocation = \"other.com\"\n"
            + "[[registry.mirror]]\nlocation = \"o\"\ninsecure = true\npull-from-mirror = \"tag-only\"\n";
        var merge = new RegistriesMerge("example.com/team/app"u8.ToArray());
        Assert.Null(merge.Add(Encoding.UTF8.GetBytes(first + second), "registries.conf"u8, RegistriesReader.FastFirst));

        var mirror = merge.ToSources().Endpoints[0];

        Assert.Equal("m/team/app", Encoding.UTF8.GetString(mirror.Repository.Span));
        Assert.Equal((false, PullFromMirror.Unset), (mirror.Insecure, mirror.Restriction));
    }

    [Fact]
    public void TheSmallestOfEquallyLongPrefixesDecides()
    {
        const string wildcard = "[[registry]]\nprefix = \"*.m.com\"\nlocation = \"first\"\n";
        const string plain = "[[registry]]\nprefix = \"a.m.com\"\nlocation = \"second\"\n";
        Assert.Equal("first/x", Answer.Of(wildcard + plain, "a.m.com/x"));
        Assert.Equal("first/x", Answer.Of(plain + wildcard, "a.m.com/x"));
    }

    [Theory]
    [InlineData("example.com:5000/x", "m:5000/x")] // the port is taken for what follows the prefix
    [InlineData("example.com@x", "m@x")]
    [InlineData("example.com", "m")]
    [InlineData("example.comx/x", Answer.None)]
    [InlineData("x.example.com/x", Answer.None)]
    public void ThePrefixEndsAtASeparator(string image, string expected) =>
        Assert.Equal(expected, Answer.Of("[[registry]]\nprefix = \"example.com\"\nlocation = \"m\"", image));

    [Theory]
    [InlineData("a.example.com/x", "m/x")]
    [InlineData("a.b.example.com:5000/x", "m:5000/x")]
    [InlineData("example.com/x", Answer.None)]
    [InlineData("notexample.com/x", Answer.None)]
    [InlineData("a.example.comx/x", Answer.None)]
    [InlineData("other.io/a.example.com/x", Answer.None)]
    [InlineData("a.example.computer.example.com/x", Answer.None)] // only the first occurrence counts
    public void TheWildcardStandsForLabels(string image, string expected) =>
        Assert.Equal(expected, Answer.Of("[[registry]]\nprefix = \"*.example.com\"\nlocation = \"m\"", image));

    [Theory]
    [InlineData("\ufeff" + Registry, true)]
    [InlineData("\ufeff\ufeff" + Registry, false)]
    [InlineData(Registry + "# \u007f", false)]
    [InlineData(Registry + "# \u0001", false)]
    [InlineData(Registry + "# \r", false)]
    [InlineData(Registry + "# \u20ac", true)]
    [InlineData("#\t" + Registry + Registry, true)]
    [InlineData("x = \"a\tb\"\n" + Registry, true)]
    [InlineData("x = \"a\\qb\"\n" + Registry, false)]
    [InlineData("x = \"a\\e\\x41\"\n" + Registry, true)]
    [InlineData("x = \"\\ud800\"\n" + Registry, false)]
    [InlineData("x = 012\n" + Registry, false)]
    [InlineData("x = 0x7fffffffffffffff\n" + Registry, true)]
    [InlineData("x = 0xffffffffffffffff\n" + Registry, false)]
    [InlineData("x = 9223372036854775808\n" + Registry, false)]
    [InlineData("x = 1e999\n" + Registry, false)]
    [InlineData("x = [inf, -inf, nan, +0.0, 1_0.0e-1, 1979-05-27T07:32Z, 07:32]\n" + Registry, true)]
    [InlineData("x = 1 y = 2\n" + Registry, false)]
    [InlineData("x = 1, y = 2\n" + Registry, false)]
    [InlineData("x = truefalse\n" + Registry, false)]
    [InlineData("x = [1,,2]\n" + Registry, false)]
    [InlineData("x = [,]\n" + Registry, false)]
    [InlineData("x = { a = 1, a = 2 }\n" + Registry, false)]
    [InlineData("x =\n1\n" + Registry, false)]
    [InlineData("= 1\n" + Registry, false)]
    [InlineData("[]\n" + Registry, false)]
    [InlineData("[[registry] ]\nlocation = \"example.com\"", false)]
    [InlineData("[ [registry]]\nlocation = \"example.com\"", false)]
    [InlineData("[[registry]] x = 1\nlocation = \"example.com\"", false)]
    [InlineData("'''x''' = 1\n" + Registry, false)]
    [InlineData("x = '''a''''\n" + Registry, true)]
    [InlineData("x = \"\"\"\"\"\"\n" + Registry, true)]
    [InlineData("x = \"\"\"a\n" + Registry, false)]
    [InlineData("x = \"\"\"a \\ \t\r\n\n b \\\\ c\"\"\"\n" + Registry, true)]
    [InlineData("x = \"\"\"\\\t a\"\"\"\n" + Registry, false)] // nothing to escape
    public void IsTomlOfTheReferenceDecoder(string text, bool valid) =>
        Assert.Equal(valid ? "example.com/team/app" : Answer.Invalid, Answer.Of(text));

    [Theory]
    [InlineData(new byte[] { 0xff, 0xfe }, true)] // a mark of UTF-16 before UTF-8: the decoder skips it
    [InlineData(new byte[] { 0xfe, 0xff }, true)]
    [InlineData(new byte[] { 0xff }, false)]
    [InlineData(new byte[] { (byte)'#', 0xc3, (byte)'\n' }, false)]
    [InlineData(new byte[] { 0 }, false)]
    public void BytesBeforeTheText(byte[] start, bool valid) =>
        Assert.Equal(
            valid ? "example.com/team/app" : Answer.Invalid,
            Answer.Of([.. start, .. Encoding.UTF8.GetBytes(Registry)], "example.com/team/app"));

    [Theory]
    [InlineData("[")]
    [InlineData("{ x = ")]
    public void EndlessNestingIsRefused(string open)
    {
        const int depth = 200_000;
        var text = new StringBuilder("x = ").Insert("x = ".Length, open, depth).Append('1').ToString();
        Assert.Equal(Answer.Invalid, Answer.Of(text));
    }

    [Fact]
    public void AnEscapeAtTheEndOfTheTextIsRefused() => Assert.Equal(Answer.Invalid, Answer.Of("x = \"\\u"));

    [Theory]
    [InlineData("x = 1\n\n" + Registry + "insecure = 5\n", "registries.conf line 5: \"insecure\" has a value of the wrong type")]
    [InlineData("\n[[registry]]\nlocation = \"http://a\"\n", "registries.conf line 2: \"http://a\" has a URI scheme")]
    [InlineData("\n\nx = \n", "registries.conf line 3: this is not valid TOML")]
    [InlineData("\n# \u0001\n", "registries.conf line 2: this is not valid TOML: a control character")]
    [InlineData(
        "\n\n[registries.search]\nregistries = ['a']\n",
        "registries.conf line 4: the table [registries] belongs to the v1 format")]
    [InlineData(
        "[aliases]\na = \"quay.io/x\"\n\na = \"quay.io/y\"\n",
        "registries.conf line 4: the key \"a\" stands a second time in its table")]
    public void TheFailureNamesFileLineAndFault(string text, string start)
    {
        foreach (var reader in (RegistriesReader[])[RegistriesReader.FastFirst, RegistriesReader.WholeDocument])
        {
            var (answer, message, _) = Answer.Ask(Encoding.UTF8.GetBytes(text), "example.com/x", reader);
            Assert.Equal(Answer.Invalid, answer);
            Assert.StartsWith(start, message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', message!);
        }
    }
}
