using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace FastProvider.Mutants.Simple;

/// <summary>
/// The process that runs some tests with one mutant active and says the first that fails. It is xunit without the programs around
/// it that <c>dotnet test</c> starts, which take longer than the tests of most rooms. A process for each mutant, as what is made
/// once in a process may be made with it.
/// </summary>
internal sealed partial class TestHost : IMessageSink, IDisposable
{
    /// <summary>The first argument that makes this program a host.</summary>
    public const string Verb = "test-host";

    /// <summary>What a line of the verdict begins with; tests write to stdout, too.</summary>
    public const string VerdictMark = "verdict: ";

    private readonly List<ITestCase> _cases = [];
    private readonly ManualResetEventSlim _isFinished = new();
    private readonly string[] _names;
    private int _passed;

    private TestHost(string[] names) => _names = names;

    /// <param name="arguments">The number of the mutant, and parts of the full names of the tests that are to run.</param>
    public static int Run(string[] arguments)
    {
        // A group of its own, so that what the tests leave running can be ended with it.
        _ = SetSid();
        var number = int.Parse(arguments[0], CultureInfo.InvariantCulture);
        Type.GetType("FastProvider.ActiveMutant, fast-provider", throwOnError: true)!.GetField("Number")!.SetValue(null, number);
        using var host = new TestHost(arguments[1..]);
        host.RunTests(Assembly.Load("FastProvider.Tests"));
        Tell(host._cases.Count == 0 ? "none" : $"passed {host._passed}");
        return 0;
    }

    public bool OnMessage(IMessageSinkMessage message)
    {
        switch (message)
        {
            case ITestCaseDiscoveryMessage found
                when IsWanted(found.TestMethod.TestClass.Class.Name, found.TestMethod.Method.Name):
                _cases.Add(found.TestCase);
                break;
            case ITestPassed p:

                Interlocked.Increment(ref _passed);
                break;
            case ITestFailed failed:
                Console.Error.WriteLine(string.Join(Environment.NewLine, failed.Messages));
                Tell($"failed {failed.TestClass.Class.Name}.{failed.TestMethod.Method.Name}");
                break;
            case ITestClassCleanupFailure failed:
                Tell($"failed {failed.TestClass.Class.Name}");
                break;
            case IErrorMessage or ITestAssemblyCleanupFailure or ITestCollectionCleanupFailure:
                Tell("failed");
                break;
            case IDiscoveryCompleteMessage or ITestAssemblyFinished:
                _isFinished.Set();
                break;
            default:
                break;
        }

        return true;
    }

    public void Dispose() => _isFinished.Dispose();

    private void RunTests(Assembly assembly)
    {
        var options = new TestOptions();
        var framework = new XunitTestFramework(this);
        using var discoverer = framework.GetDiscoverer(Reflector.Wrap(assembly));
        foreach (var type in assembly.GetTypes().Where(type => _names.Any(name => MayBeIn(type.FullName!, name))))
        {
            _isFinished.Reset();
            discoverer.Find(type.FullName, includeSourceInformation: false, this, options);
            _isFinished.Wait();
        }

        _isFinished.Reset();
        using var executor = framework.GetExecutor(assembly.GetName());
        executor.RunTests(_cases, this, options);
        _isFinished.Wait();
    }

    /// <summary>Whether a name is part of that of a class, or that of a method of it.</summary>
    private static bool MayBeIn(string type, string name) =>
        type.Contains(name, StringComparison.Ordinal) || name.StartsWith($"{type}.", StringComparison.Ordinal);

    private bool IsWanted(string type, string method) =>
        _names.Any(name => $"{type}.{method}".Contains(name, StringComparison.Ordinal));

    private static void Tell(string verdict)
    {
        Console.Out.WriteLine($"{Environment.NewLine}{VerdictMark}{verdict}");
        Console.Out.Flush();
    }

    [LibraryImport("libc", EntryPoint = "setsid")]
    private static partial int SetSid();

    /// <summary>
    /// As <c>xunit.runner.json</c> has it: end-to-end tests wait for servers and processes more than they compute.
    /// </summary>
    private sealed class TestOptions : ITestFrameworkDiscoveryOptions, ITestFrameworkExecutionOptions
    {
        private readonly Dictionary<string, object?> _values = new() { ["xunit.execution.MaxParallelThreads"] = 8 };

        public TValue GetValue<TValue>(string name) => _values.GetValueOrDefault(name) is TValue value ? value : default!;

        public void SetValue<TValue>(string name, TValue value) => _values[name] = value;
    }
}
