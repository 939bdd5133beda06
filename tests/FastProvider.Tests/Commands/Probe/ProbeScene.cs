using System.Text;
using System.Text.Json;
using FastProvider.Tests.ApiServer;
using FastProvider.Tests.Clock;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Commands.Probe;

/// <summary>
/// A node without a cluster: registries.conf, a manifest with one Secret, certs.d in a home directory. <c>explain --probe</c>
/// runs in it, and what it says must never hold a credential.
/// </summary>
internal sealed class ProbeScene : IDisposable
{
    public const string Image = "registry.invalid/app:v1";
    public const string User = "somebody-of-team-a";
    public const string Password = "hush:hush/hush";

    private readonly List<string> _confidential = [Password, User, RegistryEntry.Encode(User, Password)];

    public NodeSandbox Node { get; } = new();

    /// <summary>The variables of the run; HOME is the node's.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    public ProbeScene() => Environment["HOME"] = Node.Root;

    /// <summary>The source is blocked, so that nobody looks for it.</summary>
    /// <param name="isInsecure">What registries.conf says of the mirrors.</param>
    /// <param name="mirrors">In order.</param>
    public ProbeScene Mirror(bool isInsecure, params string[] mirrors)
    {
        Node.Configure("[[registry]]\nlocation = \"registry.invalid\"\nblocked = true\n" + string.Concat(
            mirrors.Select(m => $"[[registry.mirror]]\nlocation = \"{m}\"\ninsecure = {(isInsecure ? "true" : "false")}\n")));
        return this;
    }

    /// <summary>The namespace has a Secret for the host.</summary>
    public ProbeScene Secret(string host, string user = User, string password = Password) =>
        Secret(host, RegistryEntry.Basic(user, password), password);

    /// <inheritdoc cref="Secret(string, string, string)"/>
    public ProbeScene Secret(string host, RegistryEntry entry, params string[] confidential)
    {
        _confidential.AddRange(confidential);
        var document = ApiServer.Secret.DockerConfigJson("login", (host, entry)).Data[".dockerconfigjson"];
        var manifest = new
        {
            apiVersion = "v1",
            kind = "Secret",
            metadata = new { name = "login", @namespace = "team-a" },
            type = "kubernetes.io/dockerconfigjson",
            data = new Dictionary<string, string> { [".dockerconfigjson"] = Convert.ToBase64String(document) },
        };
        Directory.CreateDirectory(Path.Combine(Node.Root, "manifests"));
        File.WriteAllText(Path.Combine(Node.Root, "manifests", "secret.json"), JsonSerializer.Serialize(manifest));
        return this;
    }

    /// <summary>The node trusts an authority at a registry.</summary>
    public ProbeScene Trust(string host, string authorityPem)
    {
        var directory = Directory.CreateDirectory(Path.Combine(Node.Root, ".config/containers/certs.d", host)).FullName;
        File.WriteAllText(Path.Combine(directory, "ca.crt"), authorityPem);
        return this;
    }

    /// <summary>Sets the clock of the runs.</summary>
    public void Use(NodeClock clock)
    {
        foreach (var (name, value) in clock.Environment)
        {
            Environment[name] = value;
        }
    }

    /// <summary>What must not be said.</summary>
    public void Hide(string confidential) => _confidential.Add(confidential);

    public async Task<PluginRun> RunAsync(params string[] more)
    {
        var manifests = Directory.CreateDirectory(Path.Combine(Node.Root, "manifests")).FullName;
        var run = await Plugin.RunAsync(
        [
            "explain", Image, "--namespace", "team-a", "--secrets-from", manifests, "--probe",
            "--registries-conf", Node.RegistriesConf, "--registries-conf-dir", Node.RegistriesConfDir,
            "--auth-dir", Node.AuthDir, "--global-auth-file", Node.GlobalAuthFile, .. more,
        ], [], Environment);
        Assert.Equal("", run.Stderr);
        run.RevealsNoneOf(_confidential);
        return run;
    }

    /// <summary>The endpoints' probes, in order.</summary>
    public async Task<JsonElement[]> ProbeAsync()
    {
        var run = await RunAsync("--output", "json");
        var said = JsonDocument.Parse(Encoding.UTF8.GetString(run.Stdout)).RootElement;
        var probes = said.GetProperty("endpoints").EnumerateArray().Select(e => e.GetProperty("probe")).ToArray();
        var results = probes.Select(p => p.GetProperty("result").GetString()).ToArray();
        Assert.Equal(
            results.Any(r => r is "accepted" or "open") || results.All(r => r is "blocked" or "not-asked" or "not-probed")
                ? 0
                : 1,
            run.ExitCode);
        return probes;
    }

    /// <summary>The probe of the first endpoint.</summary>
    public async Task<Probed> ProbeFirstAsync()
    {
        var probe = (await ProbeAsync())[0];
        var status = probe.GetProperty("status");
        Assert.True(probe.GetProperty("elapsedMs").GetInt64() >= 0);
        return new Probed(
            probe.GetProperty("result").GetString()!, status.ValueKind is JsonValueKind.Null ? 0 : status.GetInt32(),
            probe.GetProperty("authentication").GetString(), probe.GetProperty("tls").GetString())
        {
            Detail = probe.GetProperty("detail").GetString()!,
        };
    }

    public void Dispose() => Node.Dispose();
}

/// <summary>What was said of an endpoint. The status is 0 for null; the detail does not count for equality.</summary>
internal sealed record Probed(string Result, int Status, string? Authentication, string? Tls)
{
    public string Detail { get; init; } = "";

    public bool Equals(Probed? other) => other is not null
        && (Result, Status, Authentication, Tls) == (other.Result, other.Status, other.Authentication, other.Tls);

    public override int GetHashCode() => HashCode.Combine(Result, Status, Authentication, Tls);
}
