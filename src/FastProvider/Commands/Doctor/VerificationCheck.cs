using System;
using FastProvider.Commands.Explain;
using FastProvider.Kubelet;

namespace FastProvider.Commands.Doctor;

/// <summary>
/// For which images on the node the kubelet asks for credentials before it starts a pod from them: KubeletConfiguration's
/// imagePullCredentialsVerificationPolicy and preloadedImagesVerificationAllowlist (kubernetes, pkg/kubelet/images/pullmanager,
/// image_pull_policies.go). What it asks for it cannot start while the API server is down.
/// </summary>
internal static class VerificationCheck
{
    private const string Default = "NeverVerifyPreloadedImages", OfList = "NeverVerifyAllowlistedImages";

    public static void Run(DoctorRun run, KubeletSettings settings, ProgramVersion? version)
    {
        var isOn = settings.BetaGate(KubeletChecks.PrivateGate) ?? version?.IsBefore(1, 35) is not true;
        if (WhyNotStarted(settings, isOn) is { } why)
        {
            run.Problem(FindingId.ImageVerification, $"a kubelet does not start with this: {why}", "mend its configuration");
        }
        else if (!isOn || settings.VerificationPolicy is "NeverVerify")
        {
            run.Note(FindingId.ImageVerification, "the kubelet verifies no credentials for images that are on the node");
        }
        else
        {
            run.Findings.Add(
                new Finding(FindingId.ImageVerification, Level.Note, Words(settings), null)
                {
                    Items = settings.VerificationAllowlist,
                });
        }
    }

    /// <summary>The validation of a kubelet (pkg/kubelet/apis/config/validation/validation.go).</summary>
    private static string? WhyNotStarted(KubeletSettings settings, bool isOn) =>
        !isOn && settings.VerificationPolicy is { Length: > 0 }
            ? $"imagePullCredentialsVerificationPolicy is set, and feature gate {KubeletChecks.PrivateGate} is off"
        : !isOn && settings.VerificationAllowlist.Count > 0
            ? $"preloadedImagesVerificationAllowlist is set, and feature gate {KubeletChecks.PrivateGate} is off"
        : settings.VerificationPolicy is not (null or "" or "NeverVerify" or Default or OfList or "AlwaysVerify")
            ? $"imagePullCredentialsVerificationPolicy is none of NeverVerify, {Default}, {OfList}, AlwaysVerify"
        : settings.VerificationPolicy != OfList && settings.VerificationAllowlist.Count > 0
            ? $"preloadedImagesVerificationAllowlist is set, and imagePullCredentialsVerificationPolicy is not {OfList}"
        : settings.VerificationAllowlist.Find(static pattern => !IsPattern(pattern)) is { } wrong
            ? $"preloadedImagesVerificationAllowlist: {wrong} is neither the whole name of an image without tag and digest"
                + " nor one with /* at its end"
        : null;

    private static string Words(KubeletSettings settings) => settings.VerificationPolicy switch
    {
        "AlwaysVerify" => "imagePullCredentialsVerificationPolicy is AlwaysVerify:"
            + " a pod needs credentials for every image on the node,"
            + " so no container whose image it asks the provider for starts again while the API server is down",
        OfList => $"imagePullCredentialsVerificationPolicy is {OfList}:"
            + " a pod needs credentials for every image on the node but those of"
            + " preloadedImagesVerificationAllowlist; only these start again while the API server is down",
        var policy => $"imagePullCredentialsVerificationPolicy is {Default}{(policy is null or "" ? " (the default)" : "")}:"
            + " a pod needs credentials for each image that the kubelet pulled with some;"
            + " such a container does not start again while the API server is down",
    };

    /// <summary>
    /// The whole name of an image, without tag and digest, or what names of images begin with and <c>/*</c> behind it.
    /// </summary>
    private static bool IsPattern(string pattern) =>
        pattern.EndsWith("/*", StringComparison.Ordinal)
            ? pattern.Length > "/*".Length && pattern.Trim() == pattern && !pattern[..^1].Contains('*')
            : ImageArgument.Read(pattern).Value?.Repository == pattern;
}
