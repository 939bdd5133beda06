using System.Text;
using System.Text.Json;

namespace FastProvider.Fuzz.Targets;

/// <summary>
/// The choice of credentials once more, from its description, on document models and strings: who offers what to which
/// repository, and what is the best of it. Slow and obvious.
/// </summary>
internal sealed class AuthModel
{
    private readonly List<Offer> _offers = [];

    /// <summary>
    /// Some entry holds what readers of base64 take differently (bits that are not used, NUL in a password), so that the choice
    /// is compared no further.
    /// </summary>
    public bool IsUnsure { get; private set; }

    /// <summary>Takes the entries of a Secret's document; it must not be odd.</summary>
    /// <returns>False if the document is none.</returns>
    public bool TryAdd(JsonElement document, bool isFlatMap, string secret = "s", long createdAt = 0)
    {
        if (document.ValueKind is not JsonValueKind.Object)
        {
            return false;
        }

        var auths = document;
        if (!isFlatMap && (!document.TryGetProperty("auths", out auths) || auths.ValueKind is JsonValueKind.Null))
        {
            return true;
        }

        if (auths.ValueKind is not JsonValueKind.Object)
        {
            return false;
        }

        foreach (var member in auths.EnumerateObject())
        {
            var entry = AuthEntryModel.Read(member.Value);
            IsUnsure |= entry.IsUnsure;
            if (entry.UserPassword is not null)
            {
                _offers.Add(new Offer(secret, createdAt, member.Name, entry.UserPassword, entry.IdentityToken));
            }
        }

        return true;
    }

    /// <summary>What a repository gets, in the words of <see cref="Endpoints"/>.</summary>
    public string Best(string repository)
    {
        var candidates =
            from offer in _offers
            let length = RegistryKeyModel.PathLength(offer.Key, repository)
            where length is not null
            orderby length descending, RegistryKeyModel.Globs(offer.Key), offer.CreatedAt descending,
                InBytes(offer.Secret), RegistryKeyModel.IsPlain(offer.Key, repository) descending, InBytes(offer.Key)
            select Endpoints.Describe(offer.Secret, offer.Key, offer.UserPassword, offer.IdentityToken);
        return candidates.FirstOrDefault("-");
    }

    /// <summary>What a repository gets of an auth file of the node: what CRI-O looks for goes first.</summary>
    public string BestOfNode(string repository)
    {
        var candidates =
            from offer in _offers
            let length = RegistryKeyModel.PathLength(offer.Key, repository)
            let fit = RegistryKeyModel.IsPlain(offer.Key, repository) ? 2
                : RegistryKeyModel.IsForHostOf(offer.Key, repository) ? 1
                : 0
            where fit > 0 || length is not null
            orderby fit descending, length ?? 0 descending, RegistryKeyModel.Globs(offer.Key), InBytes(offer.Key)
            select Endpoints.Describe(offer.Secret, offer.Key, offer.UserPassword, offer.IdentityToken);
        return candidates.FirstOrDefault("-");
    }

    // Ordered as its bytes are.
    private static string InBytes(string text) => Convert.ToHexString(Encoding.UTF8.GetBytes(text));

    private sealed record Offer(string Secret, long CreatedAt, string Key, string UserPassword, string IdentityToken);
}
