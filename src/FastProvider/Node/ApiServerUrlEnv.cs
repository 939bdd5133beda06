using System;
using System.Text;
using FastProvider.Base;

namespace FastProvider.Node;

/// <summary>
/// OpenShift's <c>/etc/kubernetes/apiserver-url.env</c>, a shell file that names the internal load balancer of the API server
/// (written by the machine-config-operator). It holds an address only, no CA.
/// </summary>
internal static class ApiServerUrlEnv
{
    /// <summary>Where OpenShift's nodes have it.</summary>
    public const string Path = "/etc/kubernetes/apiserver-url.env";

    private const int LimitBytes = 64 * 1024;

    /// <summary>Reads the address.</summary>
    /// <returns>Null without an address if the file is not there; a failure if it is there and gives none.</returns>
    public static Failure? Read(NodeFiles files, out ServerUrl? url)
    {
        url = null;
        if (!files.Exists(Path))
        {
            return null;
        }

        if (files.Read(Path, LimitBytes, out var content) is { } reason)
        {
            return new Failure(FailureCause.NodeConfig, $"{Path} {reason}; set --api-server");
        }

        string host = "", port = "";
        foreach (var range in content.AsSpan().Split((byte)'\n'))
        {
            var line = content.AsSpan(range).Trim(" \t\r"u8);
            if (line.StartsWith("export "u8))
            {
                line = line["export "u8.Length..].TrimStart((byte)' ');
            }

            if (Value(line, "KUBERNETES_SERVICE_HOST="u8) is { } hostValue)
            {
                host = hostValue;
            }
            else if (Value(line, "KUBERNETES_SERVICE_PORT="u8) is { } portValue)
            {
                port = portValue;
            }
        }

        if (ServerUrl.FromHostPort(host, port, out var parsed) is not null)
        {
            return new Failure(
                FailureCause.NodeConfig,
                $"{Path} gives no valid KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT; mend it or set --api-server");
        }

        url = parsed;
        return null;
    }

    private static string? Value(ReadOnlySpan<byte> line, ReadOnlySpan<byte> assignment)
    {
        if (!line.StartsWith(assignment))
        {
            return null;
        }

        var value = line[assignment.Length..];
        if (value.Length >= 2 && value[0] == value[^1] && value[0] is (byte)'"' or (byte)'\'')
        {
            value = value[1..^1];
        }

        return Encoding.UTF8.GetString(value);
    }
}
