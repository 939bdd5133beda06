using System;
using System.Text;
using FastProvider.Base;
using FastProvider.Mirrors;
using FastProvider.Names;

namespace FastProvider.Commands.Explain;

/// <summary>How a person or a pod's spec names an image, and the repository that the kubelet makes of it and asks for.</summary>
internal sealed class ImageArgument
{
    private ImageArgument(string given, string repository, bool hasTag, bool hasDigest)
    {
        Given = given;
        Repository = repository;
        HasTag = hasTag;
        HasDigest = hasDigest;
    }

    public string Given { get; }

    /// <summary>Normalised: registry host, path, no tag, no digest.</summary>
    public string Repository { get; }

    /// <summary>A digest counts for more than a tag beside it: the pull goes by it.</summary>
    public bool HasDigest { get; }

    public bool HasTag { get; }

    /// <summary>
    /// Takes an image apart as the kubelet does (distribution/reference, ParseDockerRef): a first component without dot, colon
    /// and other than localhost is a path at Docker Hub.
    /// </summary>
    public static Result<ImageArgument> Read(string given)
    {
        var at = given.IndexOf('@');
        var name = at < 0 ? given : given[..at];
        var colon = name.LastIndexOf(':');
        var hasTag = colon > name.LastIndexOf('/');
        name = hasTag ? name[..colon] : name;
        var slash = name.IndexOf('/');
        var first = slash < 0 ? "" : name[..slash];
        if (!first.AsSpan().ContainsAny('.', ':') && first != "localhost")
        {
            name = $"docker.io/{name}";
        }

        if (ReferenceName.IsOnIPv6(Encoding.UTF8.GetBytes(name)))
        {
            return new ImageArgument(given, name, hasTag, at >= 0);
        }

        Span<byte> buffer = stackalloc byte[ReferenceName.MaxLength];
        var repository = ReferenceName.Normalize(Encoding.UTF8.GetBytes(name), buffer);
        if (!ReferenceName.IsCanonical(repository))
        {
            return new Failure(
                $"\"{Settings.Argument.Printable(given)}\" is no image: a name such as docker.io/library/busybox:1.36 is wanted",
                Failure.WrongUsage);
        }

        return new ImageArgument(given, Encoding.UTF8.GetString(repository), hasTag, at >= 0);
    }

    /// <summary>
    /// Whether a pull of this image asks a mirror with that restriction; null if the image names neither tag nor digest.
    /// </summary>
    public bool? IsFor(PullFromMirror restriction, bool mirrorByDigestOnly) =>
        restriction is PullFromMirror.DigestOnly || mirrorByDigestOnly ? HasDigest ? true : HasTag ? false : null
        : restriction is PullFromMirror.TagOnly ? HasDigest ? false : HasTag ? true : null
        : true;
}
