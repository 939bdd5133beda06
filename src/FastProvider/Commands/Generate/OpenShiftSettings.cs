using System.Text;
using FastProvider.Base;

namespace FastProvider.Commands.Generate;

/// <summary>
/// Settings of a pull where the machine config operator writes the provider's configuration: without args and env, and without
/// keys of annotations. A provider inherits the kubelet's environment.
/// </summary>
internal static class OpenShiftSettings
{
    /// <summary>What cannot be had there.</summary>
    public static Failure? Check(GenerateOptions options) =>
        !options.IsOpenShift
            ? new Failure($"a MachineConfig is for OpenShift, and this is taken for kubernetes, {options.PlatformReason};"
                + " if it is OpenShift, give --platform openshift")
        : options.UsesAnnotation
            ? new Failure("--secrets annotation and auto do not work on OpenShift:"
                + " the machine config operator's configuration of the provider passes no"
                + " annotations along; namespace and pod do")
        : null;

    /// <summary>
    /// The settings as lines of a drop-in of the kubelet's unit, indented as far as they stand in the MachineConfig.
    /// </summary>
    public static string Environment(GenerateOptions options)
    {
        var lines = new StringBuilder();
        foreach (var (flag, value) in options.PullSettings)
        {
            lines.Append("                Environment=").Append(Quoted.Systemd($"{flag.Variable}={value}")).Append('\n');
        }

        return lines.ToString();
    }
}
