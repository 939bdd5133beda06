// Breaks one law after the other and tells whether the tests notice: tests/mutants.sh [law-N | NAME]...
// Exit 1 if a mutant survived or could not be built, 2 if the tests fail without one.
using FastProvider.Mutants;

var chosen = Mutant.All(Repository.Root).Where(mutant => args.Length == 0 || args.Contains($"law-{mutant.Law}") || args.Contains(mutant.Name)).ToList();
using var checkout = new MutatedCheckout(Repository.Root);
if (checkout.TryUnchanged(chosen) is { Outcome: not Outcome.Survived } unchanged)
{
    Console.Error.WriteLine($"the tests fail without a mutation: {unchanged.Why}");
    return 2;
}

var alive = 0;
Console.WriteLine("| law | mutant | what is broken | verdict |");
Console.WriteLine("|--:|---|---|---|");
foreach (var mutant in chosen)
{
    var verdict = checkout.Try(mutant);
    alive += verdict.Outcome is Outcome.Killed ? 0 : 1;
    Console.WriteLine($"| {mutant.Law} | {mutant.Name} | {mutant.What} | {verdict.Outcome}: {verdict.Why} |");
}

Console.Error.WriteLine($"{chosen.Count - alive} of {chosen.Count} killed");
return alive == 0 && chosen.Count > 0 ? 0 : 1;
