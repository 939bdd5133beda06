using System;
using System.Collections.Generic;
using System.Text;
using FastProvider.Mirrors;
using FastProvider.Native;
using FastProvider.Toml;

namespace FastProvider.Commands.Doctor;

/// <summary>
/// Keys of registries.conf that the container libraries pass over without a word: those in a wrong place, and those that are
/// misspelled.
/// </summary>
internal static class RegistriesKeyChecks
{
    /// <summary>More would say the same again.</summary>
    private const int MaxItems = 50;

    public static void Run(DoctorRun run, RegistriesInventory inventory)
    {
        List<string> dropped = [];
        foreach (var path in inventory.Files)
        {
            var fault = FileBytes.Read(path, RegistriesSearch.MaxBytes, out var file);
            using (file)
            {
                if (fault.IsNone)
                {
                    Look(path, file.Span, dropped);
                }
            }
        }

        if (dropped.Count > 0)
        {
            run.Warn(FindingId.RegistriesKeys, "keys of registries.conf are passed over", "mend them, or take them out", dropped);
        }
        else
        {
            run.Ok(FindingId.RegistriesKeys, "no key of registries.conf is misplaced or misspelled");
        }
    }

    private static void Look(string path, ReadOnlySpan<byte> file, List<string> dropped)
    {
        var text = file[TomlText.ByteOrderMarkLength(file)..];
        if (TomlDocument.Read(text, out var document) is not null)
        {
            return;
        }

        LookInto(document.Root, RegistriesScope.File, path, text, dropped);
        if (!document.Root.TryGetField("registry"u8, out var registries))
        {
            return;
        }

        foreach (var registry in registries.Items)
        {
            LookInto(registry, RegistriesScope.Registry, path, text, dropped);
            if (registry.TryGetField("mirror"u8, out var mirrors))
            {
                foreach (var mirror in mirrors.Items)
                {
                    LookInto(mirror, RegistriesScope.Mirror, path, text, dropped);
                }
            }
        }
    }

    private static void LookInto(
        TomlValue table, RegistriesScope scope, string path, ReadOnlySpan<byte> text, List<string> dropped)
    {
        foreach (var member in table.Members)
        {
            if (dropped.Count < MaxItems
                && RegistriesKeys.FindFolded(scope, member.Name) == RegistriesKey.Unknown
                && WhyDropped(scope, member.Name) is { } why)
            {
                var line = TomlText.LineOf(text, member.Value.At);
                dropped.Add($"{path} line {line}: {Encoding.UTF8.GetString(member.Name)} {why}");
            }
        }
    }

    /// <summary>Words that follow the key; null if nobody can say what was meant by it.</summary>
    private static string? WhyDropped(RegistriesScope scope, ReadOnlySpan<byte> name)
    {
        foreach (var other in (ReadOnlySpan<RegistriesScope>)[RegistriesScope.File, RegistriesScope.Registry])
        {
            if (other != scope && RegistriesKeys.FindFolded(other, name) != RegistriesKey.Unknown)
            {
                return $"stands {Place(scope)}, where it is not read; it belongs {Place(other)}";
            }
        }

        var written = Encoding.UTF8.GetString(name).ToLowerInvariant().Replace('_', '-');
        foreach (var other in (ReadOnlySpan<RegistriesScope>)[scope, RegistriesScope.Registry, RegistriesScope.File])
        {
            foreach (var known in RegistriesKeys.NamesIn(other))
            {
                if (AreNear(written, known))
                {
                    var where = other == scope ? "" : $", which belongs {Place(other)}";
                    return $"is no key {Place(scope)}; {known} was perhaps meant{where}";
                }
            }
        }

        return null;
    }

    private static string Place(RegistriesScope scope) => scope switch
    {
        RegistriesScope.Registry => "in a [[registry]]",
        RegistriesScope.Mirror => "in a [[registry.mirror]]",
        _ => "above the first table",
    };

    /// <summary>Whether two names are one slip apart, or two in a long one: a letter more, less, other or swapped.</summary>
    private static bool AreNear(string written, string known)
    {
        const int shortName = 6;
        var most = known.Length <= shortName ? 1 : 2;
        if (Math.Abs(written.Length - known.Length) > most)
        {
            return false;
        }

        // Optimal string alignment distance, a row for each letter of the one.
        int[] before = [], previous = new int[known.Length + 1], current = new int[known.Length + 1];
        for (var column = 0; column <= known.Length; column++)
        {
            previous[column] = column;
        }

        for (var row = 1; row <= written.Length; row++)
        {
            current[0] = row;
            for (var column = 1; column <= known.Length; column++)
            {
                var change = written[row - 1] == known[column - 1] ? 0 : 1;
                current[column] = Math.Min(Math.Min(previous[column], current[column - 1]) + 1, previous[column - 1] + change);
                if (row > 1 && column > 1 && written[row - 1] == known[column - 2] && written[row - 2] == known[column - 1])
                {
                    current[column] = Math.Min(current[column], before[column - 2] + 1);
                }
            }

            (before, previous, current) = (previous, current, new int[known.Length + 1]);
        }

        return previous[known.Length] <= most;
    }
}
