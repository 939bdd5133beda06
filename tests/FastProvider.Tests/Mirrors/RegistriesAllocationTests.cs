using System.Text;
using FastProvider.Mirrors;

namespace FastProvider.Tests.Mirrors;

public sealed class RegistriesAllocationTests
{
    private const int Tables = 1_000;

    [Fact]
    public void AWarmParseWithoutMatchAllocatesNothing()
    {
        var text = new StringBuilder("unqualified-search-registries = [\"docker.io\"]\n");
        for (var i = 0; i < Tables; i++)
        {
            text.Append(
                System.Globalization.CultureInfo.InvariantCulture,
                $"# {i}\n[[registry]]\nprefix = \"r{i}.example.com/team\"\n"
                    + $"location = \"r{i}.example.com\"\nmirror = [{{ location = 'm{i}.corp' }}]\n");
        }

        text.Append("[aliases]\n");
        for (var i = 0; i < Tables; i++)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"\"img{i}\" = \"quay.io/org/img{i}\"\n");
        }

        var file = Encoding.UTF8.GetBytes(text.ToString());
        var scratch = new RegistriesScratch();
        Assert.True(Parse(file, scratch));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var fast = Parse(file, scratch);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(fast);
    }

    private static bool Parse(ReadOnlySpan<byte> file, RegistriesScratch scratch)
    {
        var merge = new RegistriesMerge("docker.io/library/busybox"u8, scratch);
        return merge.Add(file, "x"u8) is null
            && merge.DocumentReads == 0
            && ReferenceEquals(merge.ToSources(), PullSources.NoMatch(helpersExcludeAuthFiles: false));
    }
}
