using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace FastProvider.Tests.EndToEnd;

/// <summary>The auth file of one pull as CRI-O finds and reads it.</summary>
internal sealed record AuthFile(IReadOnlyDictionary<string, AuthFile.Entry> Auths, string Text)
{
    /// <summary>One entry; a user of null means that there is no <c>auth</c>.</summary>
    internal sealed record Entry(string User, string Password, string? IdentityToken);

    /// <summary>The repositories the file has credentials for, in byte order.</summary>
    public IEnumerable<string> Repositories => Auths.Keys.Order(StringComparer.Ordinal);

    /// <summary>Where CRI-O looks: <c>namespace-sha256(image).json</c>.</summary>
    public static string PathOf(string directory, string @namespace, string image) =>
        Path.Combine(directory, $"{@namespace}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(image)))}.json");

    /// <summary>Reads a file that must be there, a regular file of mode 0600 and nothing but what CRI-O reads.</summary>
    public static AuthFile Read(string path)
    {
        Assert.True(File.Exists(path), $"There is no auth file {Path.GetFileName(path)}.");
        Assert.Null(new FileInfo(path).LinkTarget);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        var text = ReadText(path);
        using var json = JsonDocument.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = false });
        var auths = new Dictionary<string, Entry>();
        foreach (var entry in json.RootElement.GetProperty("auths").EnumerateObject())
        {
            Assert.Empty(entry.Value.EnumerateObject().Select(p => p.Name).Except(["auth", "identitytoken"]));
            var pair = Encoding.UTF8.GetString(entry.Value.GetProperty("auth").GetBytesFromBase64()).Split(':', 2);
            Assert.True(pair.Length == 2, "An auth string does not decode to user:password.");
            auths.Add(entry.Name, new Entry(pair[0], pair[1],
                entry.Value.TryGetProperty("identitytoken", out var token) ? token.GetString() : null));
        }

        Assert.Empty(json.RootElement.EnumerateObject().Select(p => p.Name).Except(["auths", "credHelpers"]));
        return new AuthFile(auths, text);
    }

    /// <summary>
    /// The text of an auth file that was written this moment. The run that wrote it holds a lock until it closes it, which is
    /// nothing to CRI-O; .NET does not read what is locked.
    /// </summary>
    public static string ReadText(string path)
    {
        for (var end = Environment.TickCount64 + 10_000; ; Thread.Sleep(1))
        {
            try
            {
                return File.ReadAllText(path);
            }
            catch (IOException) when (Environment.TickCount64 < end && File.Exists(path))
            {
                // Locked still.
            }
        }
    }

    /// <summary>The entry of a repository has this user and password.</summary>
    public void Serves(string repository, string user, string password)
    {
        Assert.Contains(repository, Auths.Keys);
        Assert.True(Auths[repository].User == user, $"{repository} is served by user {Auths[repository].User}, expected {user}.");
        Assert.True(Auths[repository].Password == password, $"{repository} has another password than its Secret.");
    }
}
