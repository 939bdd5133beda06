namespace FastProvider.Base;

/// <summary>What a failure or a warning of a pull has to say to the tenant, if it is to be said in an Event.</summary>
/// <param name="reason">What it is about.</param>
/// <param name="text">The same at each repetition, names and no content, and nothing of the node's own.</param>
internal sealed class TenantNote(EventReason reason, string text)
{
    public EventReason Reason => reason;

    public string Text => text;
}
