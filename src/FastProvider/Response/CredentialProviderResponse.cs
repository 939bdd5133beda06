using System;
using FastProvider.Base;
using FastProvider.Native;

namespace FastProvider.Response;

/// <summary>
/// What the kubelet is told. Its decoder is strict, so the text is fixed but for the image. Credentials never travel here:
/// CRI-O takes them from the auth file.
/// Shape: <c>CredentialProviderResponse</c> of k8s.io/kubelet/pkg/apis/credentialprovider/v1/types.go.
/// </summary>
internal static class CredentialProviderResponse
{
    // "0s" is never cached: every pull takes an auth file of its own, so every pull needs a run.
    private static ReadOnlySpan<byte> Head =>
        "{\"kind\":\"CredentialProviderResponse\",\"apiVersion\":\"credentialprovider.kubelet.k8s.io/v1\""u8
        + ",\"cacheKeyType\":\"Image\",\"cacheDuration\":\"0s\""u8;

    private static ReadOnlySpan<byte> AuthHead => ",\"auth\":{\""u8;

    private static ReadOnlySpan<byte> AuthTail => "\":{\"username\":\"\",\"password\":\"\"}}"u8;

    /// <summary>Answers the kubelet.</summary>
    /// <param name="image">The image of the request; a valid reference needs no escaping.</param>
    /// <param name="isPrivate">
    /// Adds an entry without user and password. CRI-O ignores it, but the kubelet then records the image as pulled with this
    /// ServiceAccount's credentials, not as open to every pod of the node.
    /// </param>
    public static Failure? Write(ReadOnlySpan<byte> image, bool isPrivate)
    {
        using var answer = new SecretBuffer();
        Compose(image, isPrivate, answer);
        var errno = StandardStreams.Write(StandardStreams.Output, answer.WrittenSpan);
        return errno == 0 ? null : NotWritten(errno);
    }

    /// <summary>Says that the kubelet could not be answered.</summary>
    public static Failure NotWritten(Errno errno) =>
        new(FailureCause.Response, $"cannot write the answer to standard output: {errno.Words()}");

    /// <summary>The text of the answer.</summary>
    internal static void Compose(ReadOnlySpan<byte> image, bool isPrivate, SecretBuffer answer)
    {
        answer.Write(Head);
        if (isPrivate)
        {
            answer.Write(AuthHead);
            answer.Write(image);
            answer.Write(AuthTail);
        }

        answer.Write("}"u8);
    }
}
