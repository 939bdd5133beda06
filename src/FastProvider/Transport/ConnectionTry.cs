using System.Diagnostics.CodeAnalysis;

namespace FastProvider.Transport;

/// <summary>What one try to connect came to: a stream, or why there is none.</summary>
internal readonly struct ConnectionTry
{
    private ConnectionTry(ByteStream? stream, ConnectionFault? fault)
    {
        Stream = stream;
        Fault = fault;
    }

    [MemberNotNullWhen(true, nameof(Stream))]
    [MemberNotNullWhen(false, nameof(Fault))]
    public bool IsOk => Fault is null;

    /// <summary>Who gets it disposes of it.</summary>
    public ByteStream? Stream { get; }

    public ConnectionFault? Fault { get; }

    public static implicit operator ConnectionTry(ByteStream stream) => new(stream, null);

    public static implicit operator ConnectionTry(ConnectionFault fault) => new(null, fault);
}
