using FastProvider.Settings;

namespace FastProvider.Commands;

/// <summary>The flags that several commands have: one name and one shape, with what it means to each of them.</summary>
internal static class CommonFlags
{
    public static Flag TextOrJson =>
        new("output", FlagShape.OneOf("text|json"), "text for people (default), or JSON for programs");

    public static Flag Root(string description) => new("root", FlagShape.Directory, description);

    public static Flag Name(string description) => new("name", FlagShape.Text("NAME"), description);

    public static Flag BinDir(string description) => new("bin-dir", FlagShape.Directory, description);

    public static Flag Namespace(string description) => new("namespace", FlagShape.Text("NS"), description);

    public static Flag ServiceAccount(string description) => new("service-account", FlagShape.Text("NAME"), description);
}
