using System;
using System.Collections.Generic;
using System.Text;
using FastProvider.Native;
using FastProvider.Node;

namespace FastProvider.Secrets;

/// <summary>
/// The node's own logins, in one auth file or several. The file that a run writes replaces them all for the pull, so they answer
/// for the endpoints that no Secret serves: each endpoint gets what CRI-O would find, which is the answer of the first file that
/// has one (container-libs, image/pkg/docker/config, getCredentialsWithHomeDir). Where CRI-O finds nothing, a key counts that it
/// does not look for.
/// Shape: containers-auth.json(5).
/// </summary>
internal sealed class NodeLogins
{
    private const int MaxBytes = 16 * 1024 * 1024;

    private readonly List<CredentialHelper> _helpers = [];
    private readonly EndpointCredential[] _endpoints;
    private readonly SecretNotices _warnings;

    private NodeLogins(EndpointCredential[] endpoints, SecretNotices warnings)
    {
        _endpoints = endpoints;
        _warnings = warnings;
    }

    /// <summary>The helpers of the endpoints' hosts that belong into the written file.</summary>
    public IReadOnlyList<CredentialHelper> Helpers => _helpers;

    /// <summary>Reads the files for the endpoints that have no credential from a Secret.</summary>
    /// <param name="files">
    /// In CRI-O's order. A missing one is an empty one; one that cannot be used is a warning: the pull may not need it.
    /// </param>
    /// <param name="image">The image of the request; for its own registry the kubelet brings what it finds in its file.</param>
    /// <param name="endpoints">All endpoints of the pull.</param>
    /// <param name="warnings">What was passed over.</param>
    public static NodeLogins Read(
        ReadOnlySpan<NodeAuthFile> files, ReadOnlySpan<byte> image, EndpointCredential[] endpoints, SecretNotices warnings)
    {
        var logins = new NodeLogins(endpoints, warnings);
        var authority = new RepositoryName(image.ToArray()).Authority;
        foreach (var file in files)
        {
            // A pull opens no file that it does not need; who asks for reasons sees the keys of all.
            var open = logins.Open();
            if (open.Length == 0 && warnings.Trace is null)
            {
                break;
            }

            logins.Read(file, open, authority);
        }

        return logins;
    }

    /// <summary>CRI-O looks into no further file for it, or what goes before them all has answered.</summary>
    private static bool IsSettled(EndpointCredential endpoint) =>
        IsNotOfNode(endpoint) || endpoint.Helper is not null || endpoint.IsFoundByCrio;

    /// <summary>A Secret, or another provider of the kubelet.</summary>
    private static bool IsNotOfNode(EndpointCredential endpoint) => endpoint.IsFromSecret || endpoint.Provider is not null;

    private EndpointCredential[] Open()
    {
        var open = new EndpointCredential[_endpoints.Length];
        var count = 0;
        foreach (var endpoint in _endpoints)
        {
            if (!IsSettled(endpoint))
            {
                open[count++] = endpoint;
            }
        }

        return open[..count];
    }

    private void Read(NodeAuthFile file, EndpointCredential[] open, ReadOnlySpan<byte> imageAuthority)
    {
        // A file that no endpoint needs is read for its keys alone.
        var warnings = open.Length > 0 ? _warnings : new SecretNotices { Trace = _warnings.Trace };
        var fault = FileBytes.Read(file.Path, MaxBytes, out var content);
        using (content)
        {
            if (!fault.IsNone && !fault.IsMissing)
            {
                warnings.AddFile(file, $"global auth file {file.Path} cannot be read: {fault}", isUnread: true);
            }

            if (content.Length > 0)
            {
                Offer(file, content.Span, open, warnings, imageAuthority);
            }
        }
    }

    private void Offer(
        NodeAuthFile file, ReadOnlySpan<byte> json, EndpointCredential[] open,
        SecretNotices warnings, ReadOnlySpan<byte> imageAuthority)
    {
        // First the helpers: where one answers, docker leaves the key of the host without an entry.
        var helpersBefore = _helpers.Count;
        if (!file.IsLegacy)
        {
            TakeHelpers(file, json, warnings);
            open = _helpers.Count > helpersBefore ? Open() : open;
        }

        // What CRI-O does not look for is kept from the first file that has it, unless CRI-O finds something in a later one.
        var takers = new EndpointCredential[open.Length];
        for (var i = 0; i < open.Length; i++)
        {
            takers[i] = open[i].IsFound ? new EndpointCredential(open[i].Repository.Name) : open[i];
            takers[i].Clear();
        }

        using var document = new AuthDocument(takers, warnings);
        if (document.Read(json, file.IsLegacy, new CredentialSource(default, 0) { File = file }) is { } wrong)
        {
            warnings.AddFile(file, $"global auth file {file.Path} {wrong}", isUnread: true);
            ForgetHelpers(file, helpersBefore);
            return;
        }

        for (var i = 0; i < open.Length; i++)
        {
            if (!file.IsReadByCrio && !open[i].Repository.Authority.SequenceEqual(imageAuthority))
            {
                takers[i].HideFromCrio();
            }

            if (takers[i] != open[i])
            {
                if (takers[i].IsFoundByCrio)
                {
                    open[i].Take(takers[i]);
                }

                takers[i].Dispose();
            }
        }
    }

    /// <summary>A file that is broken has no helpers, either.</summary>
    private void ForgetHelpers(NodeAuthFile file, int before)
    {
        _helpers.RemoveRange(before, _helpers.Count - before);
        foreach (var endpoint in _endpoints)
        {
            if (endpoint.Helper is not null && endpoint.File == file)
            {
                endpoint.Clear();
            }
        }
    }

    /// <summary>
    /// A helper answers for a whole host and goes before the file's entries, so one is carried only where it hides no credential
    /// of a Secret or of a file before.
    /// </summary>
    private void TakeHelpers(NodeAuthFile file, ReadOnlySpan<byte> json, SecretNotices warnings)
    {
        var wanted = new WantedHelpers(_endpoints);
        wanted.Read(json);
        for (var i = 0; i < _endpoints.Length; i++)
        {
            if (wanted.Take(json, i) is not { } helper || !IsOpen(helper.Host))
            {
                continue;
            }

            if (ServerOf(helper.Host) is { } server)
            {
                warnings.AddFile(file,
                    $"global auth file {file.Path}: the credential helper of {Encoding.UTF8.GetString(helper.Host)}"
                    + " is left out, as "
                    + (server.IsFromSecret ? $"Secret {Encoding.UTF8.GetString(server.SecretName.Span)}"
                        : server.Provider is { } provider ? $"credential provider {provider}"
                        : server.File!.Path)
                    + " serves that registry");
                continue;
            }

            _helpers.Add(helper);
            foreach (var endpoint in _endpoints)
            {
                if (endpoint.Repository.Authority.SequenceEqual(helper.Host))
                {
                    endpoint.Take(helper, file);
                }
            }
        }
    }

    /// <summary>
    /// Whether a file before has not settled all of a host. A Secret has not: who counts on the helper is told of it.
    /// </summary>
    private bool IsOpen(ReadOnlySpan<byte> host)
    {
        foreach (var endpoint in _endpoints)
        {
            if ((IsNotOfNode(endpoint) || !IsSettled(endpoint)) && endpoint.Repository.Authority.SequenceEqual(host))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The first endpoint of a host with a credential that CRI-O must find before this file's helper.</summary>
    private EndpointCredential? ServerOf(ReadOnlySpan<byte> host)
    {
        foreach (var endpoint in _endpoints)
        {
            if (IsSettled(endpoint) && endpoint.Repository.Authority.SequenceEqual(host))
            {
                return endpoint;
            }
        }

        return null;
    }
}
