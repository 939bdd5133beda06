using System;
using System.Globalization;
using System.Text;
using FastProvider.Transport;

namespace FastProvider.Events;

/// <summary>
/// The JSON of an Event and of what repeats it.
/// Shape: k8s.io/api/events/v1 Event; the rules: k8s.io/kubernetes/pkg/apis/core/validation/events.go.
/// </summary>
internal static class EventDocument
{
    private const int MaxNameLength = 253, MaxInstanceLength = 128, HashDigits = 16;

    /// <summary>The same for the same trouble of the same pod, so that the API server has one Event for all of it.</summary>
    public static string Name(PodEvent about)
    {
        var hash = Hash($"{about.Pod.Uid}\n{(int)about.Reason}\n{about.Note}");
        var longestPod = MaxNameLength - 1 - HashDigits;
        var pod = about.Pod.Name;
        pod = pod.Length <= longestPod ? pod : pod[..longestPod].TrimEnd('.', '-');
        return $"{pod}.{hash}";
    }

    /// <summary>16 hexadecimal digits.</summary>
    public static string Hash(string text)
    {
        Span<byte> digest = stackalloc byte[32];
        OpenSsl.Sha256(Encoding.UTF8.GetBytes(text), digest);
        return Convert.ToHexStringLower(digest[..(HashDigits / 2)]);
    }

    /// <summary>The Event as it is when it is new.</summary>
    public static string Create(PodEvent about, string node, DateTime utc)
    {
        var instance = node.Length > MaxInstanceLength ? node[..MaxInstanceLength] : node;
        return $$"""{"kind":"Event","apiVersion":"events.k8s.io/v1","metadata":{"name":"{{Name(about)}}" """
            + $$""","namespace":"{{about.Pod.Namespace}}"},"eventTime":"{{MicroTime(utc)}}","action":"PullImage" """
            + $$""","reportingController":"fast-provider","reportingInstance":"{{instance}}","type":"Warning" """
            + $$""","reason":"{{EventReasonName.Of(about.Reason)}}","note":"{{Escape(about.Note)}}" """
            + $$""","regarding":{"kind":"Pod","apiVersion":"v1","namespace":"{{about.Pod.Namespace}}" """
            + $$$""","name":"{{{about.Pod.Name}}}","uid":"{{{about.Pod.Uid}}}"}}""";
    }

    /// <summary>A merge patch: it has happened so often by now. Nothing else of an Event may change.</summary>
    public static string Repeat(int count, DateTime utc) =>
        $$$"""{"series":{"count":{{{Math.Max(count, 2)}}},"lastObservedTime":"{{{MicroTime(utc)}}}"}}""";

    private static string MicroTime(DateTime utc) =>
        utc.ToString("yyyy-MM-ddTHH:mm:ss.ffffff", CultureInfo.InvariantCulture) + "Z";

    /// <summary>A note has no control characters.</summary>
    private static string Escape(string text) => text.Replace("\\", "\\\\").Replace("\"", "\\\"");
}
