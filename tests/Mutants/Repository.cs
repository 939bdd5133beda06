namespace FastProvider.Mutants;

/// <summary>The checkout that this was built in.</summary>
internal static class Repository
{
    /// <summary>The directory of <c>FastProvider.slnx</c>.</summary>
    public static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root.Parent is not null && !File.Exists(Path.Join(root.FullName, "FastProvider.slnx")))
        {
            root = root.Parent;
        }

        return root.FullName;
    }
}
