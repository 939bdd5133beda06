using System;
using System.Buffers;
using System.Buffers.Text;
using System.Text;
using FastProvider.Base;
using FastProvider.Documents;

namespace FastProvider.Node;

/// <summary>
/// What the current context of a kubeconfig says about the API server and this node's client certificate. Tokens and exec
/// plugins are not used: the workload's own token is, and the node's identity is a certificate. The file is read as client-go's
/// clientcmd reads it: the first document, of a repeated key the last value, data before files.
/// </summary>
internal sealed class Kubeconfig
{
    private const int LimitBytes = 1024 * 1024;
    private const string WayOut = "mend it or set --api-server and --certificate-authority";

    private Kubeconfig(string path) => Path = path;

    /// <summary>The kubeconfig's own path on the node.</summary>
    public string Path { get; }

    /// <summary>URL of the API server as it stands in the file; null if it has none.</summary>
    public string? Server { get; private set; }

    /// <summary>The cluster's CA certificates; null if there are none.</summary>
    public PemSource? CertificateAuthority { get; private set; }

    /// <summary>The name that the server's certificate must carry instead of the URL's host.</summary>
    public string? TlsServerName { get; private set; }

    /// <summary>The proxy for this cluster. May hold a password: not for messages.</summary>
    public string? ProxyUrl { get; private set; }

    /// <summary>The node's client certificate; null if the user has none.</summary>
    public PemSource? ClientCertificate { get; private set; }

    /// <summary>The key to <see cref="ClientCertificate"/>, often in the same file.</summary>
    public PemSource? ClientKey { get; private set; }

    /// <summary>
    /// The field by which the user logs in instead of by a certificate, which is not used here; null if there is none.
    /// </summary>
    public string? OtherLogin { get; private set; }

    /// <summary>Reads the file at <paramref name="path"/>.</summary>
    public static Result<Kubeconfig> Read(NodeFiles files, string path) =>
        files.Read(path, LimitBytes, out var content) is { } reason
            ? new Failure(FailureCause.NodeConfig,
                $"kubeconfig {path} {reason}; set --kubeconfig, or --api-server and --certificate-authority")
            : Parse(content, path);

    /// <summary>Reads <paramref name="content"/>, the UTF-8 text of the kubeconfig at <paramref name="path"/>.</summary>
    public static Result<Kubeconfig> Parse(ReadOnlyMemory<byte> content, string path)
    {
        var document = DocumentReader.ReadOne(content, path);
        if (!document.IsOk)
        {
            return new Failure(FailureCause.NodeConfig, $"kubeconfig {document.Failure.Message}; {WayOut}");
        }

        var root = document.Value;
        var kubeconfig = new Kubeconfig(path);
        var context = kubeconfig.CurrentContext(root);
        return !context.IsOk ? context.Failure
            : (kubeconfig.Cluster(root, context.Value) ?? kubeconfig.User(root, context.Value)) is { } failure ? failure
            : kubeconfig;
    }

    private Result<DocumentNode> CurrentContext(DocumentNode root)
    {
        var contexts = root.Find("contexts"u8);
        if (Text(root, "current-context"u8, out var current) is { } failure)
        {
            return failure;
        }

        DocumentNode? entry;
        if (!current.IsEmpty)
        {
            if (Named(contexts, current, out entry) is { } twice)
            {
                return twice;
            }
        }
        else
        {
            entry = contexts is { Kind: DocumentNodeKind.Sequence, Children.Count: 1 } ? contexts.Children[0] : null;
        }

        if (entry?.Find("context"u8) is not { } found)
        {
            return Refuse(root, current.IsEmpty
                ? "no current-context, and not exactly one context"
                : "current-context names no context of the file");
        }

        return MustBeMapping(found) is { } unread ? unread : found;
    }

    private Failure? Cluster(DocumentNode root, DocumentNode context)
    {
        if (Entry(context, "cluster"u8, root.Find("clusters"u8), out var entry) is { } failure)
        {
            return failure;
        }

        if (entry?.Find("cluster"u8) is not { } cluster)
        {
            return Refuse(context, "the current context names no cluster of the file");
        }

        if (MustBeMapping(cluster) is { } unread)
        {
            return unread;
        }

        // Whatever is not clearly false is taken for true: the token is only sent to a server that was verified.
        if (cluster.Find("insecure-skip-tls-verify"u8) is { AsTruth: not false } insecure
            && (insecure.Kind is not DocumentNodeKind.Scalar
                || !(insecure.Text.IsEmpty || Ascii.EqualsIgnoreCase(insecure.Text.Span, "false"u8))))
        {
            return Refuse(cluster, "insecure-skip-tls-verify is refused, the token would go to an unverified server");
        }

        var badServer = String(cluster, "server"u8, out var server);
        var badName = String(cluster, "tls-server-name"u8, out var tlsServerName);
        var badProxy = String(cluster, "proxy-url"u8, out var proxyUrl);
        var badAuthority = Pem(cluster, "certificate-authority"u8, "certificate-authority-data"u8, out var authority);
        (Server, TlsServerName, ProxyUrl, CertificateAuthority) = (server, tlsServerName, proxyUrl, authority);
        return badServer ?? badName ?? badProxy ?? badAuthority;
    }

    private Failure? User(DocumentNode root, DocumentNode context)
    {
        if (Entry(context, "user"u8, root.Find("users"u8), out var entry) is { } failure)
        {
            return failure;
        }

        if (entry?.Find("user"u8) is not { } user)
        {
            return null;
        }

        if (MustBeMapping(user) is { } unread)
        {
            return unread;
        }

        var badCertificate = Pem(user, "client-certificate"u8, "client-certificate-data"u8, out var certificate);
        var badKey = Pem(user, "client-key"u8, "client-key-data"u8, out var key);
        (ClientCertificate, ClientKey) = (certificate, key);
        foreach (var login in certificate is null
            ? (ReadOnlySpan<string>)["exec", "tokenFile", "token", "auth-provider", "username"]
            : [])
        {
            OtherLogin ??= user.Find(Encoding.ASCII.GetBytes(login)) is null ? null : login;
        }

        return badCertificate ?? badKey;
    }

    // The entry of a list that the context names by key.
    private Failure? Entry(DocumentNode context, ReadOnlySpan<byte> key, DocumentNode? list, out DocumentNode? entry)
    {
        entry = null;
        return Text(context, key, out var name) ?? Named(list, name, out entry);
    }

    private Failure? Named(DocumentNode? list, ReadOnlyMemory<byte> name, out DocumentNode? found)
    {
        found = null;
        if (list is null || name.IsEmpty)
        {
            return null;
        }

        if (list.Kind != DocumentNodeKind.Sequence)
        {
            return Refuse(list, "a list is expected");
        }

        foreach (var entry in list.Children)
        {
            if (entry.Kind is DocumentNodeKind.Null)
            {
                // A dash alone: an entry without a name.
                continue;
            }

            if (MustBeMapping(entry) is { } unread)
            {
                return unread;
            }

            if (entry.Find("name"u8) is { } candidate && candidate.Text.Span.SequenceEqual(name.Span))
            {
                if (found is not null)
                {
                    return Refuse(candidate, "the name is there twice");
                }

                found = entry;
            }
        }

        return null;
    }

    private Failure? MustBeMapping(DocumentNode node) =>
        node.Kind == DocumentNodeKind.Mapping ? null : Refuse(node, "a mapping is expected");

    private Failure? Pem(DocumentNode parent, ReadOnlySpan<byte> fileKey, ReadOnlySpan<byte> dataKey, out PemSource? source)
    {
        source = null;
        string? file = null;
        var origin = $"of kubeconfig {Path}";
        if ((Text(parent, dataKey, out var encoded) ?? String(parent, fileKey, out file)) is { } failure)
        {
            return failure;
        }

        if (!encoded.IsEmpty)
        {
            var decoded = new byte[Base64.GetMaxDecodedFromUtf8Length(encoded.Length)];
            if (Base64.DecodeFromUtf8(encoded.Span, decoded, out _, out var length) != OperationStatus.Done)
            {
                return Refuse(parent, $"{Encoding.ASCII.GetString(dataKey)} is no base64");
            }

            source = PemSource.FromBytes(decoded.AsMemory(0, length), $"{Encoding.ASCII.GetString(dataKey)} {origin}");
        }
        else if (file is not null)
        {
            var directory = System.IO.Path.GetDirectoryName(Path);
            source = PemSource.FromFile(
                System.IO.Path.Combine(directory ?? "/", file), $"{Encoding.ASCII.GetString(fileKey)} {origin}");
        }

        return null;
    }

    private Failure? String(DocumentNode parent, ReadOnlySpan<byte> key, out string? value)
    {
        value = null;
        if (Text(parent, key, out var text) is { } failure)
        {
            return failure;
        }

        value = text.IsEmpty ? null : Encoding.UTF8.GetString(text.Span);
        foreach (var character in value ?? "")
        {
            // An escape can bring what stands in no file as it is; it would end a path for the C library, or a log's line.
            if (char.IsControl(character) || character is '\u2028' or '\u2029')
            {
                return Refuse(parent, $"{Encoding.ASCII.GetString(key)} has a control character");
            }
        }

        return null;
    }

    // Empty for an absent key, an empty text and null alike, as in client-go.
    private Failure? Text(DocumentNode parent, ReadOnlySpan<byte> key, out ReadOnlyMemory<byte> text)
    {
        text = default;
        switch (parent.Find(key))
        {
            case null:
                return null;
            case { Kind: DocumentNodeKind.Scalar } scalar:
                text = scalar.Text;
                return null;
            case var other:
                return Refuse(other, $"{Encoding.ASCII.GetString(key)} is not a text");
        }
    }

    private Failure Refuse(DocumentNode node, string what) => new(
        FailureCause.NodeConfig,
        $"kubeconfig {Path}{(node.Line > 0 ? $" line {node.Line}" : "")}: {what}; {WayOut}");
}
