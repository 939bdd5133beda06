using System;
using System.Buffers;
using System.Text;
using System.Text.Json;
using FastProvider.Documents;
using FastProvider.Names;
using FastProvider.Native;
using FastProvider.Node;
using FastProvider.Transport;

namespace FastProvider.Commands.Doctor;

/// <summary>
/// Asks who may do what (k8s.io/api/authorization/v1). Any status is an answer: it says at least that the API server is there.
/// </summary>
internal sealed class AccessReview : IApiQuestions, IDisposable
{
    private const int MaxBytes = 256 * 1024, PieceBytes = 4 * 1024;

    private readonly SecretBuffer _answer = new();
    private readonly ServerUrl _server;
    private readonly string _kind;
    private readonly Action<Utf8JsonWriter> _writeSpec;

    private AccessReview(ServerUrl server, string kind, Action<Utf8JsonWriter> writeSpec) =>
        (_server, _kind, _writeSpec) = (server, kind, writeSpec);

    /// <summary>
    /// Whether who asks, the node, may have tokens of an audience (kubernetes, plugin/pkg/admission/noderestriction).
    /// </summary>
    public static AccessReview OfAudience(ServerUrl server, string audience) => new(server, "SelfSubjectAccessReview", json =>
    {
        json.WriteStartObject("resourceAttributes");
        json.WriteString("verb", "request-serviceaccounts-token-audience");
        json.WriteString("resource", audience);
        json.WriteEndObject();
    });

    /// <summary>Whether a ServiceAccount may get a Secret. The rules of system:node let every kubelet ask that.</summary>
    public static AccessReview OfSecret(ServerUrl server, string ns, string account, SecretReference secret) => new(
        server, "SubjectAccessReview", json =>
        {
            json.WriteStartObject("resourceAttributes");
            json.WriteString("namespace", secret.Namespace);
            json.WriteString("verb", "get");
            json.WriteString("resource", "secrets");
            json.WriteString("name", secret.Name);
            json.WriteEndObject();
            json.WriteString("user", $"system:serviceaccount:{ns}:{account}");
            json.WriteStartArray("groups");
            json.WriteStringValue("system:serviceaccounts");
            json.WriteStringValue($"system:serviceaccounts:{ns}");
            json.WriteStringValue("system:authenticated");
            json.WriteEndArray();
        });

    public int Count => 1;

    public bool StartOver => false;

    /// <summary>Of the answer.</summary>
    public HttpHead Head { get; private set; }

    /// <summary>What it came to; null if the API server did not say.</summary>
    public bool? IsAllowed =>
        Head.Status is 200 or 201 && DocumentReader.ReadOne(_answer.WrittenMemory, "the answer").Value is { } review
            ? review.Find("status"u8)?.Find("allowed"u8)?.AsTruth
            : null;

    public void Append(SecretBuffer requests, int index, TimeSpan serverBudget)
    {
        var body = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("apiVersion", "authorization.k8s.io/v1");
            json.WriteString("kind", _kind);
            json.WriteStartObject("spec");
            _writeSpec(json);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        var path = Encoding.ASCII.GetBytes($"/apis/authorization.k8s.io/v1/{_kind.ToLowerInvariant()}s");
        new ApiRequest("POST"u8, path) { ContentType = "application/json"u8, Body = body.WrittenSpan }
            .AppendTo(requests, _server, serverBudget);
    }

    public bool Takes(int index, int status) => true;

    public ApiEnd TakeAnswer(int index, in HttpHead head, ApiBody body)
    {
        Head = head;
        _answer.Clear();
        while (_answer.Length < MaxBytes)
        {
            if (body.Read(_answer.GetSpan(PieceBytes), out var count) is { } cut)
            {
                return ApiEnd.Broken(cut);
            }

            if (count == 0)
            {
                break;
            }

            _answer.Advance(count);
        }

        return ApiEnd.Done;
    }

    public void Forget()
    {
    }

    public void Dispose() => _answer.Dispose();
}
