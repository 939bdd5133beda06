using FastProvider.Base;
using FastProvider.Native;

namespace FastProvider.Node;

/// <summary>
/// Finds the API server: each part from its flag, else from the kubelet's kubeconfig (the flag, the parent kubelet's, the
/// places of the distributions), else the address from OpenShift's <see cref="ApiServerUrlEnv"/>. A flag overrides its part
/// alone, except that a tls-server-name goes with the URL it stood beside, as kubectl's <c>--server</c> has it.
/// </summary>
internal sealed class ApiServerDiscovery
{
    /// <summary>The flag <c>--api-server</c>: an https URL.</summary>
    public string? ApiServerFlag { get; init; }

    /// <summary>The flag <c>--certificate-authority</c>: a PEM file.</summary>
    public string? CertificateAuthorityFlag { get; init; }

    /// <summary>
    /// The flag <c>--kubeconfig</c>: a file. When both other flags are there, a kubeconfig is read only if this is.
    /// </summary>
    public string? KubeconfigFlag { get; init; }

    public KubeletHint Kubelet { get; init; }

    /// <summary>The directory that stands for the node's <c>/</c>.</summary>
    public string Root { get; init; } = "/";

    /// <summary>
    /// The file whose absence made <see cref="Find"/> fail: the kubeconfig, or the CA that it names; null for any other reason.
    /// </summary>
    public string? MissingFile { get; private set; }

    /// <summary>Takes what was looked at, for a host that keeps what came of it; null for nobody.</summary>
    public FileStamps? Stamps { get; init; }

    /// <summary>Finds address and CA and reads the CA. A bad URL in the flag is wrong usage, all else lies on the node.</summary>
    public Result<ApiServerTarget> Find()
    {
        var files = new NodeFiles(Root, Stamps);
        Kubeconfig? kubeconfig = null;
        var origin = "";
        if ((ApiServerFlag is null || CertificateAuthorityFlag is null || KubeconfigFlag is not null)
            && KubeconfigPath(files, out origin) is { } path)
        {
            var read = Kubeconfig.Read(files, path);
            if (read.Failure is { } unread)
            {
                MissingFile = MissingOf(files, path);
                return new Failure(unread.Cause, $"{unread.Message} ({origin})", unread.ExitCode)
                {
                    ForTenant = unread.ForTenant,
                };
            }

            kubeconfig = read.Value;
            origin = $"kubeconfig {path} ({origin})";
        }

        if (Address(files, kubeconfig, origin, out var url, out var urlOrigin) is { } noAddress)
        {
            MissingFile = kubeconfig is null && ApiServerFlag is null && !files.Exists(ApiServerUrlEnv.Path)
                ? KubeconfigPlaces.Kubeadm
                : null;
            return noAddress;
        }

        var authority = CertificateAuthorityFlag is not null
            ? PemSource.FromFile(CertificateAuthorityFlag, "--certificate-authority")
            : kubeconfig?.CertificateAuthority;
        if (authority is null)
        {
            // The system's trust store is no substitute: any public CA could then vouch for the receiver of the token.
            MissingFile = kubeconfig is null ? KubeconfigPlaces.Kubeadm : null;
            return kubeconfig is null
                ? NotFound("CA")
                : new Failure(FailureCause.NodeConfig, $"{origin} names no certificate-authority; set --certificate-authority");
        }

        if (authority.ReadCertificates(files, out var pem) is { } badAuthority)
        {
            MissingFile = authority.File is { } file ? MissingOf(files, file) : null;
            return badAuthority;
        }

        var tlsServerName = ApiServerFlag is null ? kubeconfig?.TlsServerName?.TrimEnd('.') : null;
        if (tlsServerName is not null && !ServerUrl.IsName(tlsServerName))
        {
            return new Failure(FailureCause.NodeConfig, $"{origin}: tls-server-name is no DNS name; mend it or set --api-server");
        }

        return new ApiServerTarget
        {
            Url = url,
            // A dot at the end stops the resolver's search and is in no certificate (RFC 6066 section 3).
            TlsServerName = tlsServerName ?? url.Host.TrimEnd('.'),
            HasTlsServerName = tlsServerName is not null,
            CertificateAuthorityPem = pem,
            ProxyUrl = kubeconfig?.ProxyUrl,
            ClientCertificate = kubeconfig?.ClientCertificate,
            ClientKey = kubeconfig?.ClientKey,
            OtherLogin = kubeconfig?.OtherLogin is { } login ? $"{kubeconfig.Path} logs in by {login}" : null,
            UrlOrigin = urlOrigin,
            CertificateAuthorityOrigin = authority.Origin,
        };
    }

    private static string? MissingOf(NodeFiles files, string path) => files.IsMissing(path) ? path : null;

    private string? KubeconfigPath(NodeFiles files, out string origin)
    {
        origin = "--kubeconfig";
        if (KubeconfigFlag is not null)
        {
            return KubeconfigFlag;
        }

        var isNamed = false;
        var process = Kubelet.Service is null ? Kubelet.ParentId : Kubelet.Service.ProcessId;
        var path = process is { } id ? ParentKubelet.Kubeconfig(files, id, out isNamed) : null;
        if (path is not null && (isNamed || files.Exists(path)))
        {
            origin = Kubelet.Service is null ? "named by the parent kubelet" : "named by the kubelet";
            return path;
        }

        if (Kubelet.Service is { ProcessId: null } unit && unit.Flag("--kubeconfig") is { } ofUnit)
        {
            origin = $"named by {unit.Origin}";
            return ofUnit;
        }

        origin = "found in its usual place";
        return KubeconfigPlaces.FirstPresent(files);
    }

    private Failure? Address(NodeFiles files, Kubeconfig? kubeconfig, string origin, out ServerUrl url, out string urlOrigin)
    {
        if (ApiServerFlag is not null)
        {
            urlOrigin = "--api-server";
            return ServerUrl.Parse(ApiServerFlag, out url) is { } wrong
                ? new Failure(FailureCause.NodeConfig, $"--api-server {wrong}", Failure.WrongUsage)
                : null;
        }

        if (kubeconfig?.Server is not null)
        {
            urlOrigin = origin;
            return ServerUrl.Parse(kubeconfig.Server, out url) is { } wrong
                ? new Failure(FailureCause.NodeConfig, $"server of {origin} {wrong}; mend it or set --api-server")
                : null;
        }

        urlOrigin = ApiServerUrlEnv.Path;
        var failure = ApiServerUrlEnv.Read(files, out var found);
        url = found.GetValueOrDefault();
        return failure ?? (found is null ? NotFound("address") : null);
    }

    private static Failure NotFound(string part) => new(
        FailureCause.NodeConfig,
        $"the API server's {part} was not found: the parent process names no kubeconfig, there is none at "
        + $"{string.Join(", ", KubeconfigPlaces.All!)} and no {ApiServerUrlEnv.Path} that helps; "
        + "set --kubeconfig, or --api-server and --certificate-authority");
}
