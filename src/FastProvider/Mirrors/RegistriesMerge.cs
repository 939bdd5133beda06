using System;
using System.Buffers;
using System.Text;

namespace FastProvider.Mirrors;

/// <summary>Which reader a file needs.</summary>
internal enum RegistriesReader : byte
{
    /// <summary>The fast one, and the conforming one for what that does not take.</summary>
    FastFirst,

    /// <summary>The conforming one at once.</summary>
    Conforming,
}

/// <summary>
/// What the files read so far say about one image. A later file's table replaces an earlier file's table of the same prefix, as a whole.
/// Source: updateWithConfigurationFrom in sysregistriesv2/system_registries_v2.go.
/// </summary>
internal ref struct RegistriesMerge(ReadOnlySpan<byte> image)
{
    private readonly ReadOnlySpan<byte> _image = image;
    private RegistryMatch? _best;
    private bool _helpersExcludeAuthFiles;

    /// <summary>Takes every table; null in a pull, which is about one image.</summary>
    public RegistriesInventory? Inventory { get; init; }

    /// <summary>How many of the files were read by the conforming reader.</summary>
    public int ConformingReads { get; private set; }

    /// <summary>
    /// Adds the next file, whose bytes are <paramref name="file"/>; <paramref name="path"/> (UTF-8) is for messages. An invalid file is a failure.
    /// </summary>
    public Failure? Add(scoped ReadOnlySpan<byte> file, scoped ReadOnlySpan<byte> path, RegistriesReader reader = RegistriesReader.FastFirst)
    {
        var text = file[TomlText.ByteOrderMarkLength(file)..];
        var scratch = RegistriesScratch.Rent();
        scratch.Inventory = Inventory;
        try
        {
            RegistriesFault fault = default;
            return (reader == RegistriesReader.Conforming ? FastRead.NotTaken : AddFast(text, path, scratch, out fault)) switch
            {
                FastRead.Done => null,
                FastRead.Faulty => FaultOf(path, TomlText.LineOf(text, fault.Mark), fault, text),
                _ => AddConforming(text, path, scratch),
            };
        }
        finally
        {
            scratch.Return();
        }
    }

    /// <summary>The pull sources of the image after all files.</summary>
    public readonly PullSources ToSources() => _best is null
        ? PullSources.NoMatch(_helpersExcludeAuthFiles)
        : new PullSources(_best, _image) { CredentialHelpersExcludeAuthFiles = _helpersExcludeAuthFiles };

    private FastRead AddFast(scoped ReadOnlySpan<byte> text, scoped ReadOnlySpan<byte> path, RegistriesScratch scratch, out RegistriesFault fault)
    {
        scratch.Clear();
        Inventory?.BeginFile(path);
        var rules = new RegistriesRules(text, _image, scratch);
        var read = new FastRegistriesReader(text, scratch).Read(ref rules);
        fault = rules.Fault;
        if (read == FastRead.Done)
        {
            Take(rules.Findings, text, scratch, path, rules.Findings.Matched ? TomlText.LineOf(text, rules.Findings.Best.Mark) : 0);
        }

        return read;
    }

    private Failure? AddConforming(scoped ReadOnlySpan<byte> text, scoped ReadOnlySpan<byte> path, RegistriesScratch scratch)
    {
        ConformingReads++;
        if (TomlynRegistriesReader.ReadTree(text, out var tree, out var line) is { } syntax)
        {
            return FailureAt(path, line, syntax);
        }

        scratch.Clear();
        Inventory?.BeginFile(path);
        var strings = ArrayPool<byte>.Shared.Rent(text.Length + 1);
        try
        {
            var rules = new RegistriesRules(strings, _image, scratch);
            if (!TomlynRegistriesReader.TryRead(tree, strings, ref rules))
            {
                return FaultOf(path, rules.Fault.Mark, rules.Fault, strings);
            }

            Take(rules.Findings, strings, scratch, path, rules.Findings.Best.Mark);
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(strings);
        }
    }

    private void Take(in RegistriesFindings file, scoped ReadOnlySpan<byte> text, RegistriesScratch scratch, scoped ReadOnlySpan<byte> path, int line)
    {
        Inventory?.EndFile();
        if (file.HasCredentialHelpers)
        {
            _helpersExcludeAuthFiles = file.HelpersExcludeAuthFiles;
        }

        if (!file.Matched)
        {
            return;
        }

        var found = file.Best;
        var prefix = found.Prefix.In(text);
        if (_best is not null && !prefix.SequenceEqual(_best.Prefix.Span) && !PrefixMatcher.Decides(prefix, _best.Prefix.Span))
        {
            return;
        }

        var mirrors = new Mirror[file.BestMirrorCount];
        for (var i = 0; i < mirrors.Length; i++)
        {
            var mirror = scratch.BestMirrors[i];
            mirrors[i] = new Mirror(mirror.Location.In(text).ToArray(), mirror.Insecure, PullFromMirrorValues.Parse(mirror.PullFromMirror.In(text)));
        }

        _best = new RegistryMatch(
            Encoding.UTF8.GetString(path),
            line,
            prefix.ToArray(),
            found.Location.In(text).ToArray(),
            found.Blocked,
            found.Insecure,
            found.MirrorByDigestOnly,
            mirrors);
    }

    private static Failure FaultOf(ReadOnlySpan<byte> path, int line, RegistriesFault fault, ReadOnlySpan<byte> text) =>
        FailureAt(path, line, RegistriesFault.Describe(fault.Rule, fault.Subject.In(text)));

    private static Failure FailureAt(ReadOnlySpan<byte> path, int line, string what) =>
        new(FailureCause.RegistriesConf,
            $"{Encoding.UTF8.GetString(path)} line {line}: {what}; the container libraries refuse the whole configuration until this is mended");
}
