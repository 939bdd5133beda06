using System;
using System.Globalization;
using System.Text;
using FastProvider.Base;
using FastProvider.Native;

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
    public static SafeText Create(PodEvent about, string node, DateTime utc) => new SafeText()
        .Append("{\"kind\":\"Event\",\"apiVersion\":\"events.k8s.io/v1\",\"type\":\"Warning\",\"action\":\"PullImage\""u8)
        .Append(",\"metadata\":{\"name\":\""u8).Append(Name(about)).Append("\",\"namespace\":\""u8).Append(about.Pod.Namespace)
        .Append("\"},\"eventTime\":\""u8).Append(MicroTime(utc))
        .Append("\",\"reportingController\":\"fast-provider\",\"reportingInstance\":\""u8)
        .Append(node.Length > MaxInstanceLength ? node[..MaxInstanceLength] : node)
        .Append("\",\"reason\":\""u8).Append(EventReasonName.Of(about.Reason))
        .Append("\",\"note\":\""u8).Append(Escape(about.Note))
        .Append("\",\"regarding\":{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"namespace\":\""u8).Append(about.Pod.Namespace)
        .Append("\",\"name\":\""u8).Append(about.Pod.Name).Append("\",\"uid\":\""u8).Append(about.Pod.Uid).Append("\"}}"u8);

    /// <summary>A merge patch: it has happened so often by now. Nothing else of an Event may change.</summary>
    public static SafeText Repeat(int count, DateTime utc) => new SafeText()
        .Append("{\"series\":{\"count\":"u8).Append(Math.Max(count, 2))
        .Append(",\"lastObservedTime\":\""u8).Append(MicroTime(utc)).Append("\"}}"u8);

    private static string MicroTime(DateTime utc) =>
        utc.ToString("yyyy-MM-ddTHH:mm:ss.ffffff", CultureInfo.InvariantCulture) + "Z";

    /// <summary>A note has no control characters.</summary>
    private static string Escape(string text) => text.Replace("\\", "\\\\").Replace("\"", "\\\"");
}
