
namespace FastProvider.Secrets;

/// <summary>One entry of <c>credHelpers</c>, both halves as they stand in the JSON (escapes included).</summary>
internal sealed class CredentialHelper(byte[] host, byte[] helper)
{
    public byte[] Host => host;

    public byte[] Helper => helper;

    /// <summary>Its program without "docker-credential-", for people.</summary>
    public string Name => ShownKey.Shorten(helper);
}
