using System;
using FastProvider.Base;
using FastProvider.Settings;

namespace FastProvider.Commands.Generate;

/// <summary>The units of the agent: the socket, which stays with systemd, and the service behind it.</summary>
internal static class AgentUnitDocuments
{
    public const string SocketName = "fast-provider-agent.socket", ServiceName = "fast-provider-agent.service";

    public static Result<string> WriteSocket(GenerateOptions options) =>
        CheckPaths(options) is { } wrong ? wrong : Filled(options).Fill(Socket);

    public static Result<string> WriteService(GenerateOptions options) =>
        CheckPaths(options) is { } wrong ? wrong : Filled(options).Fill(Service);

    private static Template Filled(GenerateOptions options) => new Template()
        .Set("socket", Options.AgentSocketIn(options.Pull.LockDir))
        .Set("locks", options.Pull.LockDir)
        .Set("auth", options.AuthDirectory)
        .Set("binary", $"{options.BinDirectory}/{options.Name}");

    private static Failure? CheckPaths(GenerateOptions options)
    {
        foreach (var path in (ReadOnlySpan<string>)[options.Pull.LockDir, options.AuthDirectory])
        {
            foreach (var c in path)
            {
                if (!char.IsAsciiLetterOrDigit(c) && c is not ('/' or '-' or '_' or '.'))
                {
                    return new Failure($"{Argument.Printable(path)} cannot stand in a unit of systemd: it has other characters"
                        + " than letters, digits and /-_.");
                }
            }
        }

        return null;
    }

    private static ReadOnlySpan<byte> Socket => """
        # /etc/systemd/system/fast-provider-agent.socket (of a package: /usr/lib). At once and at each boot:
        #   systemctl enable --now fast-provider-agent.socket
        # Runs hand their pulls over to it, unless the provider has --agent none.
        [Unit]
        Description=Where runs of fast-provider hand over their pulls
        Documentation=man:fast-provider(8)

        [Socket]
        ListenStream=$(socket)
        # Tokens and credentials come through here: root alone.
        SocketMode=0600
        DirectoryMode=0700
        RemoveOnStop=yes

        [Install]
        WantedBy=sockets.target

        """u8;

    private static ReadOnlySpan<byte> Service => """
        # /etc/systemd/system/fast-provider-agent.service (of a package: /usr/lib). Its socket starts it; enable that.
        # Flags, and other directories that it writes to, come by a drop-in (systemctl edit fast-provider-agent.service):
        #   [Service]
        #   Environment="AGENT_FLAGS=--metrics-listen 127.0.0.1:9477"
        #   ReadWritePaths=/var/lib/node_exporter/textfile_collector
        [Unit]
        Description=Serves the pulls of fast-provider and keeps every pod's auth file
        Documentation=man:fast-provider(8)
        Requires=fast-provider-agent.socket
        After=fast-provider-agent.socket
        # A run of another version ends the agent, and the socket starts the one that is installed by then. If both stay
        # different, systemd ends the socket after so many starts, and runs go on alone.
        StartLimitIntervalSec=60
        StartLimitBurst=5

        [Service]
        Type=notify
        Environment=AGENT_FLAGS=
        ExecStart=$(binary) agent --lock-dir $(locks) $AGENT_FLAGS
        Restart=on-failure
        RestartSec=100ms
        WatchdogSec=30
        # A run has 55 s at most, and is let end.
        TimeoutStopSec=60

        # It writes the locks and the auth files, and nothing else.
        ProtectSystem=strict
        ReadWritePaths=$(locks) -$(auth)
        PrivateMounts=yes
        # Root's logins, which are the node's own, may lie in root's home.
        ProtectHome=read-only
        PrivateTmp=yes
        PrivateDevices=yes
        UMask=0077
        LimitCORE=0

        # /proc/PID/environ and exe of the kubelet and of CRI-O say where their configuration is. All else it reads is root's own.
        CapabilityBoundingSet=CAP_SYS_PTRACE
        NoNewPrivileges=yes
        RestrictSUIDSGID=yes
        SystemCallArchitectures=native
        SystemCallFilter=@system-service seccomp
        SystemCallFilter=~@privileged @resources
        SystemCallErrorNumber=EPERM
        MemoryDenyWriteExecute=yes
        LockPersonality=yes
        RestrictNamespaces=yes
        RestrictRealtime=yes
        # The API server; the resolver, which asks for this node's addresses; systemd.
        RestrictAddressFamilies=AF_INET AF_INET6 AF_NETLINK AF_UNIX
        # Of processes it sees those that it may look into.
        ProtectProc=ptraceable
        ProtectClock=yes
        ProtectControlGroups=yes
        ProtectHostname=yes
        ProtectKernelLogs=yes
        ProtectKernelModules=yes
        ProtectKernelTunables=yes
        KeyringMode=private

        # It does little, and the next pod's pull waits for that. It may not raise its own priority (setpriority is one of @resources).
        CPUWeight=1000
        MemoryMax=64M
        TasksMax=128

        """u8;
}
