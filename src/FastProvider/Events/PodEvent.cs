using System;
using System.Globalization;
using System.Text;

namespace FastProvider.Events;

/// <summary>What is to be told about a pod: names, and words for people. It goes to another process as a few lines of text.</summary>
/// <param name="pod">The pod.</param>
/// <param name="reason">Not <see cref="EventReason.None"/>.</param>
/// <param name="note">One line of a length that the API takes.</param>
internal sealed class PodEvent(PodName pod, EventReason reason, string note)
{
    /// <summary>k8s.io/kubernetes/pkg/apis/core/validation/events.go, NoteLengthLimit.</summary>
    private const int MaxNoteBytes = 1024;

    private const string FirstLine = "fast-provider pod event";

    private const string Cut = "...";

    public PodName Pod => pod;

    public EventReason Reason => reason;

    public string Note => note;

    /// <summary>The Event for a pull, or null if there is nothing that concerns a pod, or no pod.</summary>
    public static PodEvent? Of(PullReport report, Failure? failure)
    {
        if (report.Pod is not { } pod || (failure?.ForTenant ?? report.Warnings.ForTenant) is not { } told)
        {
            return null;
        }

        var image = Encoding.UTF8.GetString(report.Image);
        return new PodEvent(pod, told.Reason, Shorten($"{(failure is null ? "Mirror" : "No mirror")} credentials for {image}: {told.Text}"));
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
            && reason is > (int)EventReason.None and <= (int)EventReason.Unavailable
            ? new PodEvent(new PodName(lines[2], lines[3], lines[4]), (EventReason)reason, lines[6])
            : null;
    }

    private static string Shorten(string text)
    {
        // A control character would break the lines above, and has no place in what people read.
        var line = new Utf8Line().Append(text).Bytes;
        var length = line.Length;
        if (length > MaxNoteBytes)
        {
            length = MaxNoteBytes - Cut.Length;
            while ((line[length] & 0xC0) == 0x80)
            {
                length--;
            }
        }

        return Encoding.UTF8.GetString(line[..length]) + (length < line.Length ? Cut : "");
    }
}
