using FastProvider.Base;

namespace FastProvider.Documents;

/// <summary>A key stands twice in a mapping, which strict readers alone refuse.</summary>
internal sealed class RepeatedKeyFailure(string message) : Failure(message);
