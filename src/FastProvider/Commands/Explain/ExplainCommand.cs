using FastProvider.Kubelet;
using FastProvider.Node;
using FastProvider.Settings;

namespace FastProvider.Commands.Explain;

/// <summary>Says step by step why a pull gets the credentials that it gets.</summary>
internal static class ExplainCommand
{
    public static Flag Namespace => CommonFlags.Namespace("the namespace of the pod");

    public static Flag ServiceAccount => CommonFlags.ServiceAccount(
        "with --namespace and --secrets-from: the pod's ServiceAccount, whose manifest may name Secrets (default: default)");

    public static Flag TokenFile => new("token-file", FlagShape.File,
        "a token of the pod's ServiceAccount, as kubectl create token prints it; - for standard input");

    public static Flag Annotation => new("annotation", FlagShape.Text("NAMES"),
        "with --token-file: the value of the ServiceAccount's annotation that names Secrets");

    public static Flag Request => new("request", FlagShape.File,
        "a CredentialProviderRequest as the kubelet sends it; - for standard input; IMAGE may be left out then");

    public static Flag SecretsFrom => new("secrets-from", FlagShape.Directory,
        "read Secrets and ServiceAccounts from the manifests in DIR (YAML and JSON) instead of the API server");

    public static Flag Ask => new("probe", FlagShape.Switch,
        "ask each endpoint with its credential, as a pull does, whether it takes it; at most 5 s for each and 20 s for all");

    public static Flag Output => CommonFlags.TextOrJson;

    public static Command Definition => new()
    {
        Name = "explain",
        Operand = FlagShape.Text("IMAGE"),
        OperandMayBeMissing = true,
        Summary = "say why a pull of an image gets the credentials that it gets",
        Description = """
            Shows the whole decision for one image and one pod: the line of registries.conf that matched, the endpoints in
            the order of the pull, which Secret and which key answers each, which lost and why, and the auth file
            that would be written, with credentials masked. It writes nothing. With --probe it also asks each
            endpoint, and tells a wrong password from a mirror that is down.

            Whose pull it is says one of --namespace, --token-file and --request. With a token the Secrets are read from the
            API server as a pull reads them. Without one they are read from --secrets-from, also far away from any
            cluster: in a pull request, say, with --registries-conf.

            On a node the settings are those that its kubelet runs the provider with; what is given here counts for more.
            The kubelet's other credential providers, which --chain lets a pull ask, are run only if --chain is given here.
            """,
        Flags = [Namespace, ServiceAccount, TokenFile, Annotation, Request, SecretsFrom, Ask, Output],
        TakesPullFlags = true,
        Examples =
        [
            "kubectl -n team-a create token default | fast-provider explain busybox --token-file -",
            "fast-provider explain busybox --token-file token --probe",
            "fast-provider explain docker.io/library/busybox:1.36 --namespace team-a"
                + " --secrets-from manifests/ --registries-conf registries.conf",
        ],
        ExitStatus = "0 a pull would do what is said; 1 it would fail, or --probe asked endpoints and none is accepted or open.",
        Run = Run,
    };

    private static int Run(CommandArguments arguments)
    {
        var configured = ConfiguredProvider.Find(new NodeFiles());
        var settings = configured?.ReadOptions();
        if ((settings?.Failure ?? (settings?.Value is { } given ? arguments.Configure(given) : null)) is { } wrong)
        {
            return CommandOutput.Fail(wrong);
        }

        var failure = Question.Read(arguments, out var question);
        using (question)
        {
            if (failure is not null)
            {
                return CommandOutput.Fail(failure);
            }

            using var explanation = new Explanation(
                question, arguments.Pull, configured, configured is null ? arguments.Variable : configured.Variable,
                arguments[SecretsFrom], asksProviders: arguments.OfPull("chain") is "true");
            if (arguments.Has(Ask))
            {
                explanation.AskEndpoints(arguments.Variable);
            }

            var isFine = explanation.Failure is null && explanation.Probes is not { NoneServes: true };
            var status = isFine ? 0 : Base.Failure.PullFailed;
            return arguments[Output] is "json"
                ? ExplanationJson.Send(explanation, status)
                : ExplanationText.Send(explanation, status);
        }
    }
}
