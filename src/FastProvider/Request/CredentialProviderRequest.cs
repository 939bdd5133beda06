using System;
using System.Text;
using System.Text.Json;
using FastProvider.Base;
using FastProvider.Generators;
using FastProvider.Names;
using FastProvider.Native;

namespace FastProvider.Request;

/// <summary>
/// What the kubelet asks: credentials for one image, for the pod whose ServiceAccount token is in hand.
/// Shape: <c>CredentialProviderRequest</c> of <c>credentialprovider.kubelet.k8s.io/v1</c>
/// (k8s.io/kubelet/pkg/apis/credentialprovider/v1/types.go).
/// </summary>
internal readonly partial struct CredentialProviderRequest
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 16 };

    /// <summary>The normalised repository name, UTF-8: registry host, port if any, path; never a tag or digest.</summary>
    public ReadOnlyMemory<byte> Image { get; init; }

    /// <summary>
    /// The image is on an IPv6 literal, which the container libraries take for no image name: no mirror is for it.
    /// </summary>
    public bool IsOnIPv6 => ReferenceName.IsOnIPv6(Image.Span);

    /// <summary>The ServiceAccount token of the pulling pod; empty for a static pod.</summary>
    public ReadOnlyMemory<byte> Token { get; init; }

    /// <summary>
    /// Whether the pod's ServiceAccount has the annotation that was asked for, as far as the kubelet passes it along.
    /// </summary>
    public bool HasAnnotation { get; init; }

    /// <summary>The value of that annotation.</summary>
    public ReadOnlyMemory<byte> Annotation { get; init; }

    /// <summary>Reads one request. Unknown fields are skipped: a newer kubelet may send more than we know.</summary>
    /// <param name="json">The whole of standard input. Zero it when the run ends: it holds the token.</param>
    /// <param name="values">Where the decoded strings are kept; the result points into it.</param>
    /// <param name="request">The request; its image is a valid repository name.</param>
    /// <param name="annotationKey">Which annotation of the ServiceAccount counts, or null if none does.</param>
    public static Failure? Read(
        ReadOnlySpan<byte> json, SecretBuffer values, out CredentialProviderRequest request, byte[]? annotationKey = null)
    {
        request = default;
        // The result points into this memory, so it must not move while it is filled: no value is longer than the document.
        values.Reserve(json.Length);
        var document = new Document { AnnotationKey = annotationKey };
        var fault = document.Read(json, values);
        switch (fault.Kind)
        {
            case JsonFaultKind.NoObject:
                return NotARequest("it is not a JSON object");
            case JsonFaultKind.WrongType:
                return NotARequest("a field is not the string it should be");
            case JsonFaultKind.Broken or JsonFaultKind.Trailing:
                return NotARequest($"its JSON breaks off or is wrong at byte {fault.Position}");
        }

        if (document.Kind is not "")
        {
            return NotARequest($"its kind is {document.Kind ?? "missing"}, not CredentialProviderRequest");
        }

        if (document.ApiVersion is not "")
        {
            return NotARequest($"its apiVersion is {document.ApiVersion ?? "missing"};"
                + " only credentialprovider.kubelet.k8s.io/v1 carries"
                + " a ServiceAccount token: set that apiVersion for this provider in the kubelet's CredentialProviderConfig");
        }

        if (!ReferenceName.IsOnIPv6(document.Image.Span) && !ReferenceName.IsNormalizable(document.Image.Span))
        {
            return NotARequest(
                document.Image.IsEmpty ? "it names no image" : "its image is not a repository name with a registry host");
        }

        request = new CredentialProviderRequest
        {
            Image = document.Image,
            Token = document.Token,
            HasAnnotation = document.HasAnnotation,
            Annotation = document.Annotation,
        };
        return null;
    }

    private static Failure NotARequest(string why) => new(FailureCause.Request,
        $"standard input is not a request of the kubelet: {why}");

    /// <summary>The fields of the JSON document that count.</summary>
    [JsonReader]
    private partial struct Document
    {
        /// <summary>Empty if it is the expected one, null if it is absent, else a short form of it for the error line.</summary>
        public string? Kind { get; private set; }

        /// <summary>As for the kind.</summary>
        public string? ApiVersion { get; private set; }

        [FromJson("image")]
        public ReadOnlyMemory<byte> Image { get; private set; }

        [FromJson("serviceAccountToken")]
        public ReadOnlyMemory<byte> Token { get; private set; }

        public byte[]? AnnotationKey { get; init; }

        public bool HasAnnotation { get; private set; }

        public ReadOnlyMemory<byte> Annotation { get; private set; }

        public JsonFault Read(ReadOnlySpan<byte> json, SecretBuffer values) => ReadDocument(json, values, Options);

        [FromJson("kind")]
        private void TakeKind(ref Utf8JsonReader reader) => Kind = Constant(ref reader, "CredentialProviderRequest"u8);

        [FromJson("apiVersion")]
        private void TakeApiVersion(ref Utf8JsonReader reader) =>
            ApiVersion = Constant(ref reader, "credentialprovider.kubelet.k8s.io/v1"u8);

        [FromJson("serviceAccountAnnotations")]
        private void TakeAnnotations(ref Utf8JsonReader reader, SecretBuffer values)
        {
            if (AnnotationKey is null || reader.TokenType is not JsonTokenType.StartObject)
            {
                reader.Skip();
                return;
            }

            while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
            {
                var isIt = reader.ValueTextEquals(AnnotationKey);
                reader.Read();
                if (isIt)
                {
                    Annotation = values.CopyString(ref reader);
                    HasAnnotation = true;
                }
                else
                {
                    reader.Skip();
                }
            }
        }

        private static string Constant(ref Utf8JsonReader reader, ReadOnlySpan<byte> expected)
        {
            if (reader.TokenType is not JsonTokenType.String)
            {
                // Or the fields of an object that stands here would count as those of the request.
                reader.Skip();
                return "not a string";
            }

            if (reader.ValueTextEquals(expected))
            {
                return "";
            }

            const int shown = 64;
            var value = reader.ValueSpan;
            return $"\"{Encoding.ASCII.GetString(value[..Math.Min(shown, value.Length)])}\"";
        }
    }
}
