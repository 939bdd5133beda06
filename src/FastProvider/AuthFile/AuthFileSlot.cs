using System;
using System.Collections.Generic;
using FastProvider.Native;
using FastProvider.Secrets;

namespace FastProvider.AuthFile;

/// <summary>
/// The one place where CRI-O looks for the auth file of a namespace's pull of an image. All pods of the namespace share it,
/// whatever their ServiceAccount: the name has none.
/// </summary>
internal sealed class AuthFileSlot : IDisposable
{
    private readonly AuthDirectory _directory;
    private readonly string _name;

    private AuthFileSlot(AuthDirectory directory, string name)
    {
        _directory = directory;
        _name = name;
    }

    public string Path => _directory.FilePath(_name);

    /// <param name="directory">The auth directory.</param>
    /// <param name="validNamespace">A checked DNS-1123 label.</param>
    /// <param name="image">The image of the request.</param>
    /// <param name="slot">The slot; dispose it.</param>
    public static Failure? Open(string directory, ReadOnlySpan<byte> validNamespace, ReadOnlySpan<byte> image, out AuthFileSlot? slot)
    {
        slot = null;
        if (AuthDirectory.Open(directory, out var opened) is { } failure)
        {
            return failure;
        }

        slot = new AuthFileSlot(opened!, AuthFileName.For(validNamespace, image));
        return null;
    }

    /// <summary>Puts the file there, in the place of one that an earlier run left.</summary>
    public Failure? Fill(ReadOnlySpan<EndpointCredential> endpoints, IReadOnlyList<CredentialHelper> helpers)
    {
        using var content = new SecretBuffer();
        AuthFileContent.Write(endpoints, helpers, content);
        return _directory.Write(_name, content.WrittenSpan);
    }

    /// <summary>Removes what an earlier run left: it was decided for another pull, and a pull without a decision must not use it.</summary>
    public Failure? Empty() => _directory.Remove(_name);

    public void Dispose() => _directory.Dispose();
}
