using System;
using System.Text;
using FastProvider.Base;
using FastProvider.Node;

namespace FastProvider.Secrets;

/// <summary>What a pull noticed, with the words for Secrets, auth files of the node, and their entries.</summary>
internal sealed class SecretNotices : Notices
{
    /// <summary>Takes every key that is met, where somebody wants to see them; null in a pull.</summary>
    public KeyTrace? Trace { get; init; }

    /// <summary>What is shown of auth files of the node, the last first; null if nothing is.</summary>
    public FileNotice? LastOfFiles { get; private set; }

    /// <summary>How many Secrets have no entry at all.</summary>
    public int EmptyCount { get; private set; }

    /// <summary>The name of the first of them; null if there is none.</summary>
    public string? FirstEmpty { get; private set; }

    public void AddSecret(in CredentialSource source, string dataKey, string fault)
    {
        var isShown = HasRoom();
        if (isShown || MayTell)
        {
            var text = $"Secret {Encoding.UTF8.GetString(source.Name.Span)}: {dataKey} {fault}, so the Secret is passed over";
            Tell(EventReason.SecretBroken, text);
            Show(isShown, text);
        }
    }

    /// <summary>Adds that a valid document has its entries where nobody reads them.</summary>
    public void AddDocument(in CredentialSource source, string dataKey, string fault)
    {
        if (source.IsSecret)
        {
            AddSecret(source, dataKey, fault);
        }
        else
        {
            AddFile(source.File, $"{source}: it {fault}");
        }
    }

    /// <summary>Adds what is wrong with an auth file of the node.</summary>
    /// <param name="file">The file.</param>
    /// <param name="text">What is wrong, with its path.</param>
    /// <param name="isUnread">Nothing of the file counts.</param>
    public void AddFile(NodeAuthFile? file, string text, bool isUnread = false) => ShowOf(file, HasRoom(), text, isUnread);

    /// <summary>
    /// Counts a Secret whose document is valid and empty. A namespace may have such a one on purpose, so it is no warning.
    /// </summary>
    public void NoteEmpty(in CredentialSource secret)
    {
        FirstEmpty = EmptyCount++ == 0 ? Encoding.UTF8.GetString(secret.Name.Span) : FirstEmpty;
    }

    public void AddEntry(in CredentialSource source, ReadOnlySpan<byte> key, string fault)
    {
        Trace?.Refuse(source, key, fault);
        var isShown = HasRoom();
        // The note has no key, so a second one of the same Secret and fault would tell nothing new.
        if (source.IsSecret && MayTell && !IsToldOf(source.Name.Span, fault))
        {
            // Who may see the Events of a namespace may not see its Secrets, and the key stands inside one.
            var name = Encoding.UTF8.GetString(source.Name.Span);
            Tell(EventReason.SecretBroken, $"Secret {name}: an entry is passed over: {fault}", name, fault);
        }

        // A tenant may write thousands of bad entries: no words are made of those that are not shown.
        if (isShown)
        {
            ShowOf(source.File, isShown, $"{source}: the entry of key \"{ShownKey.Of(key)}\" is passed over: {fault}",
                isUnread: false);
        }
    }

    /// <summary>Adds that a chosen credential begins or ends with a line end.</summary>
    public void AddLineEnd(EndpointCredential endpoint)
    {
        const string fault = "user or password begins or ends with a line end, as echo without -n leaves one;"
            + " it is passed on as it is, and a registry may refuse it";
        if (endpoint.IsFromSecret)
        {
            var secret = $"Secret {Encoding.UTF8.GetString(endpoint.SecretName.Span)}";
            Add($"{secret}, key \"{ShownKey.Of(endpoint.Key.Span)}\": {fault}");
            Tell(EventReason.SecretBroken, $"{secret}: {fault}");
        }
        else if (endpoint.Provider is { } provider)
        {
            Add($"credential provider {provider}, key \"{ShownKey.Of(endpoint.Key.Span)}\": {fault}");
        }
        else
        {
            AddFile(endpoint.File, $"global auth file {endpoint.File?.Path}, key \"{ShownKey.Of(endpoint.Key.Span)}\": {fault}");
        }
    }

    private void ShowOf(NodeAuthFile? file, bool isShown, string text, bool isUnread)
    {
        Show(isShown, text);
        if (isShown && file is not null)
        {
            LastOfFiles = new FileNotice(file.Path, text, isUnread, LastOfFiles);
        }
    }

    /// <summary>Forgets all but the first notices, and all keys and empty Secrets, as before a list is read again.</summary>
    public void Truncate(int count)
    {
        Trace?.Truncate(0);
        (EmptyCount, FirstEmpty) = (0, null);
        TruncateNotices(count);
    }
}

/// <summary>What is wrong with an auth file of the node.</summary>
/// <remarks>A chain: the list of a type of its own costs at each start.</remarks>
internal sealed class FileNotice(string path, string text, bool isUnread, FileNotice? before)
{
    public string Path => path;

    public string Text => text;

    /// <summary>Nothing of the file counts.</summary>
    public bool IsUnread => isUnread;

    /// <summary>The notice before this one; null for the first.</summary>
    public FileNotice? Before => before;
}
