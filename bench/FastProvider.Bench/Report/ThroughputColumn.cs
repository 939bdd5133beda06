using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using FastProvider.Bench.Stages;

namespace FastProvider.Bench.Report;

/// <summary>Bytes of input in a second of the mean time.</summary>
internal sealed class ThroughputColumn : IColumn
{
    private readonly Dictionary<string, int> _inputBytes = [];

    public string Id => nameof(ThroughputColumn);

    public string ColumnName => "MB/s";

    public string Legend => "Input read in a second (10^6 bytes)";

    public bool AlwaysShow => true;

    public ColumnCategory Category => ColumnCategory.Custom;

    public int PriorityInCategory => 0;

    public bool IsNumeric => true;

    public UnitType UnitType => UnitType.Dimensionless;

    public bool IsAvailable(Summary summary) => true;

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase) => GetValue(summary, benchmarkCase, summary.Style);

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style)
    {
        var bytes = InputBytesOf(benchmarkCase);
        return bytes > 0 && summary[benchmarkCase]?.ResultStatistics is { } statistics
            ? (bytes / statistics.Mean * 1e3).ToString("N0", CultureInfo.InvariantCulture)
            : "-";
    }

    // The input's size is known to a stage that is set up; pulls have none, and starting a server for that would be a waste.
    private int InputBytesOf(BenchmarkCase benchmarkCase)
    {
        var type = benchmarkCase.Descriptor.Type;
        var key = $"{type.Name} {benchmarkCase.Parameters.ValueInfo}";
        if (!_inputBytes.TryGetValue(key, out var bytes))
        {
            var stage = (Stage)Activator.CreateInstance(type)!;
            foreach (var parameter in benchmarkCase.Parameters.Items)
            {
                type.GetProperty(parameter.Name)!.SetValue(stage, parameter.Value);
            }

            if (stage is not (PullStage or ResponseStage))
            {
                stage.SetUp();
                bytes = stage.InputBytes;
                stage.CleanUp();
            }

            _inputBytes[key] = bytes;
        }

        return bytes;
    }
}
