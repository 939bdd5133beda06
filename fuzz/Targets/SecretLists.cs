using FastProvider.Secrets;

namespace FastProvider.Fuzz.Targets;

/// <summary>Feeds a list to its reader as the plugin does: piece by piece, and an empty one at the end.</summary>
internal static class SecretLists
{
    /// <returns>"whole N" or "none".</returns>
    public static string Read(Endpoints endpoints, IEnumerable<ReadOnlyMemory<byte>> pieces)
    {
        using var reader = new SecretListReader(endpoints.Document, endpoints.Warnings);
        reader.Start();
        foreach (var piece in pieces)
        {
            if (!reader.Read(piece.Span, isLast: false))
            {
                return "none";
            }
        }

        return reader.Read(default, isLast: true) && reader.IsWhole ? $"whole {reader.Count}" : "none";
    }
}
