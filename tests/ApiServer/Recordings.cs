namespace FastProvider.Tests.ApiServer;

/// <summary>The recorded answers of a real kube-apiserver 1.36.2, by name without <c>.http</c>.</summary>
public static class Recordings
{
    /// <summary>Status line, headers and body with its framing, byte for byte.</summary>
    public static byte[] Bytes(string name)
    {
        using var resource = typeof(Recordings).Assembly.GetManifestResourceStream(name)
            ?? throw new ArgumentException(
                $"There is no recording named {name} under tests/data/recordings/apiserver.", nameof(name));
        var bytes = new byte[resource.Length];
        resource.ReadExactly(bytes);
        return bytes;
    }
}
