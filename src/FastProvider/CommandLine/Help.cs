using System.Text;

namespace FastProvider.CommandLine;

/// <summary>What <c>--help</c> and <c>--version</c> print.</summary>
internal static class Help
{
    public static string Version => $"fast-provider {BuildVersion.Value}\n";

    public static string Text()
    {
        var text = new StringBuilder("""
            fast-provider: kubelet image credential provider for nodes with CRI-O

            The kubelet runs it for each pull of a matching image. It reads a CredentialProviderRequest
            (credentialprovider.kubelet.k8s.io/v1) from standard input, finds the mirrors of the image in
            registries.conf, fetches the registry Secrets of the pod's namespace with the pod's ServiceAccount
            token, writes an auth file for CRI-O, and answers on standard output.

            Usage: fast-provider [FLAG ...] < request.json

            Every flag is also an environment variable; the flag wins.


            """);
        foreach (var flag in Flag.All)
        {
            text.Append("  --").Append(flag.Name);
            if (flag.Value is not null)
            {
                text.Append(' ').Append(flag.Value);
            }

            text.Append("  [").Append(flag.Variable).Append("]\n        ").Append(flag.Description).Append('\n');
        }

        return text.Append("""
              --help
              --version

            Exit status: 0 the kubelet was answered; 1 no credentials for this pull, standard error says why in one line;
            2 a flag or variable is wrong.

            """).ToString();
    }
}
