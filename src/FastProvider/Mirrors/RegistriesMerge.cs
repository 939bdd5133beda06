using System;
using System.Text;
using FastProvider.Base;
using FastProvider.Toml;

namespace FastProvider.Mirrors;

/// <summary>Which reader a file needs.</summary>
internal enum RegistriesReader : byte
{
    /// <summary>The fast one, and that of whole documents for what that does not take.</summary>
    FastFirst,

    /// <summary>That of whole documents at once.</summary>
    WholeDocument,
}

/// <summary>
/// What the files read so far say about one image. A later file's table replaces an earlier file's table of the same prefix, as a
/// whole. Source: updateWithConfigurationFrom in sysregistriesv2/system_registries_v2.go.
/// </summary>
/// <param name="image">The image's repository name, normalised.</param>
/// <param name="scratch">Memory for the reading, which nobody else uses meanwhile; null to make it.</param>
internal ref struct RegistriesMerge(ReadOnlySpan<byte> image, RegistriesScratch? scratch = null)
{
    private readonly ReadOnlySpan<byte> _image = image;
    private readonly RegistriesScratch _scratch = scratch ?? new();
    private RegistryMatch? _best;
    private bool _helpersExcludeAuthFiles;

    /// <summary>Takes every table; null in a pull, which is about one image.</summary>
    public RegistriesInventory? Inventory { get; init; }

    /// <summary>How many of the files were read as whole documents.</summary>
    public int DocumentReads { get; private set; }

    /// <summary>
    /// Adds the next file, whose bytes are <paramref name="file"/>; <paramref name="path"/> (UTF-8) is for messages. An invalid
    /// file is a failure.
    /// </summary>
    public Failure? Add(
        scoped ReadOnlySpan<byte> file, scoped ReadOnlySpan<byte> path, RegistriesReader reader = RegistriesReader.FastFirst)
    {
        var text = file[TomlText.ByteOrderMarkLength(file)..];
        _scratch.Inventory = Inventory;
        RegistriesFault fault = default;
        return (reader == RegistriesReader.WholeDocument ? FastRead.NotTaken : AddFast(text, path, _scratch, out fault)) switch
        {
            FastRead.Done => null,
            FastRead.Faulty => FaultOf(path, TomlText.LineOf(text, fault.Mark), fault, text),
            _ => AddDocument(text, path, _scratch),
        };
    }

    /// <summary>The pull sources of the image after all files.</summary>
    public readonly PullSources ToSources() => _best is null
        ? PullSources.NoMatch(_helpersExcludeAuthFiles)
        : new PullSources(_best, _image) { CredentialHelpersExcludeAuthFiles = _helpersExcludeAuthFiles };

    private FastRead AddFast(
        scoped ReadOnlySpan<byte> text, scoped ReadOnlySpan<byte> path, RegistriesScratch scratch, out RegistriesFault fault)
    {
        scratch.Clear();
        Inventory?.BeginFile(path);
        var rules = new RegistriesRules(text, _image, scratch);
        var read = new FastRegistriesReader(text, scratch).Read(ref rules);
        fault = rules.Fault;
        if (read == FastRead.Done)
        {
            Take(
                rules.Findings, text, scratch, path,
                rules.Findings.Matched ? TomlText.LineOf(text, rules.Findings.Best.Mark) : 0);
        }

        return read;
    }

    private Failure? AddDocument(scoped ReadOnlySpan<byte> text, scoped ReadOnlySpan<byte> path, RegistriesScratch scratch)
    {
        DocumentReads++;
        if (TomlDocument.Read(text, out var document) is { } unread)
        {
            return new Failure(
                FailureCause.RegistriesConf, MessageAt(path, TomlText.LineOf(text, unread.At), unread.What, !unread.IsOurBound));
        }

        scratch.Clear();
        Inventory?.BeginFile(path);
        var rules = new RegistriesRules(document.Text, _image, scratch);
        if (!RegistriesDocumentReader.TryRead(document, ref rules))
        {
            return FaultOf(path, TomlText.LineOf(text, rules.Fault.Mark), rules.Fault, document.Text);
        }

        var line = rules.Findings.Matched ? TomlText.LineOf(text, rules.Findings.Best.Mark) : 0;
        Take(rules.Findings, document.Text, scratch, path, line);
        return null;
    }

    private void Take(
        in RegistriesFindings file, scoped ReadOnlySpan<byte> text, RegistriesScratch scratch,
        scoped ReadOnlySpan<byte> path, int line)
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
            mirrors[i] = new Mirror(
                mirror.Location.In(text).ToArray(), mirror.Insecure, PullFromMirrorValues.Parse(mirror.PullFromMirror.In(text)));
        }

        _best = new RegistryMatch
        {
            File = Encoding.UTF8.GetString(path),
            Line = line,
            Prefix = prefix.ToArray(),
            Location = found.Location.In(text).ToArray(),
            Blocked = found.Blocked,
            Insecure = found.Insecure,
            MirrorByDigestOnly = found.MirrorByDigestOnly,
            Mirrors = mirrors,
        };
    }

    private static RegistriesFailure FaultOf(ReadOnlySpan<byte> path, int line, RegistriesFault fault, ReadOnlySpan<byte> text)
    {
        var what = RegistriesFault.Describe(fault.Rule, fault.Subject.In(text));
        return new RegistriesFailure(MessageAt(path, line, what, fault.Rule != RegistriesRule.V1Format), fault.Rule);
    }

    private static string MessageAt(ReadOnlySpan<byte> path, int line, string what, bool isRefusedByAll) =>
        $"{Encoding.UTF8.GetString(path)} line {line}: {what}"
            + (isRefusedByAll ? "; the container libraries refuse the whole configuration until this is mended" : "");
}
