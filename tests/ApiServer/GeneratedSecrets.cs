using System.Collections;

namespace FastProvider.Tests.ApiServer;

/// <summary>
/// Many registry Secrets in the shape of the recorded <c>list-big-identity</c> (one key, label <c>app</c>), made while they are
/// served: a namespace of 10,000 costs no memory. The one at <paramref name="wantedAt"/> serves <paramref name="wantedKey"/>.
/// </summary>
/// <param name="count">How many Secrets.</param>
/// <param name="wantedKey">The registry key of the one that a test looks for; null for none.</param>
/// <param name="wanted">Its entry.</param>
/// <param name="wantedAt">Its index; the last by default, so that a reader must come to the end.</param>
public sealed class GeneratedSecrets(int count, string? wantedKey = null, RegistryEntry? wanted = null, int? wantedAt = null)
    : IEnumerable<Secret>
{
    public IEnumerator<Secret> GetEnumerator()
    {
        var wantedIndex = wantedAt ?? count - 1;
        for (var i = 0; i < count; i++)
        {
            var entry = wantedKey is not null && i == wantedIndex
                ? (wantedKey, wanted ?? RegistryEntry.Basic("wanted", "wanted-password"))
                : ($"registry-{i + 1}.example.com", RegistryEntry.Basic($"user{i + 1}", $"pass{i + 1}"));
            yield return Secret.DockerConfigJson($"s-{i + 1:D5}", entry) with
            {
                ResourceVersion = 238 + i,
                Labels = new Dictionary<string, string> { ["app"] = $"t{(i + 1) % 7}" },
            };
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
