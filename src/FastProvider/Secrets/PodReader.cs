using System;
using System.Text.Json;
using FastProvider.Generators;
using FastProvider.Native;

namespace FastProvider.Secrets;

/// <summary>
/// Reads of a pod which one it is, where it runs and which Secrets it names.
/// Shape: k8s.io/api/core/v1 Pod; the order of an object's fields does not matter.
/// </summary>
[JsonReader(Lenient = true)]
internal sealed partial class PodReader : IDisposable
{
    /// <summary>managedFields are as deep as a client makes them.</summary>
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 64 * 1024 };

    [FromJson("kind")]
    private readonly SecretBuffer _kind = new();

    [FromJson("metadata", "name")]
    private readonly SecretBuffer _name = new();

    [FromJson("metadata", "namespace")]
    private readonly SecretBuffer _namespace = new();

    [FromJson("metadata", "uid")]
    private readonly SecretBuffer _uid = new();

    [FromJson("spec", "nodeName")]
    private readonly SecretBuffer _nodeName = new();

    private readonly SecretBuffer _secretName = new();

    public ReadOnlySpan<byte> Name => _name.WrittenSpan;

    public ReadOnlySpan<byte> Namespace => _namespace.WrittenSpan;

    public ReadOnlySpan<byte> Uid => _uid.WrittenSpan;

    /// <summary>The node that the pod is bound to, or empty.</summary>
    public ReadOnlySpan<byte> NodeName => _nodeName.WrittenSpan;

    /// <summary>What imagePullSecrets names, in its order.</summary>
    public SecretNames ImagePullSecrets { get; private set; } = new();

    /// <summary>Reads a whole document.</summary>
    /// <returns>False if this is no pod in valid JSON.</returns>
    public bool Read(ReadOnlySpan<byte> json) => ReadDocument(json, Options).IsNone && _kind.WrittenSpan.SequenceEqual("Pod"u8);

    public void Dispose()
    {
        _kind.Dispose();
        _name.Dispose();
        _namespace.Dispose();
        _uid.Dispose();
        _nodeName.Dispose();
        _secretName.Dispose();
    }

    [JsonStart("spec", "imagePullSecrets")]
    private void StartNames() => ImagePullSecrets = new SecretNames();

    [FromJson("spec", "imagePullSecrets", "[]", "name")]
    private void TakeName(ref Utf8JsonReader reader)
    {
        JsonText.Replace(_secretName, ref reader);
        if (_secretName.Length > 0)
        {
            ImagePullSecrets.Add(_secretName.WrittenSpan);
        }
    }
}
