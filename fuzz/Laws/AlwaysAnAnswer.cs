using System.Text;
using System.Text.Json;
using CsCheck;
using FastProvider.Base;
using FastProvider.Fuzz.Laws.Documents;
using FastProvider.Tests;
using FastProvider.Tests.AuthFile;
using Xunit.Abstractions;

namespace FastProvider.Fuzz.Laws;

/// <summary>
/// Law 7, as far as it is decided before the wire and after it: whatever the bytes of all documents, the pull has an answer or a
/// failure of one line, and takes memory in proportion to what it was given.
/// </summary>
public sealed class AlwaysAnAnswer(ITestOutputHelper output)
{
    private const int LongBytes = 300_000, MaxLineChars = 16_384;

    private static readonly byte[] Token = Encoding.ASCII.GetBytes(
        $"aA.{Convert.ToBase64String("""{"aud":"a","kubernetes.io":{"namespace":"team-a"}}"""u8).TrimEnd('=')}.c2ln");

    private static readonly byte[] Mirrored =
        "[[registry]]\nlocation = 'reg.example.com'\n[[registry.mirror]]\nlocation = 'mirror.example.com/team'"u8.ToArray();

    private static readonly byte[] NoSecrets = SecretList.Of([], isFlatMap: true);

    /// <summary>What costs one parser or another the most: depth, escapes, names, nothing at all.</summary>
    private static readonly Gen<string> Piece = Gen.OneOf(
        "{", "[", "\"", "\\", "\\u0061", "\\ud800", "a", " ", "\n", "\0", "\u00e9", "=", ".", ",", "0", "{\"a\":", "[{\"a\":[",
        "\"a\":1,", "\"a\":{},",
        "\"mirror.example.com\":{},", "\"mirror.example.com\":{\"auth\":\"Og==\"},",
        "\"mirror\\u002eexample.com\\/\":{\"auth\":\"YTpi\"},", "\"*.*.*\":{\"auth\":\"YTpi\"},",
        "\"auth\":\"YTpi\",", "\"auth\":\"\\ud800\",", "\"\\ud800\":1,",
        "\"auths\":{\"mirror.example.com\":{\"auth\":\"YTpi\"}},", "\"auths\":null,", "YTpi", "\r\n", "/", "*");

    private static readonly Gen<string> Start = Gen.OneOf(
        "", "{", "{\"auths\":{", "{\"auths\":{\"mirror.example.com\":{", "{\"auths\":{\"mirror.example.com\":{\"auth\":\"",
        "{\"auths\":{\"mirror.example.com", "{\"auths\":{\"*", "{\"credHelpers\":{",
        "{\"kind\":\"SecretList\",\"items\":[{", "{\"kind\":\"SecretList\",\"items\":[{\"metadata\":{\"name\":\"",
        "{\"kubernetes.io\":{\"namespace\":\"", "{\"aud\":[\"", "{\"exp\":", "{\"image\":\"a.b/");

    private static readonly Gen<string> End = Gen.OneOf("", "\"", "}", "\"x\":1}", "\"}}}", "\"x\":{}}}", "\"x\":{}}}}");

    [Fact]
    public void For_any_bytes_of_any_document()
    {
        int failed = 0, written = 0;
        var inputs =
            from documents in PullDocuments.Any
            from request in Nearly(DecidedPull.Request(documents.Image, Token))
            from registries in Nearly(Encoding.UTF8.GetBytes(documents.Registries[0].Text))
            from list in Nearly(SecretList.Of(documents.Secrets, isFlatMap: false))
            from legacy in Nearly(SecretList.Of(documents.Secrets, isFlatMap: true))
            from global in Nearly(Encoding.UTF8.GetBytes(documents.Global ?? ""))
            select (request, registries, list, legacy, global, documents.PieceBytes, documents);
        var pulls = new SeenPulls();
        inputs.Holds(output, 2000, input =>
        {
            pulls.Add(input.documents);
            var pull = DecidedPull.Of(
                input.request, [input.registries], [input.list, input.legacy], input.global, input.PieceBytes);
            IsSound(pull);
            Interlocked.Add(ref failed, pull.Failure is null ? 0 : 1);
            Interlocked.Add(ref written, pull.File is null ? 0 : 1);
        });
        output.WriteLine($"{failed} failed, {written} written");
        pulls.AreEnough(output);
        Assert.True(
            failed > 100 && written > 100, $"{failed} pulls failed, {written} wrote a file: one of both was hardly looked at.");
    }

    [Fact]
    public void For_a_long_document_of_any_piece_over_and_over_with_memory_in_proportion() =>
        Gen.Select(Start, Piece, End, Gen.Int[0, 4]).Holds(output, 40, input =>
        {
            var (start, piece, end, place) = input;
            var text = start + string.Concat(Enumerable.Repeat(piece, LongBytes / piece.Length)) + end;
            var bytes = Encoding.UTF8.GetBytes(text);
            var request = place == 0 ? bytes : DecidedPull.Request("reg.example.com/app", place == 1 ? TokenOf(bytes) : Token);
            var list = place == 2 ? bytes : SecretList.Of(place == 3 ? [new("s", 0, false, text)] : [], isFlatMap: false);
            var global = place == 4 ? bytes : null;
            DecidedPull.Of(request, [Mirrored], [NoSecrets], null, LongBytes);

            var before = GC.GetAllocatedBytesForCurrentThread();
            var pull = DecidedPull.Of(request, [Mirrored], [list, NoSecrets], global, 2 * LongBytes);
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

            IsSound(pull);
            // The pieces that a list comes in are copied twice here, and pooled memory that is not there yet is allocated.
            Assert.InRange(allocated, 0, 40 * LongBytes);
        });

    private static void IsSound(DecidedPull pull)
    {
        Assert.True(
            pull.Failure is null ? pull.Answer.Length > 0 : pull.Answer.Length == 0 && pull.File is null,
            "There is neither answer nor failure, or both.");
        Assert.True(
            pull.Failure is null or { ExitCode: Failure.PullFailed, Message.Length: > 0 },
            "The failure has no cause or another exit status.");
        Assert.InRange(pull.Line.Length, 1, MaxLineChars);
        Assert.False(pull.Line.Any(char.IsControl), "The line is more than one, or colours a terminal.");
        if (pull.Failure is null)
        {
            using var answer = JsonDocument.Parse(pull.Answer);
        }

        foreach (var endpoint in pull.File is null ? [] : pull.Endpoints.Where(endpoint => endpoint.IsFromSecret))
        {
            CrioLookup.Find(pull.File!, endpoint.Repository);
        }
    }

    private static Gen<byte[]> Nearly(byte[] document) => Gen.Frequency((3, Gen.Const(document)), (1, Mangled.Of(document)));

    private static byte[] TokenOf(byte[] payload) =>
        Encoding.ASCII.GetBytes($"aA.{Convert.ToBase64String(payload).TrimEnd('=').Replace('+', '-').Replace('/', '_')}.c2ln");
}
