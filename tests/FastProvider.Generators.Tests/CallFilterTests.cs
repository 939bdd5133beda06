using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using CsCheck;
using FastProvider.Generators.Calls;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace FastProvider.Generators.Tests;

/// <summary>The filter of system calls that comes of a list.</summary>
public sealed partial class CallFilterTests
{
    /// <summary>A list with all that a list may have.</summary>
    private const string Sample = """
        # what it is
        [always]
        one         1   2  something
        two         2   3
        four        4   -  where there is one

        [where nothing is executed]
        run         9   9
        """;

    private const uint EndProcess = 0x8000_0000, Allow = 0x7fff_0000, FailWithENOSYS = 0x0005_0000 | 38;

    private const uint X64Machine = 0xc000_003e, Arm64Machine = 0xc000_00b7;

    [Fact]
    public void The_emitted_code_is_the_baseline()
    {
        var (source, faults) = Emit(Sample);
        Assert.Empty(faults);

        BaselineTests.IsBaseline("Calls", source);
    }

    [Theory]
    [InlineData("one 1 2")] // of no section
    [InlineData("[always]\none 1")]
    [InlineData("[always]\none 1 x")]
    [InlineData("[always]\none -1 2")]
    [InlineData("[always]\none 1 2\none 3 4")]
    [InlineData("[always]\none 1 2\nother 1 4")]
    [InlineData("[always]\none 1 2\nother 3 2")]
    [InlineData("[sometimes]")]
    public void What_is_no_call_is_an_error_at_its_line(string list)
    {
        var fault = Assert.Single(Emit(list).Faults);

        Assert.Equal(("FPG017", DiagnosticSeverity.Error), (fault.Id, fault.Severity));
        Assert.Equal(list.Count(c => c == '\n'), fault.Location.GetLineSpan().StartLinePosition.Line);
    }

    /// <summary>Law: the calls of the list end the process, and no other number does.</summary>
    [Fact]
    public void The_calls_of_any_list_are_refused_and_no_others() =>
        Gen.Select(Gen.Int[0, 460], Gen.Frequency((4, Gen.Const(false)), (1, Gen.Const(true)))).Array[1, 80].Sample(calls =>
        {
            var numbers = calls.Where(call => call.Item1 is not (56 or 220 or 435)).DistinctBy(call => call.Item1).ToArray();
            string Lines(bool isExecution) => string.Concat(
                numbers.Where(call => call.Item2 == isExecution).Select(call => $"c{call.Item1} {call.Item1} {call.Item1}\n"));
            var (source, faults) = Emit($"[always]\n{Lines(false)}[where nothing is executed]\n{Lines(true)}");
            Assert.Empty(faults);
            List<(uint, string, int)> machines = [(X64Machine, "X64", 56), (Arm64Machine, "Arm64", 220)];
            foreach (var (machine, name, clone) in machines)
            {
                var program = ProgramOf(source, name);
                Assert.InRange(program.Length, 5, 4096);
                for (var number = 0; number < 500; number++)
                {
                    var isRefused = numbers.Any(call => call.Item1 == number);
                    Assert.Equal(
                        number == 435 ? FailWithENOSYS : isRefused ? EndProcess : Allow, Run(program, machine, number, flags: 0));
                }

                Assert.Equal(Allow, Run(program, machine, -1, flags: 0)); // a call that a tracer has left out
                Assert.Equal(EndProcess, Run(program, machine, clone, flags: 0x1000_0000));
                Assert.Equal(EndProcess, Run(program, machine ^ 1, 39, flags: 0));
                Assert.Equal(machine == X64Machine ? EndProcess : Allow, Run(program, machine, 0x4000_0000 | 39, flags: 0));
            }
        }, iter: 100, threads: 1);

    /// <summary>As the kernel runs it (Documentation/networking/filter.rst).</summary>
    private static uint Run(ulong[] program, uint machine, int number, uint flags)
    {
        uint accumulator = 0;
        for (var at = 0; ; at++)
        {
            var (code, ifTrue, ifFalse, constant) = (
                (ushort)program[at], (byte)(program[at] >> 16), (byte)(program[at] >> 24), (uint)(program[at] >> 32));
            switch (code)
            {
                case 0x20:
                    Assert.Contains(constant, (uint[])[0, 4, 16]);
                    accumulator = constant == 0 ? (uint)number : constant == 4 ? machine : flags;
                    break;
                case 0x15:
                    at += accumulator == constant ? ifTrue : ifFalse;
                    break;
                case 0x35:
                    at += accumulator >= constant ? ifTrue : ifFalse;
                    break;
                case 0x45:
                    at += (accumulator & constant) != 0 ? ifTrue : ifFalse;
                    break;
                default:
                    Assert.Equal(0x06, code);
                    return constant;
            }
        }
    }

    private static ulong[] ProgramOf(string source, string name)
    {
        var start = source.IndexOf($"ReadOnlySpan<ulong> {name} =>", StringComparison.Ordinal);
        return [.. Instruction().Matches(source[start..source.IndexOf("];", start, StringComparison.Ordinal)])
            .Select(match => ulong.Parse(match.Groups[1].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture))];
    }

    private static (string Source, ImmutableArray<Diagnostic> Faults) Emit(string list)
    {
        var driver = CSharpGeneratorDriver.Create([new CallFilterGenerator().AsSourceGenerator()], [new ListFile(list)]);
        var result = driver.RunGenerators(CSharpCompilation.Create("Sample")).GetRunResult();
        return (Assert.Single(result.Results.Single().GeneratedSources).SourceText.ToString(), result.Diagnostics);
    }

    [GeneratedRegex(@"0x([0-9a-f]{16}),")]
    private static partial Regex Instruction();

    private sealed class ListFile(string text) : AdditionalText
    {
        public override string Path => "/src/refused-calls.txt";

        public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(text);
    }
}
