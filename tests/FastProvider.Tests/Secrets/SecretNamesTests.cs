using System.Text;
using System.Text.RegularExpressions;
using CsCheck;
using FastProvider.Secrets;

namespace FastProvider.Tests.Secrets;

/// <summary>The names of an annotation.</summary>
public sealed partial class SecretNamesTests
{
    private static readonly Gen<string> Part = Gen.Frequency(
        (8, Gen.OneOf("a", "b", "c.d", "e-f")),
        (3, Gen.Int[0, 60].Select(i => $"s{i}")),
        (2, Gen.OneOf("", " ", "A", "-a", "a.", "a b", "../x", "a/b", "\u00e9")));

    private static readonly Gen<string> Space = Gen.OneOf("", "", "", " ", "\t", "  ", "\n");

    [Fact]
    public void A_list_is_its_valid_parts_each_at_its_first_place_up_to_thirty_two() =>
        Gen.Select(Space, Part, Space).Select((before, part, after) => before + part + after).Array[0, 90].Sample(parts =>
        {
            var list = string.Join(',', parts);
            var expected = list.Split(',')
                .Select(p => p.Trim(' ', '\t', '\r', '\n'))
                .Where(p => Valid().IsMatch(p))
                .Distinct()
                .ToList();

            var names = new SecretNames();
            names.AddList(Encoding.UTF8.GetBytes(list));

            Assert.Equal(expected.Take(32), names.All.Select(name => name.ToString()));
            Assert.Equal(expected.Count > 32, names.AreTooMany);
        }, iter: 5000);

    [Fact]
    public void What_is_left_out_is_one_warning_that_names_the_first()
    {
        var warnings = new SecretNotices();
        var names = new SecretNames();
        names.AddList("a,B,C,b"u8);
        names.Warn(warnings, "somebody");

        Assert.Equal(1, warnings.Count);
        Assert.StartsWith(
            "somebody names \"B\" and 1 more, which cannot be the name of a Secret", warnings.ToString(),
            StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z")]
    private static partial Regex Valid();
}
