using System.Diagnostics;
using System.Text;
using FastProvider.Base;
using FastProvider.Mirrors;

namespace FastProvider.Tests.Mirrors;

/// <summary>
/// Which files are read, and in which order: the rules of go.podman.io/image 5.40 (storage/pkg/configfile), under a root of the
/// test's own.
/// </summary>
public sealed class RegistriesSearchTests : IDisposable
{
    private const string Etc = "etc/containers/";
    private const string Usr = "usr/share/containers/";
    private static readonly byte[] Image = "example.com/x"u8.ToArray();

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("mirrors-");

    public RegistriesSearchTests() => _root.CreateSubdirectory(Etc);

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void NothingIsThere() => Assert.Equal("none", Read());

    [Fact]
    public void TheMainFileOfEtcHidesThatOfUsr()
    {
        Write(Usr + "registries.conf", "usr");
        Assert.Equal("usr", Read());
        Write(Etc + "registries.conf", "etc");
        Assert.Equal("etc", Read());
    }

    [Fact]
    public void DropInsAloneMakeAConfiguration()
    {
        Write(Usr + "registries.conf.d/10.conf", "drop-in");
        Assert.Equal("drop-in", Read());
    }

    [Fact]
    public void DropInsAreReadByBasenameAcrossDirectories()
    {
        Write(Etc + "registries.conf", "main");
        Write(Usr + "registries.conf.d/20.conf", "twenty");
        Write(Etc + "registries.rootful.conf.d/10.conf", "ten");
        Assert.Equal("twenty", Read());
        Write(Usr + "registries.rootful.conf.d/9.conf", "nine"); // "9" sorts after "20"
        Assert.Equal("nine", Read());
    }

    [Theory]
    [InlineData(Usr + "registries.conf.d", Usr + "registries.rootful.conf.d")]
    [InlineData(Usr + "registries.rootful.conf.d", Etc + "registries.conf.d")]
    [InlineData(Etc + "registries.conf.d", Etc + "registries.rootful.conf.d")]
    public void OneBasenameIsReadFromTheFirstDirectoryOnly(string hidden, string first)
    {
        Write($"{hidden}/10.conf", "hidden");
        Assert.Equal("hidden", Read());
        Write($"{first}/10.conf", "first");
        Assert.Equal("first", Read());
        // A hidden file is not even looked at.
        File.WriteAllText(At($"{hidden}/10.conf"), "not TOML");
        Assert.Equal("first", Read());
    }

    [Fact]
    public void OnlyFilesNamedConfCount()
    {
        Write(Etc + "registries.conf.d/10.conf", "counts");
        Write(Etc + "registries.conf.d/20.conf.bak", "other name");
        Write(Etc + "registries.conf.d/20.CONF", "other case");
        Write(Etc + "registries.conf.d/30.conf/40.conf", "directory");
        Write(Etc + "registries.conf.d/sub/50.conf", "sub-directory");
        Assert.Equal("counts", Read());
        Write(Etc + "registries.conf.d/60.conf.d", "unrelated");
        File.CreateSymbolicLink(At(Etc + "registries.conf.d/70.conf"), "nowhere");
        File.CreateSymbolicLink(At(Etc + "registries.conf.d/71.conf"), At(Etc + "registries.conf.d/sub"));
        File.CreateSymbolicLink(At(Etc + "registries.conf.d/72.conf"), MakeFifo());
        File.Move(MakeFifo(), At(Etc + "registries.conf.d/73.conf"));
        Assert.Equal("counts", Read());
        File.CreateSymbolicLink(At(Etc + "registries.conf.d/80.conf"), At(Etc + "registries.conf.d/20.CONF"));
        Assert.Equal("other case", Read());
    }

    [Fact]
    public void ALaterFileReplacesTheWholeTable()
    {
        File.WriteAllText(
            At(Etc + "registries.conf"), Table("main") + "insecure = true\n[[registry.mirror]]\nlocation = \"m\"\n");
        Write(Etc + "registries.conf.d/10.conf", "drop-in");
        var sources = PullSources.Find(Files(), Image).Value!;
        Assert.Equal(1, sources.Endpoints.Length);
        Assert.False(sources.Registry!.Insecure);
        Assert.Equal(At(Etc + "registries.conf.d/10.conf"), sources.Registry.File);
        Assert.Equal(1, sources.Registry.Line);
    }

    [Fact]
    public void ALaterFileDoesNotReplaceALongerPrefix()
    {
        File.WriteAllText(At(Etc + "registries.conf"), "\n[[registry]]\nprefix = \"example.com/x\"\nlocation = \"longer\"\n");
        Write(Etc + "registries.conf.d/10.conf", "shorter");
        Assert.Equal("longer", Read());
    }

    [Fact]
    public void TheMainFlagHidesMainFilesAndKeepsDropIns()
    {
        Write(Etc + "registries.conf", "etc");
        Write("own.conf", "own");
        Assert.Equal("own", Read(Files() with { MainPath = At("own.conf"), MainFromEnvironment = At("missing") }));
        Write(Etc + "registries.conf.d/10.conf", "drop-in");
        Assert.Equal("drop-in", Read(Files() with { MainPath = At("own.conf"), MainFromEnvironment = At("missing") }));
    }

    [Fact]
    public void TheDirectoryFlagHidesTheOtherDirectories()
    {
        Write(Etc + "registries.conf", "etc");
        Write(Etc + "registries.conf.d/90.conf", "drop-in");
        Write("own.d/10.conf", "own");
        Assert.Equal("own", Read(Files() with { DropInDirectory = At("own.d") }));
        Assert.Equal("etc", Read(Files() with { DropInDirectory = At("missing.d") }));
        Write("env.conf", "env");
        Assert.Equal("own", Read(Files() with { DropInDirectory = At("own.d"), MainFromEnvironment = At("env.conf") }));
    }

    [Fact]
    public void TheEnvironmentReplacesMainFileAndDropIns()
    {
        Write(Etc + "registries.conf", "etc");
        Write(Etc + "registries.conf.d/90.conf", "drop-in");
        Write("env.conf", "env");
        Assert.Equal("env", Read(Files() with { MainFromEnvironment = At("env.conf") }));
        Assert.Equal("drop-in", Read(Files() with { MainFromEnvironment = "" }));
    }

    [Fact]
    public void TheOverrideOfTheEnvironmentIsReadLast()
    {
        Write(Etc + "registries.conf.d/90.conf", "drop-in");
        Write("env.conf", "env");
        Write("over.conf", "over");
        Assert.Equal("over", Read(Files() with { OverrideFromEnvironment = At("over.conf") }));
        Assert.Equal(
            "over", Read(Files() with { OverrideFromEnvironment = At("over.conf"), MainFromEnvironment = At("env.conf") }));
    }

    [Fact]
    public void WhatIsNamedMustExist()
    {
        foreach (var files in (RegistriesFiles[])[
            Files() with { MainPath = At("missing") },
            Files() with { MainFromEnvironment = At("missing") },
            Files() with { OverrideFromEnvironment = At("missing") }])
        {
            Refused(files, "cannot read " + At("missing"));
        }
    }

    [Fact]
    public void WhatIsNoReadableFileIsRefusedAtOnce()
    {
        Directory.CreateDirectory(At("directory"));
        Refused(Files() with { MainPath = At("directory") }, "cannot read " + At("directory"));

        var fifo = MakeFifo();
        Refused(Files() with { MainPath = fifo }, "cannot read " + fifo + ": it is not a regular file");
    }

    [Fact]
    public void AFileInPlaceOfADropInDirectoryIsRefused()
    {
        Write(Etc + "registries.conf.d", "a file");
        Refused(Files(), "cannot list " + At(Etc + "registries.conf.d"));
    }

    [Fact]
    public void ALargeFileIsRefused()
    {
        using (var large = File.Create(At("large")))
        {
            large.SetLength(16_777_217);
        }

        Refused(Files() with { MainPath = At("large") }, "cannot read " + At("large") + ": it is too large");
        Refused(Files() with { MainPath = "/dev/zero" }, "cannot read /dev/zero: it is too large");
        File.WriteAllText(At("largest"), new string('\n', 16_777_216));
        Assert.Equal("none", Read(Files() with { MainPath = At("largest") }));
    }

    [Fact]
    public void AnEmptyDeviceIsAnEmptyFile() => Assert.Equal("none", Read(Files() with { MainPath = "/dev/null" }));

    [Fact]
    public void AFaultInAnyFileIsNamed()
    {
        Write(Etc + "registries.conf", "main");
        Directory.CreateDirectory(At(Etc + "registries.conf.d"));
        File.WriteAllText(At(Etc + "registries.conf.d/10.conf"), "\n\n[[registry]]\n");
        Refused(Files(), At(Etc + "registries.conf.d/10.conf") + " line 3: this [[registry]] has neither");
    }

    [Theory]
    [InlineData("[]", "", false)]
    [InlineData("['pass']", "", true)]
    [InlineData("['pass', 'containers-auth.json']", "", false)]
    [InlineData("['pass']", "credential-helpers = []", false)] // an empty list resets
    [InlineData("['pass']", "short-name-mode = 'disabled'", true)]
    [InlineData("['containers-auth.json']", "credential-helpers = ['pass']", true)]
    public void CredentialHelpersAreMerged(string main, string dropIn, bool excluded)
    {
        Write(Etc + "registries.conf.d/10.conf", "x");
        File.WriteAllText(At(Etc + "registries.conf"), $"credential-helpers = {main}");
        File.WriteAllText(At(Etc + "registries.conf.d/10.conf"), dropIn);
        var sources = PullSources.Find(Files(), Image).Value!;
        Assert.Null(sources.Registry);
        Assert.Equal(excluded, sources.CredentialHelpersExcludeAuthFiles);
        File.AppendAllText(At(Etc + "registries.conf"), "\n" + Table("m"));
        sources = PullSources.Find(Files(), Image).Value!;
        Assert.NotNull(sources.Registry);
        Assert.Equal(excluded, sources.CredentialHelpersExcludeAuthFiles);
    }

    [Theory]
    [InlineData("[[registry]]\nlocation = 'example.com'", false)]
    [InlineData("[[registry]]\nprefix = '*.com'", false)]
    [InlineData("[[registry]]\nprefix = 'example.com'\nlocation = 'other.com'", true)]
    [InlineData("[[registry]]\nlocation = 'example.com'\n[[registry.mirror]]\nlocation = 'm'", true)]
    [InlineData("[[registry]]\nlocation = 'other.com'", false)]
    public void CredentialsAreNeededWhereThePullGoesElsewhere(string text, bool needed)
    {
        File.WriteAllText(At("own.conf"), text);
        var sources = PullSources.Find(Files() with { MainPath = At("own.conf") }, Image).Value!;
        Assert.Equal(needed, sources.NeedsCredentials);
    }

    private string MakeFifo()
    {
        var path = At("fifo-" + Guid.NewGuid());
        using var made = Process.Start("mkfifo", path);
        made.WaitForExit();
        Assert.Equal(0, made.ExitCode);
        return path;
    }

    private RegistriesFiles Files() => new() { Root = _root.FullName };

    private string At(string path) => Path.Combine(_root.FullName, path);

    private static string Table(string location) => $"[[registry]]\nprefix = \"example.com\"\nlocation = \"{location}\"\n";

    private void Write(string path, string location)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(path))!);
        File.WriteAllText(At(path), Table(location));
    }

    private string Read(RegistriesFiles? files = null)
    {
        var sources = PullSources.Find(files ?? Files(), Image).Value!;
        return sources.Registry is { } registry ? Encoding.UTF8.GetString(registry.Location.Span) : "none";
    }

    private static void Refused(RegistriesFiles files, string start)
    {
        var found = PullSources.Find(files, Image);
        Assert.NotNull(found.Failure);
        Assert.Equal(Failure.PullFailed, found.Failure.ExitCode);
        Assert.StartsWith(start, found.Failure.Message, StringComparison.Ordinal);
    }
}
