using System;
using System.Text;
using FastProvider.Generators;
using FastProvider.Names;

namespace FastProvider.Settings;

/// <summary>
/// Which images the kubelet is told to remember as pulled with the ServiceAccount's credentials. It then asks before it starts
/// another pod from the image on the node, for which it needs the API server.
/// </summary>
internal sealed partial class PrivateImages
{
    private enum When
    {
        [Utf8Name("never")] Never,
        [Utf8Name("secret")] Secret,
        [Utf8Name("always")] Always,
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

    /// <returns>Null if the word is none of the flag's.</returns>
    public PrivateImages? WithWhen(string word) => Find(word) is { } when ? new PrivateImages(when, _exceptions) : null;

    /// <param name="list">Names with commas between them; empty for none.</param>
    /// <returns>Null if one of them is no namespace's name.</returns>
    public PrivateImages? WithExceptions(string list)
    {
        var names = list.Length == 0 ? [] : list.Split(',');
        return NamespaceName.AreValid(names) ? new PrivateImages(_when, names) : null;
    }

    [Utf8Find]
    private static partial When? Find(string word);
}
