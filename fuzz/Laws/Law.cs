using CsCheck;
using FastProvider.Fuzz.Laws.Documents;
using Xunit.Abstractions;

namespace FastProvider.Fuzz.Laws;

/// <summary>
/// How a law is tried: a bounded number of times in a test run, as long as <c>CsCheck_Time</c> says in <c>fuzz/laws.sh</c>.
/// </summary>
internal static class Law
{
    /// <summary>Tries the law and says how often.</summary>
    public static void Holds<T>(this Gen<T> inputs, ITestOutputHelper output, int tries, Action<T> law) =>
        inputs.Sample(law, output.WriteLine, iter: Check.Time > 0 ? -1 : tries, print: input =>
            input is PullDocuments pull ? pull.ToString() : Check.Print(input));
}
