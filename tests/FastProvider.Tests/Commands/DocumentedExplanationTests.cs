using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using FastProvider.Mutants;
using FastProvider.Tests.ApiServer;
using FastProvider.Tests.Commands.Doctor;
using FastProvider.Tests.Commands.Probe;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Commands;

/// <summary>
/// docs/explain.md has every member of the JSON and no other. A row names members, or an object whose members stand in its second
/// cell, outside of parentheses.
/// </summary>
public sealed partial class DocumentedExplanationTests
{
    [Fact]
    public async Task Every_member_of_the_JSON_is_described_and_no_other()
    {
        var explanations = await ExplanationsAsync();
        var described = Described(path => explanations.Any(said => HasMembers(At(said, path))));

        Assert.Equal(described, Printed(explanations, described));
    }

    /// <summary>Explanations that have, between them, each member at least once.</summary>
    private static async Task<List<JsonElement>> ExplanationsAsync()
    {
        var explanations = new List<JsonElement>();
        await using (var scene = await PullScene.StartAsync())
        {
            scene.Secrets(
                Secret.DockerConfigJson("login", ("localhost:5000", RegistryEntry.Basic("u", "p"))),
                Secret.OfDocument("broken", Secret.DockerConfigJsonType, ".dockerconfigjson", "{"));
            explanations.Add(
                await ExplainAsync(scene.Token!, [$"{PullScene.Image}:v1", "--token-file", "-", .. scene.Arguments()]));
            scene.Server.Cluster.ForbidAll();
            explanations.Add(await ExplainAsync(scene.Token!, [PullScene.Image, "--token-file", "-", .. scene.Arguments()]));
            explanations.Add(
                await ExplainAsync(scene.Token!, ["unmirrored.invalid/app", "--token-file", "-", .. scene.Arguments()]));
        }

        using (var scene = new ProbeScene().Mirror(isInsecure: true, "127.0.0.1:1").Secret("127.0.0.1:1"))
        {
            explanations.Add(JsonDocument.Parse((await scene.RunAsync("--output", "json")).Stdout).RootElement);
        }

        using (var node = await ChrootNode.CreateAsync())
        {
            using var files = DoctorNode.Kubeadm();
            node.Copy(files.Root);
            Directory.CreateDirectory(node.Root + "/manifests");
            var run = await node.RunAsync(
                "explain", "busybox", "--namespace", "team-a", "--secrets-from", "/manifests", "--output", "json");
            explanations.Add(JsonDocument.Parse(run.Stdout).RootElement);
        }

        return explanations;
    }

    private static async Task<JsonElement> ExplainAsync(string token, string[] arguments)
    {
        var run = await Plugin.RunAsync(["explain", .. arguments, "--output", "json"], Encoding.UTF8.GetBytes(token));
        return JsonDocument.Parse(run.Stdout).RootElement;
    }

    /// <summary>The paths of the page's table.</summary>
    private static SortedSet<string> Described(Func<string, bool> hasMembers)
    {
        var paths = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var row in Rows())
        {
            var cells = row.Split(" | ", 2);
            var above = "";
            foreach (var name in InBackticks().Matches(cells[0]).Select(m => m.Groups[1].Value))
            {
                // ".pod" stands beside "for.namespace" for "for.pod".
                var path = name.StartsWith('.') ? above + name : name;
                above = path.Contains('.', StringComparison.Ordinal) ? path[..path.LastIndexOf('.')] : "";
                var members = hasMembers(path) ? Members(cells[1]) : [];
                paths.UnionWith(members.Count == 0 ? [path] : members.Select(member => $"{path}.{member}"));
            }
        }

        return paths;
    }

    private static List<string> Members(string cell) =>
        [
            .. InBackticks().Matches(InParentheses().Replace(cell, ""))
                .Select(m => m.Groups[1].Value)
                .Where(word => Word().IsMatch(word))];

    /// <summary>The paths of the members that were printed, down to those that the page has.</summary>
    private static SortedSet<string> Printed(List<JsonElement> explanations, SortedSet<string> described)
    {
        var paths = new SortedSet<string>(StringComparer.Ordinal);
        explanations.ForEach(said => Walk(said, ""));
        // Null in one explanation, an object in another.
        paths.RemoveWhere(path => paths.Any(longer => longer.StartsWith(path + ".", StringComparison.Ordinal)));
        return paths;

        void Walk(JsonElement element, string path)
        {
            if (element.ValueKind is JsonValueKind.Array)
            {
                path += "[]";
                foreach (var item in element.EnumerateArray())
                {
                    Walk(item, path);
                }
            }

            if (element.ValueKind is JsonValueKind.Object && !described.Contains(path))
            {
                foreach (var member in element.EnumerateObject())
                {
                    Walk(member.Value, path == "" ? member.Name : $"{path}.{member.Name}");
                }
            }
            else if (element.ValueKind is not JsonValueKind.Array || described.Contains(path))
            {
                paths.Add(path);
            }
        }
    }

    private static bool HasMembers(IEnumerable<JsonElement> elements) =>
        elements.Any(element => element.ValueKind is JsonValueKind.Object);

    /// <summary>All elements of a path in which <c>[]</c> stands behind arrays.</summary>
    private static IEnumerable<JsonElement> At(JsonElement root, string path)
    {
        IEnumerable<JsonElement> elements = [root];
        foreach (var part in path.Split('.'))
        {
            var name = part.TrimEnd('[', ']');
            elements = elements.Where(e => e.ValueKind is JsonValueKind.Object)
                .SelectMany(e => e.TryGetProperty(name, out var member) ? [member] : Array.Empty<JsonElement>());
            elements = part.EndsWith(']')
                ? elements.Where(e => e.ValueKind is JsonValueKind.Array).SelectMany(e => e.EnumerateArray().ToArray())
                : elements;
        }

        return [.. elements];
    }

    private static IEnumerable<string> Rows() => File.ReadAllText(Path.Join(Repository.Root, "docs", "explain.md"))
        .Split("# `--output json`\n")[1].Split("\n#")[0].Split('\n').Where(l => l.StartsWith("| `", StringComparison.Ordinal));

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex InBackticks();

    [GeneratedRegex(@"\([^()]*\)")]
    private static partial Regex InParentheses();

    [GeneratedRegex("^[a-z][A-Za-z]*$")]
    private static partial Regex Word();
}
