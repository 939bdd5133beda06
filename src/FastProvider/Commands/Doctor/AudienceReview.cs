using System;
using System.Buffers;
using System.Text.Json;
using FastProvider.Native;
using FastProvider.Node;
using FastProvider.Transport;

namespace FastProvider.Commands.Doctor;

/// <summary>
/// Asks whether the node may have tokens of an audience (kubernetes, plugin/pkg/admission/noderestriction). Any status is an
/// answer: it says at least that the API server is there.
/// </summary>
internal sealed class AudienceReview(ServerUrl server, string audience) : IApiQuestions, IDisposable
{
    private const int MaxBytes = 256 * 1024, PieceBytes = 4 * 1024;

    private readonly SecretBuffer _answer = new();

    private static ReadOnlySpan<byte> Path => "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"u8;

    public int Count => 1;

    public bool StartOver => false;

    /// <summary>Of the answer.</summary>
    public HttpHead Head { get; private set; }

    /// <summary>The answer's document, cut if it is longer than any review.</summary>
    public ReadOnlyMemory<byte> Answer => _answer.WrittenMemory;

    public void Append(SecretBuffer requests, int index, TimeSpan serverBudget)
    {
        var body = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("apiVersion", "authorization.k8s.io/v1");
            json.WriteString("kind", "SelfSubjectAccessReview");
            json.WriteStartObject("spec");
            json.WriteStartObject("resourceAttributes");
            json.WriteString("verb", "request-serviceaccounts-token-audience");
            json.WriteString("resource", audience);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        new ApiRequest("POST"u8, Path) { ContentType = "application/json"u8, Body = body.WrittenSpan }
            .AppendTo(requests, server, serverBudget);
    }

    public bool Takes(int status) => true;

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
