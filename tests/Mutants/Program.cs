// Breaks one law after the other and tells whether the tests notice:
//   tests/mutants.sh [--jobs N] [--sample N] [--tested] [law-N | NAME]...
//   tests/mutants.sh simple [--jobs N] [--sample N] [--repository DIR] [--keep DIR] [ROOM | NUMBER]...
// Exit 1 if a mutant that is written down survived or could not be built, 2 if the tests fail without one or an argument is
// wrong.
using FastProvider.Mutants;
using FastProvider.Mutants.Simple;

try
{
    if (args is [TestHost.Verb, ..])
    {
        return TestHost.Run(args[1..]);
    }

    var options = MutantOptions.Read(args);
    if (!options.IsSimple)
    {
        return WrittenRun.Run(options.Repository, options);
    }

    using var checkout = new MutatedCheckout(options.Repository, options.KeptIn);
    SimpleRun.Run(checkout, options.Names, options.Sample, options.Jobs);
    return 0;
}
catch (Exception wrong) when (wrong is FormatException or ArgumentException or InvalidOperationException)
{
    Console.Error.WriteLine(wrong.Message);
    return 2;
}
