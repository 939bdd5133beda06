using System.Globalization;
using System.Text.Json;
using FastProvider.Bench.Scene;

namespace FastProvider.Bench.Launcher;

/// <summary>Before anything is measured: every contender does its whole job, and those of a group do the same one.</summary>
internal static class FairStart
{
    public static void Check(NodeScene node, IEnumerable<Contender> contenders)
    {
        foreach (var contender in contenders)
        {
            if (Directory.Exists(node.AuthDir))
            {
                Directory.Delete(node.AuthDir, recursive: true);
            }

            var name = contender.Name.Split('@')[0];
            // Our curl throws the answer away; here it is wanted.
            var isList = name.StartsWith("curl-list", StringComparison.Ordinal);
            var words = contender.Command.Words.Where(w => !isList || w is not ("--output" or "/dev/null")).ToList();
            var output = Programs.Output(contender.Mounts?.Words(words) ?? words, contender.Command.StandardInput);
            var isRight = contender.IsGiven || name.Split('-') switch
            {
                // This program, that of --build, the one with OpenSSL in it, by way of an agent.
                [_, "mirrored", ..] => output.Contains("\"auth\":{\"registry.invalid/app\"", StringComparison.Ordinal)
                    && Directory.GetFiles(node.AuthDir) is [var file]
                    && File.ReadAllText(file).Contains("\"mirror.example.com/cache/app\"", StringComparison.Ordinal),
                [_, "unserved", ..] => output.Contains("\"cacheDuration\":\"0s\"}", StringComparison.Ordinal)
                    && (!Directory.Exists(node.AuthDir) || Directory.GetFiles(node.AuthDir).Length == 0),
                [_, "unmirrored", ..] =>
                    output.Contains("\"cacheDuration\":\"0s\"", StringComparison.Ordinal) && !Directory.Exists(node.AuthDir),
                ["curl", "list", var count] => CountItems(output) == int.Parse(count, CultureInfo.InvariantCulture),
                _ => true, // empty programs, and those that print nothing but fail by their exit status
            };
            if (!isRight)
            {
                throw new SceneException($"{contender.Name} does not do its job, so its time means nothing");
            }
        }
    }

    private static int CountItems(string list)
    {
        using var document = JsonDocument.Parse(list);
        return document.RootElement.GetProperty("items").GetArrayLength();
    }
}
