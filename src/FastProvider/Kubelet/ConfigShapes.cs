namespace FastProvider.Kubelet;

/// <summary>The files that a kubelet decodes by their types, as texts for <see cref="FieldShape"/>.</summary>
internal static class ConfigShapes
{
    /// <summary>CredentialProviderConfig of kubelet.config.k8s.io/v1 (k8s.io/kubelet/config/v1/types.go).</summary>
    public const string Providers =
        """
        {apiVersion:text kind:text providers:[{
            name:text matchImages:[text] defaultCacheDuration:duration? apiVersion:text args:[text] env:[{name:text value:text}]
            tokenAttributes:{serviceAccountTokenAudience:text cacheType:text requireServiceAccount:truth
                requiredServiceAccountAnnotationKeys:[text] optionalServiceAccountAnnotationKeys:[text]}}]}
        """;

    /// <summary>The same of v1beta1 and v1alpha1, which have no tokenAttributes.</summary>
    public const string OldProviders =
        """
        {apiVersion:text kind:text providers:[{
            name:text matchImages:[text] defaultCacheDuration:duration? apiVersion:text args:[text] env:[{name:text value:text}]}]}
        """;

    /// <summary>
    /// KubeletConfiguration of kubelet.config.k8s.io/v1beta1 (k8s.io/kubelet/config/v1beta1/types.go, Kubernetes 1.37). Newer
    /// kubelets have more fields, so one that is not here is not wrong.
    /// </summary>
    public const string Kubelet =
        """
        {apiVersion:text kind:text enableServer:truth staticPodPath:text podLogsDir:text syncFrequency:duration fileCheckFrequency:duration
        httpCheckFrequency:duration staticPodURL:text staticPodURLHeader:<[text]> address:text port:int readOnlyPort:int tlsCertFile:text
        tlsPrivateKeyFile:text tlsCipherSuites:[text] tlsCurvePreferences:[int] tlsMinVersion:text rotateCertificates:truth
        serverTLSBootstrap:truth authentication:{x509:{clientCAFile:text} webhook:{enabled:truth cacheTTL:duration} anonymous:{enabled:truth}}
        authorization:{mode:text webhook:{cacheAuthorizedTTL:duration cacheUnauthorizedTTL:duration}} registryPullQPS:int registryBurst:int
        imagePullCredentialsVerificationPolicy:text preloadedImagesVerificationAllowlist:[text] eventRecordQPS:int eventBurst:int
        enableDebuggingHandlers:truth enableContentionProfiling:truth healthzPort:int healthzBindAddress:text oomScoreAdj:int
        clusterDomain:text clusterDNS:[text] streamingConnectionIdleTimeout:duration nodeStatusUpdateFrequency:duration
        nodeStatusReportFrequency:duration nodeLeaseDurationSeconds:int imageMinimumGCAge:duration imageMaximumGCAge:duration
        imageGCHighThresholdPercent:int imageGCLowThresholdPercent:int volumeStatsAggPeriod:duration kubeletCgroups:text systemCgroups:text
        cgroupRoot:text cgroupsPerQOS:truth cgroupDriver:text cpuManagerPolicy:text singleProcessOOMKill:truth cpuManagerPolicyOptions:<text>
        cpuManagerReconcilePeriod:duration memoryManagerPolicy:text topologyManagerPolicy:text topologyManagerScope:text
        topologyManagerPolicyOptions:<text> qosReserved:<text> runtimeRequestTimeout:duration hairpinMode:text maxPods:int podCIDR:text
        podPidsLimit:long resolvConf:text runOnce:truth cpuCFSQuota:truth cpuCFSQuotaPeriod:duration? nodeStatusMaxImages:int maxOpenFiles:long
        contentType:text kubeAPIQPS:int kubeAPIBurst:int serializeImagePulls:truth maxParallelImagePulls:int evictionHard:<text>
        evictionSoft:<text> evictionSoftGracePeriod:<text> evictionPressureTransitionPeriod:duration evictionMaxPodGracePeriod:int
        evictionMinimumReclaim:<text> mergeDefaultEvictionSettings:truth podsPerCore:int enableControllerAttachDetach:truth
        protectKernelDefaults:truth makeIPTablesUtilChains:truth iptablesMasqueradeBit:int iptablesDropBit:int featureGates:<truth>
        failSwapOn:truth memorySwap:{swapBehavior:text} containerLogMaxSize:text containerLogMaxFiles:int containerLogMaxWorkers:int
        containerLogMonitorInterval:duration? configMapAndSecretChangeDetectionStrategy:text systemReserved:<text> kubeReserved:<text>
        reservedSystemCPUs:text showHiddenMetricsForVersion:text systemReservedCgroup:text kubeReservedCgroup:text
        enforceNodeAllocatable:[text] allowedUnsafeSysctls:[text] defaultPodSysctls:<text> volumePluginDir:text providerID:text
        kernelMemcgNotification:truth logging:{format:text
        flushFrequency:any verbosity:count vmodule:[{filePattern:text verbosity:count}]
        options:{text:{splitStream:truth infoBufferSize:any} json:{splitStream:truth infoBufferSize:any}}} enableSystemLogHandler:truth enableSystemLogQuery:truth shutdownGracePeriod:duration
        shutdownGracePeriodCriticalPods:duration shutdownGracePeriodByPodPriority:[{priority:int shutdownGracePeriodSeconds:long}]
        crashLoopBackOff:{maxContainerRestartPeriod:duration?} reservedMemory:[{numaNode:int limits:<any>}] enableProfilingHandler:truth
        enableDebugFlagsHandler:truth seccompDefault:truth memoryThrottlingFactor:number memoryReservationPolicy:text registerWithTaints:[{key:text
        value:text effect:text timeAdded:any}]
        registerNode:truth tracing:{endpoint:text samplingRatePerMillion:int} localStorageCapacityIsolation:truth containerRuntimeEndpoint:text imageServiceEndpoint:text
        failCgroupV1:truth userNamespaces:{idsPerPod:long}}
        """;
}
