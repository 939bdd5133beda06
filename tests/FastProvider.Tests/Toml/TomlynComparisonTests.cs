using System.Text;
using CsCheck;

namespace FastProvider.Tests.Toml;

/// <summary>
/// Tomlyn as the oracle of what a text means, where it and we take it. What is taken is not its to say: it differs from the
/// reference decoder in places, and <see cref="TomlVerdictTests"/> has the decoder's own verdicts.
/// </summary>
public sealed class TomlynComparisonTests
{
    private const string Sample = """"""
        # every kind of key, table and value
        a = 1
        "b c".d = 'e\'
        f.g.h = ["\u0041\tz", '''
        i''', """
        j \
            k"""", [true, {l = 1.5e3, m.n = []}],]
        o = {p = 1979-05-27T07:32:00Z, q = 0xff,
          r = """s""t""""} # comment
        [[registry]]
        location = "docker.io"
        [[registry.mirror]]
        location = 'm.example.com'
        insecure = true
        y = +inf
        [[registry]]
        location = "quay.io"
        mirror = [{location = "\x6d.example.com"}]
        [u.v]
        w = 07:32:00.5
        """""";

    [Fact]
    public void A_text_of_every_kind_means_the_same()
    {
        var theirs = TomlMeaning.ByTomlyn(Sample);
        Assert.NotNull(theirs);
        Assert.Equal(theirs, TomlMeaning.ByOurs(Encoding.UTF8.GetBytes(Sample)));
    }

    [Fact]
    public void A_text_that_both_take_means_the_same()
    {
        var both = 0;
        Mangled.Of(Sample).Sample(bytes =>
        {
            var text = Encoding.UTF8.GetString(bytes);
            if (TomlMeaning.ByOurs(bytes) is not { } ours || TomlMeaning.ByTomlyn(text) is not { } theirs)
            {
                return;
            }

            Interlocked.Increment(ref both);
            Assert.Equal(theirs, ours);
        }, iter: 3000);
        Assert.True(both > 300, $"Both took only {both} texts, so little was compared.");
    }
}
