using System.Text;
using FastProvider.Mirrors;

namespace FastProvider.Tests.Mirrors;

/// <summary>What one text answers for an image, asked of both readers, which must agree.</summary>
internal static class Answer
{
    public const string Invalid = "invalid";
    public const string None = "none";

    /// <summary>"invalid", "none", or the repository names in pull order, joined by blanks.</summary>
    public static string Of(string text, string image = "example.com/team/app") => Of(Encoding.UTF8.GetBytes(text), image);

    public static string Of(byte[] text, string image)
    {
        var (answer, message, _) = Ask(text, image, RegistriesReader.FastFirst);
        var (conforming, conformingMessage, _) = Ask(text, image, RegistriesReader.WholeDocument);
        Assert.True(answer == conforming, $"The readers differ: {answer} ({message}) and {conforming} ({conformingMessage}).");
        return answer;
    }

    /// <summary>Whether the fast reader takes the text by itself.</summary>
    public static bool IsFast(string text) =>
        Ask(Encoding.UTF8.GetBytes(text), "example.com/team/app", RegistriesReader.FastFirst).DocumentReads == 0;

    public static (string Answer, string? Message, int DocumentReads) Ask(byte[] text, string image, RegistriesReader reader)
    {
        var merge = new RegistriesMerge(Encoding.UTF8.GetBytes(image));
        var failure = merge.Add(text, "registries.conf"u8, reader);
        return failure is not null ? (Invalid, failure.Message, merge.DocumentReads)
            : (merge.ToSources() is { Registry: not null } sources ? Repositories(sources) : None, null, merge.DocumentReads);
    }

    public static string Repositories(PullSources sources) =>
        string.Join(' ', sources.Endpoints.ToArray().Select(endpoint => Encoding.UTF8.GetString(endpoint.Repository.Span)));
}
