using System.Text;
using FastProvider.AuthFile;
using FastProvider.Base;
using FastProvider.Fuzz.Laws.Documents;
using FastProvider.Mirrors;
using FastProvider.Names;
using FastProvider.Native;
using FastProvider.Node;
using FastProvider.Pulls;
using FastProvider.Request;
using FastProvider.Response;
using FastProvider.Secrets;
using FastProvider.Settings;
using FastProvider.Tests.Secrets;
using FastProvider.Token;

namespace FastProvider.Fuzz.Laws;

/// <summary>What one endpoint got.</summary>
/// <param name="Repository">The rewritten repository name.</param>
/// <param name="Chosen">Where from and what, as <see cref="NaiveChoice"/> says it.</param>
/// <param name="Credential"><c>user:password|identitytoken</c>, or <c>-</c>.</param>
/// <param name="IsFromSecret">Whether a Secret serves it.</param>
internal sealed record DecidedEndpoint(string Repository, string Chosen, string Credential, bool IsFromSecret);

/// <summary>
/// One pull as <c>Pull.Run</c> goes through it, from the bytes of all its documents to the bytes of the auth file, the answer and the line; without
/// the kubelet's pipe, the connection and CRI-O's directory, which the tests of the binary have.
/// </summary>
internal sealed record DecidedPull(Failure? Failure, DecidedEndpoint[] Endpoints, byte[]? File, byte[] Answer, string Line)
{
    private static readonly byte[] Token = Encoding.ASCII.GetBytes(
        $"aGVhZA.{Convert.ToBase64String("""{"aud":["a"],"iss":"i","kubernetes.io":{"namespace":"team-a","pod":{"name":"p"},"serviceaccount":{"name":"sa"}}}"""u8).TrimEnd('=')}.c2ln");

    private static readonly Lock Naming = new();
    private static int s_threads;

    [ThreadStatic]
    private static string? t_globalPath;

    /// <summary>Decides the pull of valid documents.</summary>
    public static DecidedPull Of(PullDocuments documents, byte[]? token = null) => Of(
        Request(documents.Image, token ?? Token),
        [.. documents.Registries.Select(file => Encoding.UTF8.GetBytes(file.Text))],
        [SecretList.Of(documents.Secrets, isFlatMap: false), SecretList.Of(documents.Secrets, isFlatMap: true)],
        documents.Global is null ? null : Encoding.UTF8.GetBytes(documents.Global),
        documents.PieceBytes);

    /// <summary>A request for an image.</summary>
    public static byte[] Request(string image, byte[] token) => Encoding.UTF8.GetBytes(
        $$"""{"kind":"CredentialProviderRequest","apiVersion":"credentialprovider.kubelet.k8s.io/v1","image":"{{image}}","serviceAccountToken":"{{Encoding.ASCII.GetString(token)}}"}""");

    /// <summary>Decides the pull of any bytes.</summary>
    public static DecidedPull Of(byte[] requestJson, byte[][] registries, byte[][] lists, byte[]? global, int pieceBytes)
    {
        Assert.Null(Options.Read([], _ => null, out var options));
        var report = new PullReport(options);
        using var input = new SecretBuffer();
        input.Write(requestJson);
        using var requestValues = new SecretBuffer();
        using var claimValues = new SecretBuffer();
        if (CredentialProviderRequest.Read(input.WrittenSpan, requestValues, out var request) is { } noRequest)
        {
            return Failed(report, noRequest);
        }

        report.NameImage(request);
        if (request.Token.IsEmpty)
        {
            return Answered(report, request, [], null, false, "no token"u8);
        }

        if (TokenClaims.Read(request.Token.Span, claimValues, out var claims) is { } noToken)
        {
            return Failed(report, noToken);
        }

        report.NameAsker(claims);
        if (Sources(registries, request.Image.Span, out var sources) is { } badRegistries)
        {
            return Failed(report, badRegistries);
        }

        if (!sources.NeedsCredentials)
        {
            return Answered(report, request, [], null, false, "the image has no mirror"u8);
        }

        using var endpoints = new PullEndpoints(sources.Endpoints, report.Warnings);
        using var documents = new AuthDocument(endpoints.All, report.Warnings);
        foreach (var list in lists)
        {
            if (!ReadList(list, documents, report.Warnings, pieceBytes))
            {
                return Failed(report, new Failure("the API server answered something other than a whole SecretList"));
            }
        }

        var helpers = endpoints.TakeLogins([new NodeAuthFile(GlobalPath(global))], request.Image.Span, report.Warnings).Helpers;
        report.Describe(endpoints.All);
        byte[]? file = null;
        if (endpoints.NeedFile)
        {
            using var content = new SecretBuffer();
            AuthFileContent.Write(endpoints.All, helpers, content);
            file = content.WrittenSpan.ToArray();
            report.WrittenPath = "/etc/crio/auth/team-a-0.json";
        }

        return Answered(report, request, [.. endpoints.All.Select(Describe)], file, endpoints.HasSecret, ""u8);
    }

    /// <summary>Feeds a list as its caller does: what was not consumed comes again, before the next piece.</summary>
    /// <param name="json">The body.</param>
    /// <param name="documents">Takes what it holds.</param>
    /// <param name="warnings">And what is wrong with it.</param>
    /// <param name="pieceBytes">How long the pieces are; all others are as long as the last.</param>
    /// <returns>Whether it is a whole list.</returns>
    public static bool ReadList(byte[] json, AuthDocument documents, SecretNotices warnings, params int[] pieceBytes)
    {
        using var reader = new SecretListReader(documents, warnings);
        reader.Start();
        List<byte[]> pending = [];
        var at = 0;
        for (var turn = 0; ; turn++)
        {
            var piece = json[at..Math.Min(json.Length, at + pieceBytes[Math.Min(turn, pieceBytes.Length - 1)])];
            at += piece.Length;
            var isLast = piece.Length == 0;
            if (!isLast)
            {
                pending.Add(piece);
            }

            var bytes = Segments.Of(pending);
            if (!reader.Read(bytes, isLast, out var consumed))
            {
                return false;
            }

            if (isLast)
            {
                return reader.IsWhole;
            }

            pending = [];
            foreach (var rest in bytes.Slice(consumed))
            {
                if (!rest.IsEmpty)
                {
                    pending.Add(rest.ToArray());
                }
            }
        }
    }

    private static Failure? Sources(byte[][] registries, ReadOnlySpan<byte> image, out PullSources sources)
    {
        var merge = new RegistriesMerge(ReferenceName.Normalize(image, new byte[ReferenceName.MaxLength]));
        sources = PullSources.NoMatch(false);
        foreach (var file in registries)
        {
            if (merge.Add(file, "/etc/containers/registries.conf"u8) is { } invalid)
            {
                return invalid;
            }
        }

        sources = merge.ToSources();
        return null;
    }

    private static DecidedPull Failed(PullReport report, Failure failure) =>
        new(failure, [], null, [], Encoding.UTF8.GetString(report.LineOf(failure).Bytes));

    private static DecidedPull Answered(
        PullReport report, in CredentialProviderRequest request, DecidedEndpoint[] endpoints, byte[]? file, bool isPrivate, ReadOnlySpan<byte> why)
    {
        using var answer = new SecretBuffer();
        CredentialProviderResponse.Compose(request.Image.Span, isPrivate, answer);
        return new(null, endpoints, file, answer.WrittenSpan.ToArray(), Encoding.UTF8.GetString(report.LineOf(why).Bytes));
    }

    private static DecidedEndpoint Describe(EndpointCredential endpoint) => new(
        Encoding.UTF8.GetString(endpoint.Repository.Name.Span),
        AuthDocuments.Describe(endpoint),
        endpoint.IsFound ? $"{Encoding.Latin1.GetString(endpoint.UserPassword)}|{Encoding.UTF8.GetString(endpoint.IdentityToken)}" : "-",
        endpoint.IsFromSecret);

    /// <summary>The file of the thread, in memory.</summary>
    private static string GlobalPath(byte[]? content)
    {
        if (content is null)
        {
            return "/nonexistent/config.json";
        }

        lock (Naming)
        {
            t_globalPath ??= Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"fast-provider-laws-{Environment.ProcessId}-{s_threads++}.json");
        }

        System.IO.File.WriteAllBytes(t_globalPath, content);
        return t_globalPath;
    }
}
