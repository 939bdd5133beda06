using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using FastProvider.Base;
using FastProvider.Pulls;
using FastProvider.Token;

namespace FastProvider.Events;

/// <summary>
/// What is to be told about a pod: names, and words for people. It goes to another process as a few lines of text.
/// </summary>
/// <param name="pod">The pod.</param>
/// <param name="reason">Not <see cref="EventReason.None"/>.</param>
/// <param name="note">One line of a length that the API takes.</param>
internal sealed class PodEvent(PodName pod, EventReason reason, string note)
{
    /// <summary>k8s.io/kubernetes/pkg/apis/core/validation/events.go, NoteLengthLimit.</summary>
    private const int MaxNoteBytes = 1024;

    private const string FirstLine = "fast-provider pod event";

    private const string Dots = "...";

    public PodName Pod => pod;

    public EventReason Reason => reason;

    public string Note => note;

    /// <summary>
    /// The Event for a pull, or null if there is nothing that concerns a pod, or no pod. All that concerns it stands in one note:
    /// a failure before the warnings, and the first gives the reason.
    /// </summary>
    public static PodEvent? Of(PullRecord record)
    {
        if (PodName.Of(record.Claims) is not { } pod)
        {
            return null;
        }

        List<TenantNote> told = [];
        if (record.Failure?.ForTenant is { } failed)
        {
            told.Add(failed);
        }

        record.Notices.AddForTenant(told);
        // Where what is named is no good, that says more.
        if (told.Count == 0 && record.Failure is null && record.NothingNamed is { } nothing)
        {
            told.Add(nothing);
        }

        if (told.Count == 0)
        {
            return null;
        }

        var isWithout = record.Failure is not null || told[0].Reason is EventReason.NoneNamed;
        var note = new SafeText().Append(isWithout ? "No mirror"u8 : "Mirror"u8).Append(" credentials for "u8)
            .Append(record.Request.Image.Span);
        for (var i = 0; i < told.Count; i++)
        {
            note.Append(i == 0 ? ": "u8 : "; "u8).Append(told[i].Text);
        }

        return new PodEvent(pod, told[0].Reason, Shorten(note.Bytes));
    }

    /// <summary>The lines, with the process that may be the kubelet, which the reader is no child of.</summary>
    public byte[] ToBytes(int kubeletId) =>
        Encoding.UTF8.GetBytes($"{FirstLine}\n{kubeletId}\n{pod.Namespace}\n{pod.Name}\n{pod.Uid}\n{(int)reason}\n{note}");

    /// <summary>Reads what <see cref="ToBytes"/> wrote; null for anything else.</summary>
    public static PodEvent? Read(ReadOnlySpan<byte> bytes, out int kubeletId)
    {
        var lines = Encoding.UTF8.GetString(bytes).Split('\n');
        kubeletId = 0;
        return lines.Length == 7 && lines[0] == FirstLine
            && int.TryParse(lines[1], NumberStyles.None, CultureInfo.InvariantCulture, out kubeletId)
            && int.TryParse(lines[5], NumberStyles.None, CultureInfo.InvariantCulture, out var reason)
            && reason is > (int)EventReason.None and <= (int)EventReason.NoneNamed
            ? new PodEvent(new PodName(lines[2], lines[3], lines[4]), (EventReason)reason, lines[6])
            : null;
    }

    /// <summary>
    /// What the API takes, cut between two characters. A line has no control character, which would break the lines above.
    /// </summary>
    private static string Shorten(ReadOnlySpan<byte> line) => line.Length <= MaxNoteBytes
        ? Encoding.UTF8.GetString(line)
        : Encoding.UTF8.GetString(SafeText.Cut(line, MaxNoteBytes - Dots.Length)) + Dots;
}
