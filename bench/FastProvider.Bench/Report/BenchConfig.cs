using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Exporters.Json;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using FastProvider.Bench.Scene;

namespace FastProvider.Bench.Report;

/// <summary>
/// How the stages are measured. In this process, as it needs no build for each benchmark; the JIT's settings are the runtime's
/// own.
/// </summary>
internal static class BenchConfig
{
    /// <param name="isShort">A few iterations: to see that all of it runs, and roughly where it stands.</param>
    public static IConfig Create(bool isShort)
    {
        var job = (isShort ? Job.ShortRun.WithWarmupCount(2).WithIterationCount(3) : Job.Default)
            .WithToolchain(InProcessEmitToolchain.Instance)
            .WithId(isShort ? "Short" : "Full");
        return ManualConfig.CreateEmpty()
            .AddJob(job)
            .AddDiagnoser(MemoryDiagnoser.Default)
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddColumn(new ThroughputColumn())
            .HideColumns(Column.Error, Column.RatioSD, Column.AllocRatio, Column.Gen0, Column.Gen1, Column.Gen2)
            .AddExporter(MarkdownExporter.GitHub, JsonExporter.Brief)
            .AddLogger(ConsoleLogger.Default)
            .WithArtifactsPath(Repository.Artifact("bench/BenchmarkDotNet"));
    }
}
