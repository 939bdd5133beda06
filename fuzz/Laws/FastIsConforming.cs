using System.Text;
using CsCheck;
using FastProvider.Fuzz.Laws.Documents;
using FastProvider.Fuzz.Laws.Models;
using FastProvider.Mirrors;
using FastProvider.Names;
using FastProvider.Native;
using FastProvider.Request;
using FastProvider.Tests;
using FastProvider.Tests.Mirrors;
using FastProvider.Tests.Secrets;
using FastProvider.Tests.Toml;
using FastProvider.Token;
using Xunit.Abstractions;

namespace FastProvider.Fuzz.Laws;

/// <summary>
/// Law 8: for every input the fast path answers exactly what a conforming library answers: System.Text.Json's document model (as
/// Go would use it) for requests, claims, auth documents and lists, Tomlyn for the meaning of TOML; a naive model for what is
/// made of it; and the pieces of a list are the whole.
/// </summary>
public sealed class FastIsConforming(ITestOutputHelper output)
{
    private static readonly Gen<string> Image = Gen.OneOf(
        "reg.example.com/team/app", "reg.example.com:5000/team/app", "docker.io/library/busybox", "docker.io/busybox",
        "index.docker.io/team/app", "a.b/v1/x", "localhost/te", "x.com/y");

    private static readonly Gen<string> NamePart = Gen.OneOf(
        "a", "b2", "team", "a.b", "a_b", "a__b", "a-b", "a---b", "A", "a_", "-a", ".", "", "a:5000", "localhost", "docker.io",
        "index.docker.io", "\u00e9", "[::1]");

    /// <summary>As registries with tokens for passwords have them.</summary>
    private static readonly OfferedSecret Long = new(
        "long", 0, false,
        "{\"auths\":{\"mirror.example.com\":{\"auth\":\""
            + Convert.ToBase64String(Encoding.ASCII.GetBytes($"user:{new string('x', 3500)}"))
            + "\"}}}");

    [Fact]
    public void In_requests()
    {
        int valid = 0, invalid = 0;
        var inputs = Gen.Select(
            Image,
            Gen.OneOf(
                "", ",\"serviceAccountAnnotations\":{\"a\":{\"image\":\"x\"}}", ",\"kind\":\"CredentialProviderRequest\"",
                ",\"image\":null", ",\"im\\u0061ge\":\"a.b/c\"", ",\"kind\":5"), Gen.Bool)
            .SelectMany((image, more, isWhole) => Text(
                $$"""{"kind":"CredentialProviderRequest","apiVersion":"credentialprovider.kubelet.k8s.io/v1","image":"{{image}}","serviceAccountToken":"a.b.c"{{more}}}""", isWhole));
        inputs.Holds(output, 4000, json =>
        {
            using var values = new SecretBuffer();
            var failure = CredentialProviderRequest.Read(json, values, out var request);
            if (!Model(() => NaiveRequest.Read(json), out var expected))
            {
                return;
            }

            Assert.Equal(expected is null, failure is not null);
            Assert.Equal(expected ?? ("", ""), (Utf8(request.Image), Utf8(request.Token)));
            Interlocked.Increment(ref expected is null ? ref invalid : ref valid);
        });
        IsEnough(valid, invalid);
    }

    [Fact]
    public void In_claims()
    {
        int valid = 0, invalid = 0;
        var inputs = Gen.Select(
            Gen.OneOf("\"team-a\"", "\"team-b\"", "\"team-c\"", "\"team-d\"", "\"A\"", "null", "5", "\"t\\u0065am\""),
            Gen.OneOf("\"a\"", "\"b\"", "[\"a\",\"b\"]", "[null,\"\",\"b\"]", "null", "[[]]"),
            Gen.OneOf("1795400000", "1.5", "-1e3", "1e300", "null"),
            Gen.OneOf("", ",\"kubernetes.io\":{}", ",\"kubernetes.io\":{\"namespace\":\"b\",\"pod\":{}}", ",\"x\":{\"iss\":5}"),
            Gen.Bool)
            .SelectMany((ns, audiences, expiry, more, isWhole) => Text(
                $$$$"""{"aud":{{{{audiences}}}},"exp":{{{{expiry}}}},"iss":"i","kubernetes.io":{"namespace":{{{{ns}}}},"pod":{"name":"p","uid":"u"},"serviceaccount":{"name":"s"}}{{{{more}}}}}""", isWhole))
            .Where(json => json.Length > 0);
        inputs.Holds(output, 4000, json =>
        {
            using var values = new SecretBuffer();
            var token = $"aA.{Convert.ToBase64String(json).TrimEnd('=').Replace('+', '-').Replace('/', '_')}.c2ln";
            var failure = TokenClaims.Read(Encoding.ASCII.GetBytes(token), values, out var claims);
            if (!Model(() => NaiveClaims.Read(json), out var expected))
            {
                return;
            }

            var read = failure is not null ? null
                : new NaiveClaims(
                    Utf8(claims.Namespace), Utf8(claims.ServiceAccount), Utf8(claims.Pod), Utf8(claims.PodUid),
                    Utf8(claims.Audiences), Utf8(claims.Issuer), claims.ExpiresAtUnixSeconds);
            Assert.Equal(expected, read);
            Interlocked.Increment(ref read is null ? ref invalid : ref valid);
        });
        IsEnough(valid, invalid);
    }

    [Fact]
    public void In_auth_documents()
    {
        var found = 0;
        var inputs =
            from documents in PullDocuments.Any
            where documents.Secrets.Length > 0
            from isWhole in Gen.Bool
            from json in Text(documents.Secrets[0].Json, isWhole)
            select (json, documents.Secrets[0].IsFlatMap);
        inputs.Holds(output, 2500, input =>
        {
            string[] repositories = ["mirror.example.com/team/app", "reg.example.com/team/app", "docker.io/library/busybox"];
            using var documents = new AuthDocuments(repositories);
            var fault = documents.Read(input.json, "s", isFlatMap: input.IsFlatMap);
            Assert.Equal(GoAuths.Read(input.json, input.IsFlatMap) is null, fault is not null);
            var text = Encoding.UTF8.GetString(input.json);
            if (!text.Contains('\uFFFD', StringComparison.Ordinal))
            {
                Assert.Equal(
                    repositories.Select(repository =>
                        NaiveChoice.For(repository, [new OfferedSecret("s", 0, input.IsFlatMap, text)])), documents.Found);
                Interlocked.Add(ref found, documents.Found.Count(credential => credential != "-"));
            }
        });
        output.WriteLine($"{found} found");
        Assert.True(found > 500, $"Only {found} endpoints had a credential, so little was compared.");
    }

    [Fact]
    public void In_lists_cut_at_every_byte()
    {
        int whole = 0, longValues = 0, found = 0;
        var inputs =
            from documents in PullDocuments.Any
            from isWhole in Gen.Bool
            from isLong in Gen.Frequency((2, Gen.Const(false)), (1, Gen.Const(true)))
            from json in Text(
                Encoding.UTF8.GetString(SecretList.Of(
                    isLong ? documents.Secrets.Take(1).Append(Long) : documents.Secrets.Take(2), isFlatMap: false)), isWhole)
            let pieceBytes = isLong ? 16 * documents.PieceBytes : documents.PieceBytes
            select (json, pieceBytes);
        inputs.Holds(output, 60, input =>
        {
            var expected = Read(input.json, input.json.Length + 1);
            Interlocked.Add(ref whole, expected is null ? 0 : 1);
            Interlocked.Add(ref longValues, expected is not null && input.json.Length > 5000 ? 1 : 0);
            Interlocked.Add(ref found, expected?.StartsWith("-, -;", StringComparison.Ordinal) is false ? 1 : 0);
            Assert.Equal(expected, Read(input.json, input.pieceBytes));
            for (var cut = 1; cut < input.json.Length; cut++)
            {
                Assert.Equal(expected, Read(input.json, cut, input.json.Length));
            }
        });
        output.WriteLine($"{whole} whole, {found} with a credential, {longValues} with a long value");
        Assert.True(
            whole > 20 && found > 10 && longValues > 0,
            $"Only {whole} lists were whole, {found} had a credential, {longValues} a long value.");
    }

    [Fact]
    public void In_registries_conf()
    {
        int fast = 0, whole = 0, mirrored = 0;
        Gen.Select(Registries.Valid.Array[1, 3], Image).Holds(output, 3000, input =>
        {
            var (files, image) = input;
            var expected = NaiveSources.Of(files, image);
            Assert.Equal(expected, Endpoints(files, image, RegistriesReader.FastFirst, out var reads));
            Assert.Equal(expected, Endpoints(files, image, RegistriesReader.WholeDocument, out _));
            Interlocked.Add(ref whole, reads);
            Interlocked.Add(ref fast, files.Length - reads);
            Interlocked.Add(ref mirrored, expected.Length > 1 ? 1 : 0);
        });
        output.WriteLine($"{fast} fast, {whole} whole, {mirrored} mirrored");
        Assert.True(
            fast > 100 && whole > 100 && mirrored > 100,
            $"{fast} files were read fast, {whole} as whole documents, {mirrored} images had a mirror: too few of one.");
    }

    [Fact]
    public void In_registries_conf_that_is_nearly_valid()
    {
        int invalid = 0, valid = 0;
        var inputs =
            from file in Registries.Valid
            from text in Mangled.Of(file.Text)
            from image in Image
            select (text, image);
        inputs.Holds(output, 3000, input =>
            Interlocked.Increment(ref Answer.Of(input.text, input.image) is Answer.Invalid ? ref invalid : ref valid));
        output.WriteLine($"{invalid} invalid, {valid} valid");
        Assert.True(invalid > 100 && valid > 100, $"{invalid} files were invalid, {valid} not: too few of one.");
    }

    /// <summary>Where both take a text; what CRI-O's decoder takes is recorded (TomlVerdictTests).</summary>
    [Fact]
    public void In_toml()
    {
        var both = 0;
        var inputs =
            from file in Registries.Valid
            from isWhole in Gen.Bool
            from text in Text(file.Text, isWhole)
            select text;
        inputs.Holds(output, 3000, text =>
        {
            if (TomlMeaning.ByOurs(text) is { } ours && TomlMeaning.ByTomlyn(Encoding.UTF8.GetString(text)) is { } theirs)
            {
                Assert.Equal(theirs, ours);
                Interlocked.Increment(ref both);
            }
        });
        output.WriteLine($"{both} taken by both");
        Assert.True(both > 500, $"Only {both} texts were taken by both, so little was compared.");
    }

    [Fact]
    public void In_image_references() => Gen.Select(
        NamePart.Array[0, 5], Gen.Frequency((9, Gen.Const(0)), (1, Gen.Int[230, 260]))).Holds(output, 10_000, input =>
    {
        var (parts, length) = input;
        var name = string.Join('/', parts);
        name += length > name.Length ? new string('x', length - name.Length) : "";
        var bytes = Encoding.UTF8.GetBytes(name);
        Assert.Equal(NaiveReferenceName.IsCanonical(name), ReferenceName.IsCanonical(bytes));
        Assert.Equal(NaiveReferenceName.IsCanonical(NaiveReferenceName.Normalize(name)), ReferenceName.IsNormalizable(bytes));
    });

    private void IsEnough(int valid, int invalid)
    {
        output.WriteLine($"{valid} valid, {invalid} not");
        Assert.True(Math.Min(valid, invalid) * 5 > valid + invalid, $"{valid} were valid, {invalid} not: too few of one.");
    }

    /// <summary>A text as it is, or nearly so.</summary>
    private static Gen<byte[]> Text(string text, bool isWhole) =>
        isWhole ? Gen.Const(Encoding.UTF8.GetBytes(text)) : Mangled.Of(text);

    /// <summary>False where the model cannot say more than that a name or value is not as it should be.</summary>
    private static bool Model<T>(Func<T> read, out T? expected)
    {
        expected = default;
        try
        {
            expected = read();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>What the endpoints get from a list, and what is said of it; null if it is none.</summary>
    private static string? Read(byte[] json, params int[] pieceBytes)
    {
        using var documents = new AuthDocuments("mirror.example.com/team/app", "reg.example.com/team/app");
        return DecidedPull.ReadList(json, documents.Document, documents.Warnings, pieceBytes)
            ? $"{string.Join(", ", documents.Found)}; {documents.Warnings}"
            : null;
    }

    private static string[] Endpoints(RegistriesConf[] files, string image, RegistriesReader reader, out int documentReads)
    {
        var merge = new RegistriesMerge(ReferenceName.Normalize(
            Encoding.UTF8.GetBytes(image), new byte[ReferenceName.MaxLength]));
        foreach (var file in files)
        {
            var failure = merge.Add(Encoding.UTF8.GetBytes(file.Text), "registries.conf"u8, reader);
            Assert.True(failure is null, failure?.Message);
        }

        documentReads = merge.DocumentReads;
        return [.. merge.ToSources().Endpoints.ToArray().Select(endpoint => Encoding.UTF8.GetString(endpoint.Repository.Span))];
    }

    private static string Utf8(ReadOnlyMemory<byte> text) => Encoding.UTF8.GetString(text.Span);
}
