using System;
using System.Text;
using FastProvider.Base;
using FastProvider.Transport;

namespace FastProvider.Secrets;

/// <summary>
/// Reads Secrets of the pod's namespace by name and offers them to the endpoints. Who named them put them in order: among equal
/// matches the first wins. One that is missing is a warning, as the others may do.
/// </summary>
internal sealed class NamedSecrets : IRefusalWords, IDisposable
{
    private readonly SecretSearch _search;
    private readonly SecretNames _names;
    private readonly AuthDocument _documents;
    private readonly SecretReader _reader;
    private readonly string _namespace;

    public NamedSecrets(in SecretSearch search, SecretNames names)
    {
        _search = search;
        _names = names;
        _documents = new AuthDocument(search.Endpoints, search.Notices);
        _reader = new SecretReader(_documents, search.Notices);
        _namespace = Encoding.ASCII.GetString(search.Asker.Claims.Namespace.Span);
    }

    /// <summary>How many Secrets were read.</summary>
    public int Count { get; private set; }

    /// <summary>Reads the Secrets that an annotation of the pod's ServiceAccount names, as the workload.</summary>
    public static FetchedSecrets Fetch(ApiServerLinks links, in SecretSearch search, SecretNames names, Deadline deadline)
    {
        var taken = links.Take(search.Server);
        if (!taken.IsOk)
        {
            return taken.Failure;
        }

        using var lease = taken.Value;
        using var exchange = new ApiExchange();
        exchange.Start(lease.Link, deadline);
        using var secrets = new NamedSecrets(search, names);
        var end = secrets.Ask(exchange, lease.Link, search.Asker.Token);
        return new FetchedSecrets
        {
            Failure = ApiServerFailure.Of(search.Server.Target, end, secrets), Count = secrets.Count, Use = exchange.Use,
        };
    }

    /// <summary>Reads the Secrets on a link that is open already.</summary>
    /// <param name="exchange">On the link.</param>
    /// <param name="link">The way to the server.</param>
    /// <param name="token">Of who asks; empty for the node.</param>
    public ApiEnd Ask(ApiExchange exchange, ApiServerLink link, ReadOnlyMemory<byte> token)
    {
        var paths = new byte[_names.All.Count][];
        for (var i = 0; i < paths.Length; i++)
        {
            paths[i] = Encoding.ASCII.GetBytes($"/api/v1/namespaces/{_namespace}/secrets/{_names.All[i]}");
        }

        using var questions = new ObjectQuestions(link, paths, token, Take);
        return exchange.Run(questions);
    }

    public Failure NotKnown() => ApiServerFailure.TokenRefused(_search.Server.Target, _search.Asker.Claims);

    public Denial NotAllowed(int index)
    {
        var account = Encoding.UTF8.GetString(_search.Asker.Claims.ServiceAccount.Span);
        return new Denial(
            $"ServiceAccount {_namespace}/{account} may not get Secret {_names.All[index]} in namespace {_namespace}",
            $"; allow it with a Role and a RoleBinding: kubectl -n {_namespace} create role registry-secrets-{account} --verb=get"
            + $" --resource=secrets --resource-name={string.Join(" --resource-name=", _names.All)}"
            + $" && kubectl -n {_namespace} create rolebinding registry-secrets-{account} --role=registry-secrets-{account}"
            + $" --serviceaccount={_namespace}:{account}");
    }

    public void Dispose()
    {
        _reader.Dispose();
        _documents.Dispose();
    }

    private Failure? Take(int place, bool isThere, ReadOnlySpan<byte> json)
    {
        var name = _names.All[place];
        if (!isThere)
        {
            _search.Notices.Add($"Secret {name} does not exist in namespace {_namespace}", EventReason.SecretMissing);
            return null;
        }

        if (!_reader.Read(json, _search.Asker.Claims.Namespace.Span, new CredentialSource(Encoding.ASCII.GetBytes(name), -place)))
        {
            return ApiServerFailure.NotTheApiServer(_search.Server.Target, $"something other than Secret {_namespace}/{name}");
        }

        Count++;
        return null;
    }
}
