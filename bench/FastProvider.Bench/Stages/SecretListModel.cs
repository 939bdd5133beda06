using System.Text.Json;
using System.Text.Json.Serialization;

namespace FastProvider.Bench.Stages;

/// <summary>A SecretList with the fields that a pull needs.</summary>
internal sealed class SecretListModel
{
    [JsonPropertyName("items")]
    public List<Item> Items { get; set; } = [];

    public static SecretListModel Read(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize<SecretListModel>(json)!;

    public string? Find(string repository)
    {
        string? found = null;
        foreach (var item in Items)
        {
            if (item.Type == "kubernetes.io/dockerconfigjson" && item.Data.TryGetValue(".dockerconfigjson", out var document))
            {
                found = AuthModel.Read(document).Find(repository) ?? found;
            }
        }

        return found;
    }

    internal sealed class Item
    {
        [JsonPropertyName("metadata")]
        public Metadata Metadata { get; set; } = new();

        [JsonPropertyName("type")]
        public string Type { get; set; } = "";

        [JsonPropertyName("data")]
        public Dictionary<string, byte[]> Data { get; set; } = [];
    }

    internal sealed class Metadata
    {
        [JsonPropertyName("name")]
        public string Name { get; set; } = "";

        [JsonPropertyName("creationTimestamp")]
        public DateTimeOffset CreationTimestamp { get; set; }
    }
}
