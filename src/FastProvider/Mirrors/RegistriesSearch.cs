using System;
using System.Collections.Generic;
using System.Text;
using FastProvider.Base;
using FastProvider.Native;

namespace FastProvider.Mirrors;

/// <summary>Reads the files of <see cref="RegistriesFiles"/> in the order in which the container libraries do.</summary>
internal static class RegistriesSearch
{
    /// <summary>A larger file is refused: no registries.conf is, and the run must stay within its memory.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    private const int LongestPath = 4096; // PATH_MAX of Linux, with the final NUL

    /// <summary>
    /// Reads all files into <paramref name="merge"/>; the first that cannot be read or is invalid is the failure.
    /// </summary>
    public static Failure? Read(RegistriesFiles files, ref RegistriesMerge merge) =>
        ReadMain(files, ref merge)
        ?? ReadDropIns(files, ref merge)
        ?? (string.IsNullOrEmpty(files.OverrideFromEnvironment) ? null : ReadRequired(files.OverrideFromEnvironment, ref merge));

    /// <summary>Notes all that <see cref="Read"/> looks at.</summary>
    public static void Note(RegistriesFiles files, FileStamps stamps)
    {
        var main = files.MainPath ?? (string.IsNullOrEmpty(files.MainFromEnvironment) ? null : files.MainFromEnvironment);
        if (main is not null)
        {
            stamps.Note(FileBytes.NulTerminated(main));
        }
        else
        {
            stamps.Note(FileBytes.NulTerminated($"{files.Root.TrimEnd('/')}/etc/containers/registries.conf"));
            stamps.Note(FileBytes.NulTerminated($"{files.Root.TrimEnd('/')}/usr/share/containers/registries.conf"));
        }

        foreach (var directory in DropInDirectories(files))
        {
            var path = FileBytes.NulTerminated(directory);
            stamps.Note(path);
            List<DropIn>? found = null;
            _ = DropInDirectory.List(path, 0, ref found);
            foreach (var dropIn in found ?? [])
            {
                stamps.Note(dropIn.NativePath);
            }
        }

        if (!string.IsNullOrEmpty(files.OverrideFromEnvironment))
        {
            stamps.Note(FileBytes.NulTerminated(files.OverrideFromEnvironment));
        }
    }

    private static string[] DropInDirectories(RegistriesFiles files)
    {
        var root = files.Root.TrimEnd('/');
        return files.DropInDirectory is not null ? [files.DropInDirectory]
            : files.MainPath is null && !string.IsNullOrEmpty(files.MainFromEnvironment) ? []
            :
            [
                $"{root}/etc/containers/registries.rootful.conf.d", $"{root}/etc/containers/registries.conf.d",
                $"{root}/usr/share/containers/registries.rootful.conf.d", $"{root}/usr/share/containers/registries.conf.d",
            ];
    }

    private static Failure? ReadMain(RegistriesFiles files, ref RegistriesMerge merge)
    {
        if (files.MainPath is not null)
        {
            return ReadRequired(files.MainPath, ref merge);
        }

        if (!string.IsNullOrEmpty(files.MainFromEnvironment))
        {
            return ReadRequired(files.MainFromEnvironment, ref merge);
        }

        return ReadFirst(files.Root, "/etc/containers/registries.conf"u8, ref merge, out var found)
            ?? (found ? null : ReadFirst(files.Root, "/usr/share/containers/registries.conf"u8, ref merge, out _));
    }

    private static Failure? ReadDropIns(RegistriesFiles files, ref RegistriesMerge merge)
    {
        List<DropIn>? found = null;
        Failure? failure;
        if (files.DropInDirectory is not null)
        {
            failure = List(files.DropInDirectory, ""u8, 0, ref found);
        }
        else if (files.MainPath is null && !string.IsNullOrEmpty(files.MainFromEnvironment))
        {
            return null;
        }
        else
        {
            // In this order the first file of a basename counts.
            failure = List(files.Root, "/etc/containers/registries.rootful.conf.d"u8, 0, ref found)
                ?? List(files.Root, "/etc/containers/registries.conf.d"u8, 1, ref found)
                ?? List(files.Root, "/usr/share/containers/registries.rootful.conf.d"u8, 2, ref found)
                ?? List(files.Root, "/usr/share/containers/registries.conf.d"u8, 3, ref found);
        }

        if (failure is not null || found is null)
        {
            return failure;
        }

        found.Sort();
        ReadOnlySpan<byte> previous = default;
        foreach (var dropIn in found)
        {
            if (dropIn.Name.SequenceEqual(previous))
            {
                continue;
            }

            previous = dropIn.Name;
            var path = dropIn.NativePath;
            var fault = FileBytes.Read(path, MaxBytes, out var file);
            // One that went away since it was listed, or is a link to nothing or to no file, is none.
            if (!fault.IsMissing && fault != FileFault.NotRegular
                && (Unread(path, fault) ?? Add(ref merge, file, path)) is { } invalid)
            {
                return invalid;
            }
        }

        return null;
    }

    private static Failure? ReadRequired(string path, ref RegistriesMerge merge)
    {
        Span<byte> buffer = stackalloc byte[LongestPath];
        if (Join(path, ""u8, buffer, out var native) is { } tooLong)
        {
            return tooLong;
        }

        return Unread(native, FileBytes.Read(native, MaxBytes, out var file)) ?? Add(ref merge, file, native);
    }

    private static Failure? ReadFirst(string root, ReadOnlySpan<byte> path, ref RegistriesMerge merge, out bool found)
    {
        found = false;
        Span<byte> buffer = stackalloc byte[LongestPath];
        if (Join(root.TrimEnd('/'), path, buffer, out var native) is { } tooLong)
        {
            return tooLong;
        }

        var fault = FileBytes.Read(native, MaxBytes, out var file);
        found = !fault.IsMissing;
        return found ? Unread(native, fault) ?? Add(ref merge, file, native) : null;
    }

    private static Failure? Unread(scoped ReadOnlySpan<byte> path, FileFault fault) => fault.IsNone
        ? null
        : new Failure(FailureCause.RegistriesConf, $"cannot read {Encoding.UTF8.GetString(path[..^1])}: {fault}");

    private static Failure? Add(ref RegistriesMerge merge, PooledBytes file, scoped ReadOnlySpan<byte> path)
    {
        using (file)
        {
            return merge.Add(file.Span, path[..^1]);
        }
    }

    private static Failure? List(string root, ReadOnlySpan<byte> path, int order, ref List<DropIn>? found)
    {
        Span<byte> buffer = stackalloc byte[LongestPath];
        return Join(root.TrimEnd('/'), path, buffer, out var native) ?? DropInDirectory.List(native, order, ref found);
    }

    // The path with its final NUL, as the system calls want it.
    private static Failure? Join(string root, ReadOnlySpan<byte> path, Span<byte> buffer, out ReadOnlySpan<byte> native)
    {
        native = default;
        if (!Encoding.UTF8.TryGetBytes(root, buffer, out var length) || length + path.Length >= buffer.Length)
        {
            return new Failure(FailureCause.RegistriesConf,
                $"the path of a registries.conf is longer than {LongestPath} bytes: {root[..80]}...");
        }

        path.CopyTo(buffer[length..]);
        buffer[length + path.Length] = 0;
        native = buffer[..(length + path.Length + 1)];
        return null;
    }
}
