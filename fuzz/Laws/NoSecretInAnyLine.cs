using System.Buffers;
using System.Text;
using CsCheck;
using FastProvider.Fuzz.Laws.Documents;
using FastProvider.Tests;
using FastProvider.Tests.Secrets;
using Xunit.Abstractions;

namespace FastProvider.Fuzz.Laws;

/// <summary>
/// Law 5: no token, password, user, auth string or identity token is in the line of a run, in a failure or in the answer,
/// whatever the documents; and memory that goes back to the pool holds none.
/// </summary>
public sealed class NoSecretInAnyLine(ITestOutputHelper output)
{
    private const int Signature = 100;

    [Fact]
    public void Of_any_pull()
    {
        var pulls = new SeenPulls();
        PullDocuments.Any.Holds(output, 1000, documents =>
        {
            pulls.Add(documents);
            var token = Token(documents);
            Holds(DecidedPull.Of(documents, token), documents, token);
        });
        pulls.AreEnough(output);
    }

    [Fact]
    public void Of_any_pull_with_a_document_that_is_nearly_valid()
    {
        var failed = 0;
        var nearly =
            from documents in PullDocuments.Any
            from which in Gen.Int[0, 4]
            from mangled in Mangled.Of(Bytes(documents, which))
            select (documents, which, mangled);
        nearly.Holds(output, 1500, input =>
        {
            var (documents, which, mangled) = input;
            byte[] Of(int document) => document == which ? mangled : Bytes(documents, document);
            var pull = DecidedPull.Of(
                Of(0), [Of(1)], [Of(2), Of(3)], documents.Global is null ? null : Of(4), documents.PieceBytes);
            Holds(pull, documents, Token(documents));
            Interlocked.Add(ref failed, pull.Failure is null ? 0 : 1);
        });
        output.WriteLine($"{failed} failed");
        Assert.True(failed > 100, $"Only {failed} pulls failed, so few failures were looked at.");
    }

    /// <summary>The pool is asked for what the pull gave back, on the thread that ran it.</summary>
    [Fact]
    public void In_memory_that_went_back_to_the_pool()
    {
        var pulls = new SeenPulls();
        PullDocuments.Any.Holds(output, 600, documents =>
        {
            pulls.Add(documents);
            LeavesNone(documents);
        });
        pulls.AreEnough(output);
    }

    private static void LeavesNone(PullDocuments documents)
    {
        var token = Token(documents);
        byte[][] marks =
            [Encoding.ASCII.GetBytes(documents.Salt), token[^Signature..],
                .. AuthStrings(documents).Select(Encoding.UTF8.GetBytes)];

        // What the pool has not at hand comes from the collector as it lies there, perhaps over a dead text of this test. That is
        // chance; what a pull leaves, it leaves each time.
        Assert.False(
            Enumerable.Range(0, 3).All(_ => LeavesAny(documents, token, marks)),
            "Memory of the pool holds a secret of this pull.");
    }

    private static bool LeavesAny(PullDocuments documents, byte[] token, byte[][] marks)
    {
        DecidedPull.Of(documents, token);
        List<byte[]> rented = [];
        for (var size = 16; size <= 1 << 16; size *= 2)
        {
            for (var i = 0; i < 4; i++)
            {
                rented.Add(ArrayPool<byte>.Shared.Rent(size));
            }
        }

        var isDirty = rented.Any(array => marks.Any(mark => array.AsSpan().IndexOf(mark) >= 0));
        rented.ForEach(array => ArrayPool<byte>.Shared.Return(array, clearArray: true));
        return isDirty;
    }

    private static void Holds(DecidedPull pull, PullDocuments documents, byte[] token)
    {
        var said = $"{pull.Line} {pull.Failure} {Encoding.UTF8.GetString(pull.Answer)}";
        // Not by Assert.DoesNotContain: a report of this law's breach would show the secret.
        Assert.False(
            said.Contains(documents.Salt, StringComparison.Ordinal), "A user, password or identity token is in the line.");
        Assert.False(Encoding.ASCII.GetString(token).Split('.').Any(said.Contains), "A part of the token is in the line.");
        Assert.False(Texts(documents).Any(said.Contains), "An auth string or a whole document is in the line.");
    }

    /// <summary>A token whose payload and signature no other text has.</summary>
    private static byte[] Token(PullDocuments documents)
    {
        var payload =
            $$$$"""{"aud":"a","iss":"i","jti":"{{{{documents.Salt}}}}","kubernetes.io":{"namespace":"team-a","pod":{"name":"p"},"serviceaccount":{"name":"sa"}}}""";
        return Encoding.ASCII.GetBytes(
            $"{Base64("{\"alg\":\"RS256\"}")}.{Base64(payload)}."
                + $"{new string('s', Signature - documents.Salt.Length)}{documents.Salt}");
    }

    /// <summary>The documents in base64, and the auth strings in them.</summary>
    private static IEnumerable<string> Texts(PullDocuments documents) =>
        documents.Secrets.Select(secret => Convert.ToBase64String(Encoding.UTF8.GetBytes(secret.Json)))
            .Concat(AuthStrings(documents));

    private static IEnumerable<string> AuthStrings(PullDocuments documents) =>
        from document in documents.Secrets.Select(secret => (secret.Json, secret.IsFlatMap))
            .Append((Json: documents.Global ?? "{}", IsFlatMap: false))
        from entry in GoAuths.Read(Encoding.UTF8.GetBytes(document.Json), document.IsFlatMap)?.Entries.Values.ToArray() ?? []
        where GoBase64.Decode(entry.Auth, isPaddingFree: true)?.Contains(documents.Salt, StringComparison.Ordinal) is true
        select entry.Auth;

    private static byte[] Bytes(PullDocuments documents, int which) => which switch
    {
        0 => DecidedPull.Request(documents.Image, Token(documents)),
        1 => Encoding.UTF8.GetBytes(documents.Registries[0].Text),
        2 => SecretList.Of(documents.Secrets, isFlatMap: false),
        3 => SecretList.Of(documents.Secrets, isFlatMap: true),
        _ => Encoding.UTF8.GetBytes(documents.Global ?? ""),
    };

    private static string Base64(string text) =>
        Convert.ToBase64String(Encoding.UTF8.GetBytes(text)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
