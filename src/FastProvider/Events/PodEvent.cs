using System;
using System.Globalization;
using System.Text;
using FastProvider.Token;

namespace FastProvider.Events;

/// <summary>What is to be told about a pod: names, and words for people. It goes to another process as a few lines of text.</summary>
/// <param name="Namespace">A checked DNS-1123 label.</param>
/// <param name="Pod">A checked DNS-1123 subdomain.</param>
/// <param name="PodUid">As the token has it.</param>
/// <param name="Reason">Not <see cref="EventReason.None"/>.</param>
/// <param name="Note">One line, at most <see cref="MaxNoteBytes"/> long.</param>
internal sealed record PodEvent(string Namespace, string Pod, string PodUid, EventReason Reason, string Note)
{
    /// <summary>k8s.io/kubernetes/pkg/apis/core/validation/events.go, NoteLengthLimit.</summary>
    private const int MaxNoteBytes = 1024;

    private const int MaxUidBytes = 128;

    private const string FirstLine = "fast-provider pod event";

    private const string Cut = "...";

    /// <summary>The Event for a pull, or null if there is nothing that concerns a pod, or no pod.</summary>
    public static PodEvent? Of(PullReport report, Failure? failure)
    {
        var (reason, text) = failure is { Reason: not EventReason.None } ? (failure.Reason, failure.Note ?? failure.Message) : report.Warnings.FirstEvent;
        if (reason is EventReason.None || report.Pod is not { } pod)
        {
            return null;
        }

        var image = Encoding.UTF8.GetString(report.Image);
        var note = failure is null ? $"Mirror credentials for {image}: {text}" : $"No mirror credentials for {image}: {text}";
        return new PodEvent(pod.Namespace, pod.Name, pod.Uid, reason, Shorten(note));
    }

    /// <summary>The lines, with the process that may be the kubelet, which the reader is no child of.</summary>
    public byte[] ToBytes(int kubeletId) => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture, $"{FirstLine}\n{kubeletId}\n{Namespace}\n{Pod}\n{PodUid}\n{(int)Reason}\n{Note}"));

    /// <summary>Reads what <see cref="ToBytes"/> wrote; null for anything else.</summary>
    public static PodEvent? Read(ReadOnlySpan<byte> bytes, out int kubeletId)
    {
        var lines = Encoding.UTF8.GetString(bytes).Split('\n');
        kubeletId = 0;
        if (lines.Length != 7 || lines[0] != FirstLine
            || !int.TryParse(lines[1], NumberStyles.None, CultureInfo.InvariantCulture, out kubeletId)
            || !int.TryParse(lines[5], NumberStyles.None, CultureInfo.InvariantCulture, out var reason)
            || reason is <= (int)EventReason.None or > (int)EventReason.Unavailable)
        {
            return null;
        }

        return new PodEvent(lines[2], lines[3], lines[4], (EventReason)reason, lines[6]);
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

    /// <summary>The pod of a token, as far as it can be named in a URL and in JSON.</summary>
    internal sealed record Subject(string Namespace, string Name, string Uid)
    {
        public static Subject? Of(in TokenClaims claims)
        {
            if (!SubdomainName.IsValid(claims.Pod.Span) || claims.PodUid.Length is 0 or > MaxUidBytes
                || claims.PodUid.Span.ContainsAnyExceptInRange((byte)'-', (byte)'z') || claims.PodUid.Span.Contains((byte)'\\'))
            {
                return null;
            }

            return new Subject(
                Encoding.ASCII.GetString(claims.Namespace.Span), Encoding.ASCII.GetString(claims.Pod.Span), Encoding.ASCII.GetString(claims.PodUid.Span));
        }
    }
}
