using System;
using System.Collections.Generic;
using System.Text;
using FastProvider.Base;
using FastProvider.Names;
using FastProvider.Transport;

namespace FastProvider.Secrets;

/// <summary>
/// Reads Secrets by name and offers them to the endpoints. Who named them put them in order: among equal matches the first wins,
/// and those of the pod's own namespace go before shared ones. One that is missing is a warning, as the others may do. Who may
/// read a shared one is for RBAC alone: where the API server refuses it, it is not for this pod.
/// </summary>
internal sealed class NamedSecrets : IRefusalWords, IDisposable
{
    private readonly SecretSearch _search;
    private readonly SecretNames _names;
    private readonly AuthDocument _documents;
    private readonly SecretReader _reader;
    private readonly string _namespace;

    /// <summary>What was answered for each, as far as it was: a status.</summary>
    private readonly int[] _statuses;

    public NamedSecrets(in SecretSearch search, SecretNames names)
    {
        _search = search;
        _names = names;
        _documents = new AuthDocument(search.Endpoints, search.Notices);
        _reader = new SecretReader(_documents, search.Notices);
        _namespace = Encoding.ASCII.GetString(search.Asker.Claims.Namespace.Span);
        _statuses = new int[names.All.Count];
    }

    /// <summary>How many Secrets were read.</summary>
    public int Count
    {
        get
        {
            var count = 0;
            foreach (var status in _statuses)
            {
                count += status == 200 ? 1 : 0;
            }

            return count;
        }
    }

    /// <summary>What was answered for shared ones; null if none was asked for.</summary>
    public SharedAnswer[]? Shared
    {
        get
        {
            List<SharedAnswer>? shared = null;
            for (var i = 0; i < _statuses.Length; i++)
            {
                if (_names.All[i].IsShared && _statuses[i] != 0)
                {
                    (shared ??= []).Add(new SharedAnswer(_names.All[i], _statuses[i]));
                }
            }

            return shared?.ToArray();
        }
    }

    /// <summary>Those that were read.</summary>
    public SecretNames NamesRead
    {
        get
        {
            List<SecretReference> read = [];
            for (var i = 0; i < _statuses.Length; i++)
            {
                if (_statuses[i] == 200)
                {
                    read.Add(_names.All[i]);
                }
            }

            return new SecretNames().WithShared(read.ToArray());
        }
    }

    /// <summary>Reads Secrets as the workload, such as those that an annotation of its ServiceAccount names.</summary>
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
            Shared = secrets.Shared,
        };
    }

    /// <summary>Reads the Secrets on a link that is open already.</summary>
    /// <param name="exchange">On the link.</param>
    /// <param name="link">The way to the server.</param>
    /// <param name="token">Of who asks; empty for the node.</param>
    public ApiEnd Ask(ApiExchange exchange, ApiServerLink link, ReadOnlyMemory<byte> token)
    {
        using var questions = Questions(link, token);
        return exchange.Run(questions);
    }

    /// <summary>A GET for each Secret. Their answers come here.</summary>
    /// <inheritdoc cref="Ask"/>
    public ObjectQuestions Questions(ApiServerLink link, ReadOnlyMemory<byte> token)
    {
        var paths = new byte[_names.All.Count][];
        for (var i = 0; i < paths.Length; i++)
        {
            var (of, name) = _names.All[i];
            paths[i] = Encoding.ASCII.GetBytes($"/api/v1/namespaces/{(of.Length > 0 ? of : _namespace)}/secrets/{name}");
        }

        return new ObjectQuestions(link, paths, token, Take) { MayBeRefused = index => _names.All[index].IsShared };
    }

    public Failure NotKnown() => ApiServerFailure.TokenRefused(_search.Server.Target, _search.Asker.Claims);

    public Denial NotAllowed(int index)
    {
        var account = Encoding.UTF8.GetString(_search.Asker.Claims.ServiceAccount.Span);
        var own = new StringBuilder();
        foreach (var name in _names.All)
        {
            own.Append(name.IsShared ? "" : $" --resource-name={name}");
        }

        return new Denial(
            $"ServiceAccount {_namespace}/{account} may not get Secret {_names.All[index]} in namespace {_namespace}",
            $"; allow it with a Role and a RoleBinding: kubectl -n {_namespace} create role registry-secrets-{account} --verb=get"
            + $" --resource=secrets{own}"
            + $" && kubectl -n {_namespace} create rolebinding registry-secrets-{account} --role=registry-secrets-{account}"
            + $" --serviceaccount={_namespace}:{account}");
    }

    public void Dispose()
    {
        _reader.Dispose();
        _documents.Dispose();
    }

    private Failure? Take(int place, int status, ReadOnlySpan<byte> json)
    {
        var secret = _names.All[place];
        _statuses[place] = status;
        if (status != 200)
        {
            NoteMissing(place, status);
            return null;
        }

        var source = new CredentialSource(Encoding.ASCII.GetBytes(secret.ToString()), -place) { IsShared = secret.IsShared };
        var of = secret.IsShared ? Encoding.ASCII.GetBytes(secret.Namespace) : _search.Asker.Claims.Namespace.Span;
        return _reader.Read(json, of, Encoding.ASCII.GetBytes(secret.Name), source)
            ? null
            : ApiServerFailure.NotTheApiServer(
                _search.Server.Target, $"something other than Secret {Encoding.ASCII.GetString(of)}/{secret.Name}");
    }

    /// <summary>Nobody named those for this pod that a platform offers to all: they may be for others.</summary>
    private void NoteMissing(int place, int status)
    {
        var secret = _names.All[place];
        if (!secret.IsShared)
        {
            _search.Notices.Add($"Secret {secret} does not exist in namespace {_namespace}", EventReason.SecretMissing);
        }
        else if (place < _names.NamedCount && status == 404)
        {
            _search.Notices.Add($"Secret {secret} does not exist, which is named for this pod", EventReason.SecretMissing);
        }
        else if (place < _names.NamedCount)
        {
            _search.Notices.Add(
                $"ServiceAccount {_search.Asker.Claims.ServiceAccountText} may not get Secret {secret}, which is named for it"
                    + $" (403 Forbidden); allow it: fast-provider generate rbac --shared-secret {secret} --namespace {_namespace}"
                    + " | kubectl apply -f -",
                EventReason.Forbidden);
        }
    }
}
