using System.Text;
using FastProvider.Base;
using FastProvider.Chain;
using FastProvider.Fuzz.Laws.Documents;
using FastProvider.Native;
using FastProvider.Pulls;
using FastProvider.Reports;
using FastProvider.Response;
using FastProvider.Secrets;
using FastProvider.Settings;
using FastProvider.Tests.Secrets;

namespace FastProvider.Fuzz.Laws;

/// <summary>What one endpoint got.</summary>
/// <param name="Repository">The rewritten repository name.</param>
/// <param name="Chosen">Where from and what, as <see cref="NaiveChoice"/> says it.</param>
/// <param name="Credential"><c>user:password|identitytoken</c>, or <c>-</c>.</param>
/// <param name="IsFromSecret">Whether a Secret serves it.</param>
internal sealed record DecidedEndpoint(string Repository, string Chosen, string Credential, bool IsFromSecret);

/// <summary>
/// One <see cref="Pull"/>, from the bytes of all its documents to the bytes of the auth file, the answer and the line; without
/// the kubelet's pipe and the connection, which the tests of the binary have.
/// </summary>
internal sealed record DecidedPull(Failure? Failure, DecidedEndpoint[] Endpoints, byte[]? File, byte[] Answer, string Line)
{
    private static readonly byte[] Token = Encoding.ASCII.GetBytes(
        $"aGVhZA.{Convert.ToBase64String("""{"aud":["a"],"iss":"i","kubernetes.io":{"namespace":"team-a","pod":{"name":"p"},"serviceaccount":{"name":"sa"}}}"""u8).TrimEnd('=')}.c2ln");

    /// <summary>Decides the pull of valid documents.</summary>
    public static DecidedPull Of(PullDocuments documents, byte[]? token = null) => Of(documents, token ?? Token, others: null);

    /// <summary>The same, where other credential providers of the kubelet have answered.</summary>
    public static DecidedPull Of(PullDocuments documents, OtherProvider[] others)
    {
        using var answers = OtherProvider.Write(LawNode.OfThread, others);
        return Of(documents, Token, answers);
    }

    /// <summary>A request for an image.</summary>
    public static byte[] Request(string image, byte[] token) => Encoding.UTF8.GetBytes(
        $$"""{"kind":"CredentialProviderRequest","apiVersion":"credentialprovider.kubelet.k8s.io/v1","image":"{{image}}","serviceAccountToken":"{{Encoding.ASCII.GetString(token)}}"}""");

    /// <summary>Decides the pull of any bytes, and carries it out.</summary>
    public static DecidedPull Of(
        byte[] requestJson, byte[][] registries, byte[][] lists, byte[]? global, int pieceBytes,
        params OfferedSecret[] shared) => Of(requestJson, registries, lists, global, pieceBytes, shared, others: null);

    private static DecidedPull Of(PullDocuments documents, byte[] token, KeptAnswers? others) => Of(
        Request(documents.Image, token),
        [.. documents.Registries.Select(file => Encoding.UTF8.GetBytes(file.Text))],
        [SecretList.Of(documents.Secrets, isFlatMap: false), SecretList.Of(documents.Secrets, isFlatMap: true)],
        documents.Global is null ? null : Encoding.UTF8.GetBytes(documents.Global),
        documents.PieceBytes,
        [.. documents.Secrets.Where(secret => secret.SharedPlace is not null)],
        others);

    private static DecidedPull Of(
        byte[] requestJson, byte[][] registries, byte[][] lists, byte[]? global, int pieceBytes, OfferedSecret[] shared,
        KeptAnswers? others)
    {
        var node = LawNode.OfThread;
        node.Write(registries, global);
        using var pull = new Pull(new PullInput
        {
            Options = others is null ? node.Options : node.ChainOptions,
            Answers = others,
            Variable = static _ => null,
            Run = Deadline.After(Options.RunBudget),
            Kubelet = default,
            Secrets = new GivenLists(lists, pieceBytes, shared),
        });
        var failure = pull.Decide(requestJson) ?? pull.Commit();
        if (failure is not null)
        {
            pull.Undo();
        }

        var record = pull.End(failure);
        var line = Encoding.UTF8.GetString(PullLine.Of(record).Bytes);
        var file = record.WrittenPath is { } path ? System.IO.File.ReadAllBytes(path) : null;
        node.TakeAuthFile();
        using var answer = new SecretBuffer();
        CredentialProviderResponse.Compose(pull.Image, pull.IsPrivate, answer);
        return failure is not null
            ? new(failure, [], null, [], line)
            : new(null, [.. record.Endpoints.Select(Describe)], file, answer.WrittenSpan.ToArray(), line);
    }

    /// <summary>Feeds a list as its caller does: piece by piece, and an empty one at the end.</summary>
    /// <param name="json">The body.</param>
    /// <param name="documents">Takes what it holds.</param>
    /// <param name="warnings">And what is wrong with it.</param>
    /// <param name="pieceBytes">How long the pieces are; all others are as long as the last.</param>
    /// <returns>Whether it is a whole list.</returns>
    public static bool ReadList(byte[] json, AuthDocument documents, SecretNotices warnings, params int[] pieceBytes)
    {
        using var reader = new SecretListReader(documents, warnings);
        reader.Start();
        var at = 0;
        for (var turn = 0; ; turn++)
        {
            var piece = json[at..Math.Min(json.Length, at + pieceBytes[Math.Min(turn, pieceBytes.Length - 1)])];
            at += piece.Length;
            var isLast = piece.Length == 0;
            if (!reader.Read(piece, isLast))
            {
                return false;
            }

            if (isLast)
            {
                return reader.IsWhole;
            }
        }
    }

    private static DecidedEndpoint Describe(EndpointCredential endpoint) => new(
        Encoding.UTF8.GetString(endpoint.Repository.Name.Span),
        AuthDocuments.Describe(endpoint),
        endpoint.IsFound
            ? $"{Encoding.Latin1.GetString(endpoint.UserPassword)}|{Encoding.UTF8.GetString(endpoint.IdentityToken)}"
            : "-",
        endpoint.IsFromSecret);

    /// <summary>Lists that an API server would answer.</summary>
    private sealed class GivenLists(byte[][] lists, int pieceBytes, OfferedSecret[] shared) : ISecretSource
    {
        public SecretsRead OfferTo(in SecretsWanted wanted, ref PhaseTimes times)
        {
            using var documents = new AuthDocument(wanted.Endpoints.All, wanted.Notices);
            foreach (var list in lists)
            {
                if (!ReadList(list, documents, wanted.Notices, pieceBytes))
                {
                    return new SecretsRead
                    {
                        Mode = SecretsMode.Namespace,
                        Failure = new Failure("the API server answered something other than a whole SecretList"),
                    };
                }
            }

            using var reader = new SecretReader(documents, wanted.Notices);
            foreach (var secret in shared)
            {
                var name = secret.Name.Split('/');
                Assert.True(reader.Read(
                    SecretList.Shared(secret), Encoding.UTF8.GetBytes(name[0]), Encoding.UTF8.GetBytes(name[1]),
                    new CredentialSource(Encoding.UTF8.GetBytes(secret.Name), secret.Precedence) { IsShared = true }));
            }

            return new SecretsRead { Mode = SecretsMode.Namespace };
        }
    }
}
