using FastProvider.Base;
using FastProvider.Mirrors;

namespace FastProvider.Tests.Mirrors;

public sealed class ConformanceTests
{
    private const int RecordedCases = 400;

    public static TheoryData<string> Ids => [.. ConformanceCase.All.Select(recorded => recorded.Id)];

    [Fact]
    public void AllRecordedCasesAreThere() => Assert.Equal(RecordedCases, ConformanceCase.All.Count);

    [Theory]
    [MemberData(nameof(Ids))]
    public void AnswersAsTheReferenceLibrary(string id) => Check(id, RegistriesReader.FastFirst);

    [Theory]
    [MemberData(nameof(Ids))]
    public void AnswersAsTheReferenceLibraryWithTheConformingReaderAlone(string id) => Check(id, RegistriesReader.WholeDocument);

    [Fact]
    public void TheFastReaderTakesAtLeastHalfOfTheCasesAndLeavesSome()
    {
        var paths = ConformanceCase.All.Where(recorded => !recorded.LoadError).Select(recorded =>
        {
            Assert.Null(recorded.Find("docker.io/library/probe", RegistriesReader.FastFirst, out _, out var documentReads));
            return (recorded.Id, Fast: documentReads == 0);
        }).ToList();
        var fast = paths.Count(path => path.Fast);
        Assert.InRange(fast, paths.Count / 2, paths.Count - 1);
    }

    private static void Check(string id, RegistriesReader reader)
    {
        var recorded = ConformanceCase.All.Single(one => one.Id == id);
        if (recorded.LoadError)
        {
            var failure = recorded.Find("docker.io/library/probe", reader, out _, out _);
            Assert.NotNull(failure);
            Assert.Equal(Failure.PullFailed, failure.ExitCode);
            Assert.Matches(@"^\S+\.conf line \d+: .+$", failure.Message);
            return;
        }

        Assert.NotEmpty(recorded.Queries);
        foreach (var query in recorded.Queries)
        {
            Assert.Null(recorded.Find(query.Image, reader, out var sources, out _));
            Assert.Equal(query.Image + ": " + query.Answer, query.Image + ": " + ConformanceQuery.Describe(sources!));
        }
    }
}
