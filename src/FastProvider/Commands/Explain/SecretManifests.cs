namespace FastProvider.Commands.Explain;
internal static class SecretManifests
{
    public static Failure? Offer(string directory, Explanation explanation, out string read) { read = directory; return null; }
}
