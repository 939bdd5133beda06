using System;
using FastProvider.Base;
using FastProvider.Settings;

namespace FastProvider.Commands.Generate;

/// <summary>The DaemonSet that puts the binary on every node, and what it needs itself.</summary>
internal static class DaemonSetDocument
{
    public static Result<string> Write(GenerateOptions options)
    {
        if (options.Image is null)
        {
            const string wanted = "daemonset takes --image, a container image that has fast-provider as its entry point";
            return Argument.Usage(wanted, GenerateCommand.Definition.Name);
        }

        return Of(options, options.Image);
    }

    private static string Of(GenerateOptions options, string image)
    {
        var template = new Template()
            .Set("locks", Quoted.Yaml(options.Pull.LockDir))
            .Set("locks-mount", Quoted.Yaml("/host" + options.Pull.LockDir))
            .Set("auth", Quoted.Yaml(options.AuthDirectory))
            .Set("auth-mount", Quoted.Yaml("/host" + options.AuthDirectory))
            .Set("lock-dir", Quoted.Always(options.Pull.LockDir))
            .Set("program", Quoted.Always($"{options.BinDirectory}/{options.Name}"))
            .Set("confined", new Template().Fill(Confined))
            .Set("grace", options.HasAgent ? "60" : "10")
            .Set("platform", options.Platform)
            .Set("directory", Quoted.Yaml(options.BinDirectory))
            .Set("to", Quoted.Always(options.BinDirectory))
            .Set("mount", Quoted.Yaml("/host" + options.BinDirectory))
            .Set("name", Quoted.Always(options.Name))
            .Set("image", Quoted.Yaml(image));
        return template
            .Set("place", template.Fill(options.IsOpenShift ? OpenShiftPlace : KubernetesPlace))
            .Set("annotations", template.Fill(options.IsOpenShift ? AnyNode : default))
            .Set("admission", template.Fill(options.IsOpenShift ? Admission : default))
            .Set("agent-host", options.HasAgent ? template.Fill(AgentHost) : "")
            .Set("agent", options.HasAgent ? template.Fill(Agent) : "")
            .Set("agent-volumes", options.HasAgent ? template.Fill(AgentVolumes) : "")
            .Set("install", Container(template, "--unless-rolled-back"))
            .Set("keep", Container(template, "--keep"))
            .Fill(Document);
    }

    private static string Container(Template template, string mode) => template.Set("mode", mode).Fill(Containers);

    private static ReadOnlySpan<byte> Document => """
        # Puts fast-provider on every node and keeps it there. It never restarts a kubelet, and removes nothing when it is deleted.
        # Platform: $(platform).
        $(place)
        apiVersion: v1
        kind: Namespace
        metadata:
          name: fast-provider
        $(annotations)
          labels:
            # For the hostPath volumes and root, which writing to a node takes.
            pod-security.kubernetes.io/enforce: privileged
        ---
        $(admission)
        apiVersion: apps/v1
        kind: DaemonSet
        metadata:
          name: fast-provider
          namespace: fast-provider
        spec:
          selector:
            matchLabels:
              app.kubernetes.io/name: fast-provider
          updateStrategy:
            type: RollingUpdate
            rollingUpdate:
              # A binary that does not start on a node stops the rollout there; that node goes on with the one it has.
              maxUnavailable: 10%
          minReadySeconds: 10
          template:
            metadata:
              labels:
                app.kubernetes.io/name: fast-provider
            spec:
              priorityClassName: system-node-critical
              # It asks the API server nothing.
              automountServiceAccountToken: false
              enableServiceLinks: false
        $(agent-host)
              terminationGracePeriodSeconds: $(grace)
              os:
                name: linux
              nodeSelector:
                kubernetes.io/os: linux
              tolerations:
                # Also nodes that are new, tainted or full.
                - operator: Exists
              initContainers:
                # The pod is ready, and the rollout goes on, only when this has succeeded.
                - name: install
                  $(install)
              containers:
                # Looks every 5 minutes, and installs again where the node lost the file (an ostree node that was built anew) or a package
                # replaced it. A rollback that was done on the node it leaves alone.
                - name: keep
                  $(keep)
        $(agent)
              volumes:
                - name: host
                  hostPath:
                    path: /
                    type: Directory
                - name: bin
                  hostPath:
                    path: $(directory)
                    type: DirectoryOrCreate
        $(agent-volumes)

        """u8;

    private static ReadOnlySpan<byte> OpenShiftPlace => """
        # /usr is read-only there, so the binary goes to $(directory) (on these nodes a part of /var, with the label bin_t);
        # fast-provider generate machineconfig has the kubelet run it from there.
        #
        # The image must be one that every node can pull without this provider.
        """u8;

    private static ReadOnlySpan<byte> KubernetesPlace => """
        # $(directory) is the kubelet's --image-credential-provider-bin-dir.
        # Where /usr is read-only (ostree, image mode, Flatcar), give another --bin-dir here and to the kubelet, one below /var or
        # /opt; under SELinux it needs the label bin_t: semanage fcontext -a -t bin_t 'DIR(/.*)?' && restorecon -R DIR.
        #
        # The image must be one that every node can pull without this provider.
        """u8;

    private static ReadOnlySpan<byte> AnyNode => """
          annotations:
            # Every node, whatever the cluster selects by default.
            openshift.io/node-selector: ""
        """u8;

    /// <summary>What the pods' ServiceAccount needs to be admitted.</summary>
    private static ReadOnlySpan<byte> Admission => """
        # hostPath volumes, root and the SELinux type below are in no narrower SecurityContextConstraints. Only this namespace gets it, and
        # nothing in it runs as a privileged container.
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata:
          name: fast-provider-scc
          namespace: fast-provider
        roleRef:
          apiGroup: rbac.authorization.k8s.io
          kind: ClusterRole
          name: system:openshift:scc:privileged
        subjects:
          - kind: ServiceAccount
            name: default
            namespace: fast-provider
        ---
        """u8;

    private static ReadOnlySpan<byte> Containers => """
        image: $(image)
                  imagePullPolicy: IfNotPresent
                  args: ["install", "--root", "/host", "--to", $(to), "--name", $(name), "$(mode)"]
        $(confined)
                      # For the trial run in the node's root, with the node's C library.
                      add: ["SYS_CHROOT"]
                    seccompProfile:
                      type: RuntimeDefault
                    seLinuxOptions:
                      # May write files of the node; without SELinux it means nothing.
                      type: spc_t
                  resources:
                    requests:
                      cpu: 5m
                      memory: 16Mi
                    limits:
                      memory: 64Mi
                  volumeMounts:
                    - name: host
                      mountPath: /host
                      readOnly: true
                    # The only directory of the node that it can write.
                    - name: bin
                      mountPath: $(mount)
        """u8;

    /// <summary>Root, as the files of a node are root's, with no capability but those that are named behind it.</summary>
    private static ReadOnlySpan<byte> Confined => """
                  securityContext:
                    privileged: false
                    runAsUser: 0
                    runAsGroup: 0
                    readOnlyRootFilesystem: true
                    allowPrivilegeEscalation: false
                    capabilities:
                      drop: ["ALL"]
        """u8;

    /// <summary>The agent reaches the API server as the kubelet does.</summary>
    private static ReadOnlySpan<byte> AgentHost => """
              hostNetwork: true
              dnsPolicy: Default
        """u8;

    /// <summary>It goes on as the node's own program, so whatever it loads is the node's.</summary>
    private static ReadOnlySpan<byte> Agent => """
                # Serves the pulls of this node unless the provider has --agent none, where no fast-provider-agent.socket of a package does.
                # While it is not there, runs go on alone.
                - name: agent
                  image: $(image)
                  imagePullPolicy: IfNotPresent
                  args: ["agent", "--root", "/host", "--program", $(program), "--lock-dir", $(lock-dir)]
                  livenessProbe:
                    exec:
                      command: ["/usr/bin/fast-provider", "agent", "--root", "/host", "--program", $(program), "--lock-dir", $(lock-dir), "--status"]
                    initialDelaySeconds: 10
                    periodSeconds: 60
                    timeoutSeconds: 10
        $(confined)
                      # To be in the node's root; and /proc/PID/environ of the kubelet and of CRI-O says where their configuration is.
                      add: ["SYS_CHROOT", "SYS_PTRACE"]
                    seccompProfile:
                      type: RuntimeDefault
                    seLinuxOptions:
                      type: spc_t
                  resources:
                    requests:
                      cpu: 5m
                      memory: 32Mi
                    limits:
                      memory: 64Mi
                  volumeMounts:
                    - name: host
                      mountPath: /host
                      readOnly: true
                      # What is mounted on the node later, such as logins of root, is seen, too.
                      mountPropagation: HostToContainer
                    # The directories of the node that it can write.
                    - name: locks
                      mountPath: $(locks-mount)
                    - name: auth
                      mountPath: $(auth-mount)
        """u8;

    private static ReadOnlySpan<byte> AgentVolumes => """
                - name: locks
                  hostPath:
                    path: $(locks)
                    type: DirectoryOrCreate
                - name: auth
                  hostPath:
                    path: $(auth)
                    type: DirectoryOrCreate
        """u8;
}
