using System.Net;
using System.Threading;
using FastProvider.Base;
using FastProvider.Native;

namespace FastProvider.Transport;

/// <summary>
/// Asks the node's resolver. That call takes no deadline, so it runs on a thread of its own. When the time is over, the thread
/// goes on alone and frees what it finds, and the lookup has failed.
/// </summary>
internal sealed unsafe class HostLookup
{
    private const int Running = 0, Done = 1, Abandoned = 2;

    /// <summary>Name service modules of the distribution run on it, too; what they do not touch costs nothing.</summary>
    private const int StackBytes = 512 * 1024;

    private readonly string _host;
    private readonly int _port;
    private Libc.AddressInfo* _addresses;
    private string? _fault;
    private int _state;

    private HostLookup(string host, int port)
    {
        _host = host;
        _port = port;
    }

    /// <param name="host">A name or an address literal, without brackets.</param>
    /// <param name="port">The TCP port.</param>
    /// <param name="deadline">When to give up.</param>
    /// <param name="addresses">Give them back with <see cref="Libc.freeaddrinfo"/>.</param>
    public static ConnectionFault? Find(string host, int port, Deadline deadline, out Libc.AddressInfo* addresses)
    {
        // A literal is taken apart in place.
        if (IPAddress.TryParse(host, out _))
        {
            return Explain(host, Libc.Resolve(host, port, isLiteral: true, out addresses));
        }

        var lookup = new HostLookup(host, port);
        var thread = new Thread(lookup.Run, StackBytes) { IsBackground = true };
        thread.Start();
        if (!thread.Join(deadline.Remaining)
            && Interlocked.CompareExchange(ref lookup._state, Abandoned, Running) == Running)
        {
            addresses = null;
            return new ConnectionFault(
                FaultKind.Late, $"cannot resolve {host}: the resolver of this node did not answer in time");
        }

        addresses = lookup._addresses;
        return Explain(host, lookup._fault);
    }

    private static ConnectionFault? Explain(string host, string? fault) => fault is null ? null
        : Libc.DescriptorShortage() is var shortage and not 0
            ? new ConnectionFault(FaultKind.Local, $"cannot resolve {host}: {shortage.Words()}")
            : new ConnectionFault(FaultKind.Unreachable, $"cannot resolve {host}: {fault}");

    private void Run()
    {
        _fault = Libc.Resolve(_host, _port, isLiteral: false, out _addresses);
        if (_fault is not null && _host.EndsWith('.'))
        {
            // /etc/hosts has no dots at the end. Go looks for the name there without it (net/hosts.go, lookupStaticHost),
            // glibc does not.
            _fault = Libc.Resolve(_host[..^1], _port, isLiteral: false, out _addresses);
        }

        if (Interlocked.CompareExchange(ref _state, Done, Running) == Abandoned && _fault is null)
        {
            Libc.freeaddrinfo(_addresses);
        }
    }
}
