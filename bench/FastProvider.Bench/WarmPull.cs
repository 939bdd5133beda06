using FastProvider.AuthFile;
using FastProvider.Base;
using FastProvider.Bench.Scene;
using FastProvider.Mirrors;
using FastProvider.Native;
using FastProvider.Node;
using FastProvider.Request;
using FastProvider.Response;
using FastProvider.Secrets;
using FastProvider.Token;
using FastProvider.Transport;

namespace FastProvider.Bench;

/// <summary>
/// A whole mirrored pull in this process, over the entry points that Pull.cs calls, in its order. Left out is what belongs to a process
/// of its own: standard input, the journal.
/// </summary>
internal sealed class WarmPull : IDisposable
{
    /// <summary>The parts whose allocations are told apart.</summary>
    public static readonly string[] Phases = ["request", "token", "mirrors", "node", "secrets", "auth-file", "response"];

    private readonly NodeScene _node = new();
    private readonly PullResources _resources = new();
    private readonly byte[] _request;
    private readonly RegistriesFiles _registries;
    private readonly RedirectedOutput _output = new("/dev/null");
    private readonly long[] _allocated = new long[Phases.Length];
    private long _allocatedBefore;
    private int _phase;

    public WarmPull(int secrets)
    {
        var command = _node.Mirrored("", secrets);
        _request = File.ReadAllBytes(command.StandardInput);
        _registries = new RegistriesFiles { MainPath = _node.In("mirror.conf"), DropInDirectory = _node.In("conf.d") };
        Secrets = secrets;
    }

    public int Secrets { get; }

    public NodeScene Node => _node;

    public byte[] Request => _request;

    /// <summary>Of the last run: the bytes that each of <see cref="Phases"/> allocated on the managed heap.</summary>
    public ReadOnlySpan<long> AllocatedBytes => _allocated;

    /// <summary>The file that the last run wrote.</summary>
    public string WrittenPath { get; private set; } = "";

    /// <returns>The number of endpoints that got a credential of a Secret.</returns>
    public int Run()
    {
        _node.TakeAuthFile();
        _phase = 0;
        _allocatedBefore = GC.GetAllocatedBytesForCurrentThread();
        using var requestValues = new SecretBuffer();
        Require(CredentialProviderRequest.Read(_request, requestValues, out var request));
        EndPhase();
        using var claimValues = new SecretBuffer();
        Require(TokenClaims.Read(request.Token.Span, claimValues, out var claims));
        EndPhase();
        Require(PullSources.Find(_registries, request.Image.Span, out var sources));
        EndPhase();
        var discovery = new ApiServerDiscovery { KubeconfigFlag = _node.Server.Kubeconfig };
        Require(discovery.Find(out var server));
        EndPhase();
        var warnings = new SecretNotices();
        using var endpoints = _resources.Endpoints(sources.Endpoints, warnings);
        var route = new ApiServerRoute(server!, proxy: null);
        var search = new SecretSearch(route, new Asker(claims, request.Token), endpoints.All, warnings);
        Require(_resources.FetchNamespace(search, Deadline.After(TimeSpan.FromSeconds(20))).Failure);
        EndPhase();
        var opened = AuthFileSlot.Open(_node.AuthDir, claims.Namespace.Span, request.Image.Span);
        Require(opened.Failure);
        using (var slot = opened.Value!)
        {
            var global = NodeLogins.Read([new NodeAuthFile(_node.In("config.json"))], [], endpoints.All, warnings);
            using var turn = slot.Await(new SlotWait(lockDirectory: "", bound: TimeSpan.Zero), toEmpty: false);
            Require(turn.Fill(endpoints.All, global.Helpers));
            WrittenPath = slot.Path;
        }

        EndPhase();
        Require(CredentialProviderResponse.Write(request.Image.Span, endpoints.HasSecret));
        EndPhase();
        return endpoints.All.Count(e => e.IsFromSecret);
    }

    public void Dispose()
    {
        _output.Dispose();
        _resources.Dispose();
        _node.Dispose();
    }

    private void EndPhase()
    {
        var now = GC.GetAllocatedBytesForCurrentThread();
        _allocated[_phase++] = now - _allocatedBefore;
        _allocatedBefore = now;
    }

    private static void Require(Failure? failure)
    {
        if (failure is not null)
        {
            throw new SceneException(failure.Message);
        }
    }
}
