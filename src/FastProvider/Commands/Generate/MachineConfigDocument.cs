using System;
using System.Text;
using FastProvider.Base;
using FastProvider.Commands.Install;

namespace FastProvider.Commands.Generate;

/// <summary>
/// OpenShift's nodes: /usr cannot be written, and a MachineConfig, an object of at most 1.5 MiB in etcd, cannot carry the binary.
/// So the DaemonSet brings it, and this has it mounted over the node's own provider before the kubelet starts.
/// </summary>
internal static class MachineConfigDocument
{
    /// <summary>What the kubelet runs there (the machine config operator writes its configuration).</summary>
    private const string NodesOwn = Destination.DefaultDirectory + "/crio-credential-provider";

    public static Result<string> Write(GenerateOptions options)
    {
        if (OpenShiftSettings.Check(options) is { } wrong)
        {
            return wrong;
        }

        var tmpfiles = TmpfilesDocument.Write(options);
        if (!tmpfiles.IsOk)
        {
            return tmpfiles.Failure;
        }

        var settings = OpenShiftSettings.Environment(options).TrimEnd('\n');
        var environment = settings.Length == 0 ? "" : new Template().Set("settings", settings).Fill(KubeletEnvironment);
        var agent = AgentUnits(options);
        if (!agent.IsOk)
        {
            return agent.Failure;
        }

        var documents = new StringBuilder(new Template().Set("own", NodesOwn).Fill(Head));
        foreach (var role in options.Roles)
        {
            documents.Append(new Template()
                .Set("name", Quoted.Yaml($"99-{role}-fast-provider"))
                .Set("role", Quoted.Yaml(role))
                .Set("tmpfiles", Convert.ToBase64String(Encoding.UTF8.GetBytes(tmpfiles.Value)))
                .Set("binary", $"{options.BinDirectory}/{options.Name}")
                .Set("own", NodesOwn)
                .Set("agent", agent.Value)
                .Set("environment", environment)
                .Fill(Document));
        }

        return documents.ToString();
    }

    /// <returns>Empty unless the agent is wanted.</returns>
    private static Result<string> AgentUnits(GenerateOptions options)
    {
        if (!options.HasAgent)
        {
            return "";
        }

        var socket = AgentUnitDocuments.WriteSocket(options);
        var service = AgentUnitDocuments.WriteService(options);
        return (socket.Failure ?? service.Failure) is { } wrong ? wrong : new Template()
            .Set("socket-name", AgentUnitDocuments.SocketName)
            .Set("service-name", AgentUnitDocuments.ServiceName)
            .Set("socket", Indented(socket.Value!))
            .Set("service", Indented(service.Value!))
            .Fill(Agent);
    }

    /// <summary>As a text of a unit stands in the MachineConfig.</summary>
    private static string Indented(string text)
    {
        var indented = new StringBuilder();
        foreach (var line in text.TrimEnd('\n').Split('\n'))
        {
            indented.Append(line.Length > 0 ? "            " : "").Append(line).Append('\n');
        }

        return indented.ToString().Trim();
    }

    private static ReadOnlySpan<byte> Agent => """
                # fast-provider generate agent-socket, and agent-service, which it starts. The DaemonSet brings the program.
                - name: $(socket-name)
                  enabled: true
                  contents: |
                    $(socket)
                - name: $(service-name)
                  contents: |
                    $(service)
        """u8;

    private static ReadOnlySpan<byte> Head => """
        # Has the kubelets of these pools run fast-provider in place of the node's own crio-credential-provider. Apply the DaemonSet of
        # fast-provider generate daemonset --platform openshift first: it brings the binary. Then apply this: the machine config
        # operator drains and reboots the nodes one after the other. Where the binary is missing, the node's own provider runs.
        #
        # Back: delete it, and the nodes are rebooted without. One node at once, until its next boot or an update:
        #   umount --lazy $(own)
        #
        # The other way is an image of the nodes with the binary in it, which needs no DaemonSet (on-cluster layering, or by hand):
        #   FROM the rhel-coreos image of your release
        #   COPY fast-provider $(own)
        #   RUN chmod 0755 $(own) && bootc container lint

        """u8;

    private static ReadOnlySpan<byte> Document => """
        ---
        apiVersion: machineconfiguration.openshift.io/v1
        kind: MachineConfig
        metadata:
          name: $(name)
          labels:
            machineconfiguration.openshift.io/role: $(role)
        spec:
          config:
            ignition:
              version: 3.4.0
            storage:
              files:
                # fast-provider generate tmpfiles
                - path: /etc/tmpfiles.d/fast-provider.conf
                  mode: 420 # 0644
                  overwrite: true
                  contents:
                    source: data:text/plain;charset=utf-8;base64,$(tmpfiles)
            systemd:
              units:
                - name: fast-provider-mount.service
                  enabled: true
                  contents: |
                    [Unit]
                    Description=Mount fast-provider over the node's own credential provider
                    # Without the binary the node's own provider goes on.
                    ConditionPathExists=$(binary)
                    ConditionPathExists=$(own)
                    RequiresMountsFor=$(binary)
                    Before=kubelet.service

                    [Service]
                    Type=oneshot
                    # Nothing to do if both names are one file. After an update they are not: the new file is mounted in place of the old one, and
                    # a pull in the moment between runs the node's own provider. Nothing can be mounted over a file that was replaced.
                    ExecCondition=/usr/bin/test ! $(binary) -ef $(own)
                    ExecStart=-/usr/bin/umount --lazy $(own)
                    ExecStart=/usr/bin/mount --bind $(binary) $(own)

                    [Install]
                    WantedBy=multi-user.target
                    WantedBy=kubelet.service
                # An update of the binary is a new file; without this the kubelet would run the old one until the next boot.
                - name: fast-provider-mount.path
                  enabled: true
                  contents: |
                    [Unit]
                    Description=Notice an update of fast-provider

                    [Path]
                    PathChanged=$(binary)

                    [Install]
                    WantedBy=multi-user.target
        $(agent)
        $(environment)

        """u8;

    private static ReadOnlySpan<byte> KubeletEnvironment => """
                # The operator's configuration of the provider has no args, so its settings come with the kubelet's environment.
                - name: kubelet.service
                  dropins:
                    - name: 30-fast-provider.conf
                      contents: |
                        [Service]
        $(settings)
        """u8;
}
