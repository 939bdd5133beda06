using System.Text;
using System.Text.Json;
using FastProvider.AuthFile;
using FastProvider.Native;
using FastProvider.Node;
using FastProvider.Secrets;

namespace FastProvider.Fuzz.Targets;

/// <summary>
/// The auth file for a pull, from the document of a Secret (what stands before the first NUL, if there is one) and the node's
/// global auth file: CRI-O finds for each endpoint what was chosen, and the choice is that of a document model.
/// </summary>
internal static class AuthFileTarget
{
    public static void Run(ReadOnlyMemory<byte> input)
    {
        var nul = input.Span.IndexOf((byte)0);
        var secret = nul < 0 ? "{}"u8.ToArray() : input[..nul];
        var global = nul < 0 ? input : input[(nul + 1)..];
        using var endpoints = new Endpoints();
        endpoints.Document.Read(secret.Span, isFlatMap: false, new CredentialSource("s"u8.ToArray(), 0));
        var helpers = ReadGlobal(global, endpoints).Helpers;
        using var content = new SecretBuffer();
        AuthFileContent.Write(endpoints.All, helpers, content);
        CompareLookups(content.WrittenMemory, endpoints.All);
        CompareChoice(secret, global, endpoints, content.WrittenMemory);
    }

    private static NodeLogins ReadGlobal(ReadOnlyMemory<byte> content, Endpoints endpoints)
    {
        var path = Path.Combine(Path.GetTempPath(), $"fuzz-{Environment.ProcessId}-{Environment.CurrentManagedThreadId}.json");
        File.WriteAllBytes(path, content.Span);
        try
        {
            return NodeLogins.Read([new NodeAuthFile(path)], [], endpoints.All, endpoints.Warnings);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static void CompareLookups(ReadOnlyMemory<byte> file, EndpointCredential[] endpoints)
    {
        using var model = JsonModel.Parse(file, maxDepth: 8);
        Law.Holds(model is not null, "the file is JSON");
        var auths = model!.Root.GetProperty("auths");
        // Helpers are passed on as they stand in the global file, by which they mean to CRI-O what they mean there.
        Law.Holds(!JsonModel.IsOddElement(auths), "each name is there once, all of it is Unicode");
        Law.Holds(
            auths.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal)
                .SequenceEqual(endpoints.Where(e => e.IsFound).Select(Name).Distinct().Order(StringComparer.Ordinal)),
            "there is a key for each endpoint that has a credential, and no other");
        foreach (var endpoint in endpoints)
        {
            if (CrioLookup(model.Root, Name(endpoint)) is not { } found)
            {
                continue;
            }

            var isHelped = found.StartsWith("helper ", StringComparison.Ordinal);
            Law.Holds(!isHelped || !endpoint.IsFromSecret, "no helper hides the credential of a Secret");
            Law.Holds(isHelped || found == Chosen(endpoint), "CRI-O finds what was chosen");
        }
    }

    private static void CompareChoice(
        ReadOnlyMemory<byte> secret, ReadOnlyMemory<byte> global, Endpoints endpoints, ReadOnlyMemory<byte> file)
    {
        using var secretModel = JsonModel.Parse(secret, maxDepth: 1000);
        using var globalModel = JsonModel.Parse(global, maxDepth: 1000);
        if (secretModel is null or { IsOdd: true } || globalModel is null or { IsOdd: true })
        {
            return;
        }

        AuthModel fromSecret = new(), fromGlobal = new();
        fromSecret.TryAdd(secretModel.Root, isFlatMap: false);
        var isDocument = fromGlobal.TryAdd(globalModel.Root, isFlatMap: false, secret: "");
        if (fromSecret.IsUnsure || fromGlobal.IsUnsure)
        {
            return;
        }

        var secretHosts = endpoints.All.Where(e => e.IsFromSecret).Select(Host).ToHashSet();
        var expected = Endpoints.Repositories.Select(r => fromSecret.Best(r) is not "-" and var best ? best
            : isDocument && !secretHosts.Contains(r.Split('/')[0]) && Helper(globalModel.Root, r.Split('/')[0]) is not null ? "-"
            : fromGlobal.BestOfNode(r));
        Law.Same(string.Join('\n', expected), endpoints.Found, "the global file answers for what no Secret serves");
        using var written = JsonDocument.Parse(file);
        foreach (var endpoint in endpoints.All.Where(_ => isDocument))
        {
            var host = Host(endpoint);
            var kept = endpoints.All.Any(e => e.IsFromSecret && Host(e) == host) ? null : Helper(globalModel.Root, host);
            Law.Same(kept, Helper(written.RootElement, host), "helpers are kept where no Secret serves their host");
        }
    }

    /// <summary>container-libs, image/pkg/docker/config: a helper of the host, then the repository and its parents.</summary>
    /// <returns>Null if the host's helper has a name that is no Unicode.</returns>
    private static string? CrioLookup(JsonElement file, string repository)
    {
        var host = repository.Split('/')[0];
        if (file.TryGetProperty("credHelpers", out var helpers) && helpers.TryGetProperty(host, out var helper))
        {
            return JsonModel.TextOf(helper) is { } name ? $"helper {name}" : null;
        }

        var auths = file.GetProperty("auths");
        for (var key = repository; ; key = key[..key.LastIndexOf('/')])
        {
            if (auths.TryGetProperty(key, out var entry))
            {
                var auth = entry.GetProperty("auth").GetString()!;
                var pair = Convert.FromBase64String(auth);
                Law.Same(Convert.ToBase64String(pair), auth, "auth is padded standard base64");
                var token = entry.TryGetProperty("identitytoken", out var value) ? value.GetString()! : "";
                return $"{Encoding.Latin1.GetString(pair)}|{token}";
            }

            if (!key.Contains('/', StringComparison.Ordinal))
            {
                return "-";
            }
        }
    }

    private static string? Helper(JsonElement file, string host) =>
        file.TryGetProperty("credHelpers", out var helpers) && helpers.ValueKind is JsonValueKind.Object
            && helpers.TryGetProperty(host, out var helper) && helper.ValueKind is JsonValueKind.String
                ? helper.GetString()
                : null;

    private static string Chosen(EndpointCredential endpoint) => endpoint.IsFound
        ? $"{Encoding.Latin1.GetString(endpoint.UserPassword)}|{Encoding.UTF8.GetString(endpoint.IdentityToken)}"
        : "-";

    private static string Host(EndpointCredential endpoint) => Encoding.UTF8.GetString(endpoint.Repository.Authority);

    private static string Name(EndpointCredential endpoint) => Encoding.UTF8.GetString(endpoint.Repository.Name.Span);
}
