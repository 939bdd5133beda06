using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace FastProvider.Json;

/// <summary>What is no JSON, said as Utf8JsonReader says it, so that the caller of either needs one handler.</summary>
internal static class JsonRefusal
{
    /// <exception cref="JsonException">Always.</exception>
    [DoesNotReturn]
    public static void Throw() => throw new JsonException();
}
