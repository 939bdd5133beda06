namespace FastProvider.Tests.Commands.Doctor;

/// <summary>
/// Doctor says for which images on the node the kubelet wants credentials, and which configuration it would not start with.
/// </summary>
public sealed class VerificationTests
{
    private const string Policy = "imagePullCredentialsVerificationPolicy", List = "preloadedImagesVerificationAllowlist";

    [Theory]
    [InlineData("", "NeverVerifyPreloadedImages (the default)")]
    [InlineData($"{Policy}: NeverVerifyPreloadedImages", "is NeverVerifyPreloadedImages:")]
    [InlineData($"{Policy}: AlwaysVerify", "AlwaysVerify")]
    [InlineData($"{Policy}: NeverVerifyAllowlistedImages\n{List}: [quay.io/cni/*, registry.k8s.io/pause]", "quay.io/cni/*")]
    [InlineData(
        $"{Policy}: NeverVerifyAllowlistedImages\n"
            + $"{List}: [docker.io/library/busybox, \"localhost:5000/a\", \"localhost:5000/*\"]",
        "localhost:5000/a")]
    [InlineData($"{Policy}: NeverVerify", "verifies no credentials")]
    [InlineData("featureGates: {KubeletEnsureSecretPulledImages: false}", "verifies no credentials")]
    public async Task The_policy_in_force_is_said(string lines, string text)
    {
        var findings = await CheckAsync(lines);

        findings.Has("image-verification", "note", text);
        Assert.Equal(0, findings.ExitCode);
    }

    [Theory]
    [InlineData($"{Policy}: neverVerify", "is none of NeverVerify, NeverVerifyPreloadedImages")]
    [InlineData($"{Policy}: AlwaysVerify\n{List}: [quay.io/cni/*]", "is not NeverVerifyAllowlistedImages")]
    [InlineData($"{List}: [quay.io/cni/*]", "is not NeverVerifyAllowlistedImages")]
    [InlineData($"{Policy}: NeverVerifyAllowlistedImages\n{List}: [quay.io/cni:v1]", "quay.io/cni:v1 is neither")]
    [InlineData($"{Policy}: NeverVerifyAllowlistedImages\n{List}: [\"*.example.com/cni\"]", "*.example.com/cni is neither")]
    [InlineData($"{Policy}: NeverVerifyAllowlistedImages\n{List}: [busybox]", "busybox is neither the whole name")]
    [InlineData(
        $"{Policy}: NeverVerifyAllowlistedImages\n{List}: [library/busybox]", "library/busybox is neither the whole name")]
    [InlineData($"{Policy}: NeverVerifyAllowlistedImages\n{List}: [\"/*\"]", "/* is neither")]
    [InlineData(
        $"{Policy}: NeverVerify\nfeatureGates: {{KubeletEnsureSecretPulledImages: false}}",
        "feature gate KubeletEnsureSecretPulledImages is off")]
    public async Task What_a_kubelet_does_not_start_with_is_a_problem(string lines, string text)
    {
        var findings = await CheckAsync(lines);

        findings.Has("image-verification", "problem", text);
        Assert.Equal(1, findings.ExitCode);
    }

    private static async Task<Findings> CheckAsync(string lines)
    {
        using var node = DoctorNode.Kubeadm().Change("/var/lib/kubelet/config.yaml", "serializeImagePulls: true", lines);
        return await node.CheckAsync();
    }
}
