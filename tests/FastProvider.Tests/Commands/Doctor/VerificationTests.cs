namespace FastProvider.Tests.Commands.Doctor;

/// <summary>Doctor says for which images on the node the kubelet wants credentials, and which configuration it would not start with.</summary>
public sealed class VerificationTests
{
    private const string Policy = "imagePullCredentialsVerificationPolicy", List = "preloadedImagesVerificationAllowlist";

    [Theory]
    [InlineData("", "note", "NeverVerifyPreloadedImages (the default)")]
    [InlineData($"{Policy}: NeverVerifyPreloadedImages", "note", "is NeverVerifyPreloadedImages:")]
    [InlineData($"{Policy}: AlwaysVerify", "note", "AlwaysVerify")]
    [InlineData($"{Policy}: NeverVerifyAllowlistedImages\n{List}: [quay.io/cni/*, registry.k8s.io/pause]", "note", "quay.io/cni/*")]
    [InlineData($"{Policy}: NeverVerify", "note", "verifies no credentials")]
    [InlineData("featureGates: {KubeletEnsureSecretPulledImages: false}", "note", "verifies no credentials")]
    [InlineData($"{Policy}: neverVerify", "problem", "is none of NeverVerify, NeverVerifyPreloadedImages")]
    [InlineData($"{Policy}: AlwaysVerify\n{List}: [quay.io/cni/*]", "problem", "is not NeverVerifyAllowlistedImages")]
    [InlineData($"{List}: [quay.io/cni/*]", "problem", "is not NeverVerifyAllowlistedImages")]
    [InlineData($"{Policy}: NeverVerifyAllowlistedImages\n{List}: [quay.io/cni:v1]", "problem", "quay.io/cni:v1 is neither")]
    [InlineData($"{Policy}: NeverVerifyAllowlistedImages\n{List}: [\"*.example.com/cni\"]", "problem", "*.example.com/cni is neither")]
    [InlineData($"{Policy}: NeverVerify\nfeatureGates: {{KubeletEnsureSecretPulledImages: false}}", "problem", "feature gate KubeletEnsureSecretPulledImages is off")]
    public async Task The_policy_in_force_is_said(string lines, string level, string text)
    {
        using var node = DoctorNode.Kubeadm().Change("/var/lib/kubelet/config.yaml", "serializeImagePulls: true", lines);

        var findings = await node.CheckAsync();

        findings.Has("image-verification", level, text);
        Assert.Equal(level == "problem" ? 1 : 0, findings.ExitCode);
    }
}
