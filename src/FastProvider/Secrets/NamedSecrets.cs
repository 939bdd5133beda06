using System;
using System.Text;
using FastProvider.Base;
using FastProvider.Node;
using FastProvider.Token;
using FastProvider.Transport;

namespace FastProvider.Secrets;

/// <summary>
/// Reads Secrets of the pod's namespace by name and offers them to the endpoints. Who named them put them in order: among equal
/// matches the first wins. One that is missing is a warning, as the others may do.
/// </summary>
internal sealed class NamedSecrets : IDisposable
{
    private readonly ApiServerTarget _server;
    private readonly TokenClaims _claims;
    private readonly SecretNotices _warnings;
    private readonly AuthDocument _documents;
    private readonly SecretReader _reader;
    private readonly string _namespace;

    public NamedSecrets(ApiServerTarget server, in TokenClaims claims, EndpointCredential[] endpoints, SecretNotices warnings)
    {
        _server = server;
        _claims = claims;
        _warnings = warnings;
        _documents = new AuthDocument(endpoints, warnings);
        _reader = new SecretReader(_documents, warnings);
        _namespace = Encoding.ASCII.GetString(claims.Namespace.Span);
    }

    /// <summary>How many Secrets were read.</summary>
    public int Count { get; private set; }

    /// <summary>What was asked for them on a link of their own.</summary>
    public ApiUse Use { get; private set; }

    /// <summary>Reads the Secrets that an annotation of the pod's ServiceAccount names, as the workload.</summary>
    public Failure? FetchAsWorkload(ProxyServer? proxy, ReadOnlyMemory<byte> token, SecretNames names, Deadline deadline)
    {
        if (ApiServerLink.Open(_server, proxy, client: null, out var link) is { } unusable)
        {
            return unusable;
        }

        using (link)
        {
            using var exchange = new ApiExchange();
            exchange.Start(link!, deadline);
            var end = Fetch(exchange, link!, token, names);
            Use = exchange.Use;
            return end.Status switch
            {
                401 => ApiServerFailure.TokenRefused(_server, _claims),
                403 => ForbiddenToWorkload(names, end),
                _ => ApiServerFailure.Of(_server, end),
            };
        }
    }

    /// <summary>Reads Secrets on a link that is open already.</summary>
    /// <param name="exchange">On the link.</param>
    /// <param name="link">The way to the server.</param>
    /// <param name="token">Of who asks; empty for the node.</param>
    /// <param name="names">Which.</param>
    public ApiEnd Fetch(ApiExchange exchange, ApiServerLink link, ReadOnlyMemory<byte> token, SecretNames names)
    {
        var paths = new string[names.All.Count];
        for (var i = 0; i < paths.Length; i++)
        {
            paths[i] = $"/api/v1/namespaces/{_namespace}/secrets/{names.All[i]}";
        }

        using var questions = new ObjectQuestions(
            link, paths, token, (index, isThere, json) => Take(names.All[index], index, isThere, json));
        return exchange.Run(questions);
    }

    public void Dispose()
    {
        _reader.Dispose();
        _documents.Dispose();
    }

    private Failure? Take(string name, int place, bool isThere, ReadOnlySpan<byte> json)
    {
        if (!isThere)
        {
            _warnings.Add($"Secret {name} does not exist in namespace {_namespace}", EventReason.SecretMissing);
            return null;
        }

        if (!_reader.Read(json, _claims.Namespace.Span, new CredentialSource(Encoding.ASCII.GetBytes(name), -place)))
        {
            return ApiServerFailure.NotTheApiServer(_server, $"something other than Secret {_namespace}/{name}");
        }

        Count++;
        return null;
    }

    private Failure ForbiddenToWorkload(SecretNames names, in ApiEnd end)
    {
        var account = Encoding.UTF8.GetString(_claims.ServiceAccount.Span);
        return ApiServerFailure.Forbidden(
            $"ServiceAccount {_namespace}/{account} may not get Secret {names.All[end.Index]} in namespace {_namespace}", end,
            $"; allow it with a Role and a RoleBinding: kubectl -n {_namespace} create role registry-secrets-{account} --verb=get --resource=secrets"
            + $" --resource-name={string.Join(" --resource-name=", names.All)}"
            + $" && kubectl -n {_namespace} create rolebinding registry-secrets-{account} --role=registry-secrets-{account}"
            + $" --serviceaccount={_namespace}:{account}");
    }
}
