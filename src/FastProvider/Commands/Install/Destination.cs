using FastProvider.Base;
using FastProvider.Node;
using FastProvider.Settings;

namespace FastProvider.Commands.Install;

/// <summary>Where on which node a program is installed, as the flags say.</summary>
internal sealed class Destination
{
    public const string DefaultDirectory = "/usr/libexec/kubelet-image-credential-provider-plugins";

    public const string DefaultName = "fast-provider";

    private const int LongestName = 64;

    private string? _root;

    public string Directory { get; private init; } = DefaultDirectory;

    public string Name { get; private init; } = DefaultName;

    public static Result<Destination> Read(CommandArguments arguments)
    {
        var destination = new Destination
        {
            _root = arguments[InstallCommand.Root],
            Directory = arguments[InstallCommand.To] ?? DefaultDirectory,
            Name = arguments[InstallCommand.Name] ?? DefaultName,
        };
        return IsProgramName(destination.Name)
            ? destination
            : new Failure(
                $"--name: \"{Argument.Printable(destination.Name)}\" is no name of a program, such as fast-provider",
                Failure.WrongUsage);
    }

    /// <summary>
    /// A file name that a kubelet takes for a provider, and that stands in no way of the hidden names beside it.
    /// </summary>
    public static bool IsProgramName(string name)
    {
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.'))
            {
                return false;
            }
        }

        return name.Length is > 0 and <= LongestName && char.IsAsciiLetterOrDigit(name[0]);
    }

    /// <inheritdoc cref="NodeRoot.Enter"/>
    public Failure? EnterRoot() => NodeRoot.Enter(_root);
}
