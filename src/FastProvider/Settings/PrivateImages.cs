using System;
using System.Text;
using FastProvider.Names;

namespace FastProvider.Settings;

/// <summary>
/// Which images the kubelet is told to remember as pulled with the ServiceAccount's credentials. It then asks before it starts
/// another pod from the image on the node, for which it needs the API server.
/// </summary>
internal sealed class PrivateImages
{
    private enum When
    {
        Never,
        Secret,
        Always,
    }

    /// <summary>What a Secret has a credential for, but nothing that the cluster itself runs on.</summary>
    public static readonly PrivateImages Default = new(When.Secret, ["kube-system"]);

    private readonly When _when;
    private readonly string[] _exceptions;

    private PrivateImages(When when, string[] exceptions)
    {
        _when = when;
        _exceptions = exceptions;
    }

    /// <summary>Whether the kubelet is told that the image belongs to the ServiceAccount.</summary>
    /// <param name="validNamespace">The namespace of the pod.</param>
    /// <param name="hasSecret">A Secret of the namespace has a credential for the pull.</param>
    public bool IsPrivate(ReadOnlySpan<byte> validNamespace, bool hasSecret)
    {
        if (_when is When.Never || (_when is When.Secret && !hasSecret))
        {
            return false;
        }

        foreach (var exception in _exceptions)
        {
            if (Encoding.UTF8.GetBytes(exception).AsSpan().SequenceEqual(validNamespace))
            {
                return false;
            }
        }

        return true;
    }

    public PrivateImages WithWhen(string word, out bool isWord)
    {
        When? when = word switch
        {
            "always" => When.Always,
            "secret" => When.Secret,
            "never" => When.Never,
            _ => null,
        };
        isWord = when is not null;
        return new PrivateImages(when ?? _when, _exceptions);
    }

    /// <param name="list">Names with commas between them; empty for none.</param>
    /// <param name="areNames">Whether each is a namespace's name.</param>
    public PrivateImages WithExceptions(string list, out bool areNames)
    {
        var names = list.Length == 0 ? [] : list.Split(',');
        areNames = Array.TrueForAll(names, static name => NamespaceName.IsValid(Encoding.UTF8.GetBytes(name)));
        return new PrivateImages(_when, names);
    }
}
