using System.Text.Json;
using System.Text.Json.Serialization;
using FastProvider.Bench.Scene;

namespace FastProvider.Bench.Gate;

/// <summary>The committed figures, the machine that they are from, and how far each may worsen.</summary>
internal sealed record Baseline
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public required Machine Machine { get; init; }

    /// <summary>The tool that counted instructions: another version counts other instructions.</summary>
    public required string Valgrind { get; init; }

    public required IReadOnlyList<Entry> Figures { get; init; }

    /// <summary>One figure of the file.</summary>
    /// <param name="Name">As <see cref="Figure.Name"/>.</param>
    /// <param name="Unit">As <see cref="Figure.Unit"/>.</param>
    /// <param name="Value">As measured when the baseline was made.</param>
    /// <param name="Limit">What is more than this fails, or only warns if <paramref name="OnlyWarns"/>.</param>
    /// <param name="OnlyWarns">Set for ratios of time: a busy machine must not fail a change.</param>
    internal sealed record Entry(
        string Name, string Unit, double Value, double Limit,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool OnlyWarns = false);

    public static Baseline Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<Baseline>(
                File.ReadAllBytes(Repository.Existing(path, "./bench.sh --update-baselines")), Json)!;
        }
        catch (JsonException broken)
        {
            throw new SceneException($"{path}: {broken.Message}", broken);
        }
    }

    /// <summary>A baseline of the figures, with the limits of <see cref="Limits"/>.</summary>
    public static Baseline Of(IEnumerable<Figure> figures, string valgrind) => new()
    {
        Machine = Machine.Read(),
        Valgrind = valgrind,
        Figures = [.. figures.Select(f => new Entry(f.Name, f.Unit, f.Value, Limits.Of(f), Limits.OnlyWarns(f)))],
    };

    public void Write(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        File.WriteAllText(path, JsonSerializer.Serialize(this, Json) + "\n");
    }
}
