using System;
using FastProvider.Base;
using FastProvider.Native;

namespace FastProvider.Transport;

/// <summary>Takes the answer for one object.</summary>
/// <param name="index">Which of the paths it is for.</param>
/// <param name="status">200; 404 if there is no such object; 403 for one that may be refused.</param>
/// <param name="json">The object, UTF-8; of another status than 200 what came with it.</param>
/// <returns>A failure ends the exchange.</returns>
internal delegate Failure? ObjectTaker(int index, int status, ReadOnlySpan<byte> json);

/// <summary>GETs of objects, side by side. What was answered is not asked again.</summary>
/// <param name="link">The way to the server.</param>
/// <param name="paths">Each from <c>/api</c> on, made of checked names alone.</param>
/// <param name="token">Of who asks, or empty where the link's client certificate says it.</param>
/// <param name="take">Takes the objects.</param>
internal sealed class ObjectQuestions(
    ApiServerLink link, byte[][] paths, ReadOnlyMemory<byte> token, ObjectTaker take) : IApiQuestions, IDisposable
{
    /// <summary>etcd takes no object over 1.5 MiB (its --max-request-bytes).</summary>
    private const int MaxObjectBytes = 4 * 1024 * 1024;

    private const int PieceBytes = 16 * 1024;

    private readonly SecretBuffer _body = new();

    /// <summary>Those that may be refused, as it is for the API server to say who may read them.</summary>
    public Predicate<int>? MayBeRefused { get; init; }

    public int Count => paths.Length;

    public bool StartOver => false;

    public void Append(SecretBuffer requests, int index, TimeSpan serverBudget) =>
        new ApiRequest("GET"u8, paths[index]) { Token = token.Span }.AppendTo(requests, link.Server.Url, serverBudget);

    public bool Takes(int index, int status) => status is 200 or 404 || (status == 403 && MayBeRefused?.Invoke(index) is true);

    public ApiEnd TakeAnswer(int index, in HttpHead head, ApiBody body)
    {
        if ((head.IsEncoded || !head.IsJson) && head.Status != 403)
        {
            return NotTheApiServer(head.IsEncoded ? "a compressed body" : "something other than JSON");
        }

        _body.Clear();
        while (_body.Length <= MaxObjectBytes)
        {
            if (body.Read(_body.GetSpan(PieceBytes), out var count) is { } cut)
            {
                return ApiEnd.Broken(cut);
            }

            if (count == 0)
            {
                return TakeWhole(index, head);
            }

            _body.Advance(count);
        }

        return NotTheApiServer($"an object longer than {MaxObjectBytes} bytes");
    }

    public void Forget()
    {
    }

    public void Dispose() => _body.Dispose();

    private ApiEnd TakeWhole(int index, in HttpHead head)
    {
        if (head.Status == 404)
        {
            // A 404 for an object names it; one for a path that is not served, as below a wrong base path, names nothing.
            using var status = new StatusReader();
            if (!status.Read(_body.WrittenSpan) || status.Name.IsEmpty)
            {
                return ApiEnd.Refused(head, status.Message);
            }
        }

        return take(index, head.Status, _body.WrittenSpan) is { } failure ? ApiEnd.Hopeless(failure) : ApiEnd.Done;
    }

    private ApiEnd NotTheApiServer(string what) => ApiEnd.Hopeless(ApiServerFailure.NotTheApiServer(link.Server, what));
}
