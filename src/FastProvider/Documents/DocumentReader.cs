using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;
using FastProvider.Base;

namespace FastProvider.Documents;

/// <summary>
/// Reads the files that people and Kubernetes write in YAML or JSON: a kubeconfig, a kubelet's configuration, manifests. A
/// failure says the path, the line and what is not understood, never a value.
/// </summary>
internal static class DocumentReader
{
    /// <summary>Reads the first document of a file, as client-go reads a kubeconfig and the kubelet its configurations.</summary>
    /// <param name="text">UTF-8, or UTF-16 with a byte order mark. The node may keep slices of it.</param>
    /// <param name="path">For messages.</param>
    /// <param name="isStrict">
    /// Whether a repeated key is a failure, and what begins with a brace must be JSON, as where the kubelet decodes strictly. If
    /// not, the last value of a key counts, and a brace may begin a flow mapping of YAML.
    /// </param>
    /// <returns>The value at the top, of the kind null for an empty document.</returns>
    public static Result<DocumentNode> ReadOne(ReadOnlyMemory<byte> text, string path, bool isStrict = false)
    {
        if (!TryUtf8(ref text))
        {
            return NotText(path);
        }

        if (!IsJson(text))
        {
            return YamlTree.Read(text, path, 0, isStrict, YamlTree.MostValuesOfNode);
        }

        var json = JsonTree.Read(text, path, isStrict);
        if (json.IsOk || isStrict)
        {
            return json;
        }

        var yaml = YamlTree.Read(text, path, 0, false, YamlTree.MostValuesOfNode);
        return yaml.IsOk ? yaml : json;
    }

    /// <summary>
    /// Reads all documents of a file as kubectl does, which takes it apart at the lines <c>---</c> and reads the first document
    /// of each part (k8s.io/apimachinery, util/yaml/decoder.go), or JSON values one after another. Those that hold nothing are
    /// left out.
    /// </summary>
    /// <param name="text">UTF-8, or UTF-16 with a byte order mark. The nodes may keep slices of it.</param>
    /// <param name="path">For messages.</param>
    /// <param name="roots">The values at the top, in file order: those before the failure if there is one.</param>
    public static Failure? ReadAll(ReadOnlyMemory<byte> text, string path, out List<DocumentNode> roots)
    {
        roots = [];
        if (!TryUtf8(ref text))
        {
            return NotText(path);
        }

        var (start, linesBefore) = (0, 0);
        while (start <= text.Length)
        {
            var end = PartEnd(text.Span, start, out var next, out var lines, out var isSeparator);
            if (!isSeparator)
            {
                return new Failure($"{path} line {linesBefore + lines}: text beside a document marker");
            }

            if (ReadPart(text[start..end], path, linesBefore, roots) is { } failure)
            {
                return failure;
            }

            (start, linesBefore) = (next, linesBefore + lines);
        }

        return null;
    }

    private static Failure? ReadPart(ReadOnlyMemory<byte> part, string path, int linesBefore, List<DocumentNode> roots)
    {
        // Whoever puts files together leaves their marks where they were.
        part = part.Span.StartsWith("\uFEFF"u8) ? part[3..] : part;
        var count = roots.Count;
        Failure? noJson = null;
        if (IsJson(part) && ((noJson = JsonTree.ReadAll(part, path, linesBefore, roots)) is null || roots.Count > count))
        {
            return noJson;
        }

        var yaml = YamlTree.Read(part, path, linesBefore, false, YamlTree.MostValues);
        if (!yaml.IsOk)
        {
            return noJson ?? yaml.Failure;
        }

        if (yaml.Value.Kind is not DocumentNodeKind.Null)
        {
            roots.Add(yaml.Value);
        }

        return null;
    }

    /// <summary>Finds the next line that begins with <c>---</c>.</summary>
    /// <param name="text">The file.</param>
    /// <param name="start">Where the part begins.</param>
    /// <param name="next">Where the part behind it begins; behind the end of the text if there is none.</param>
    /// <param name="lines">How many lines there are up to there.</param>
    /// <param name="isSeparator">False if there is more on the line than blanks and a comment.</param>
    private static int PartEnd(ReadOnlySpan<byte> text, int start, out int next, out int lines, out bool isSeparator)
    {
        (lines, isSeparator) = (0, true);
        for (var line = start; line < text.Length; line = next)
        {
            lines++;
            var length = text[line..].IndexOf((byte)'\n');
            next = length < 0 ? text.Length + 1 : line + length + 1;
            if (text[line..].StartsWith("---"u8))
            {
                var rest = text[(line + 3)..Math.Min(next, text.Length)].Trim(" \t\r\n"u8);
                isSeparator = rest.IsEmpty || rest[0] == '#';
                return line;
            }
        }

        next = text.Length + 1;
        return text.Length;
    }

    private static bool IsJson(ReadOnlyMemory<byte> text) => text.Span.TrimStart(" \t\r\n"u8).StartsWith((byte)'{');

    // Kubernetes' reader takes UTF-16 by its byte order mark, as some editors of other systems write it (go-yaml, readerc.go).
    private static bool TryUtf8(ref ReadOnlyMemory<byte> text)
    {
        var bytes = text.Span;
        if (bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
        {
            var units = MemoryMarshal.Cast<byte, ushort>(bytes[2..]).ToArray();
            if (bytes[0] is 0xFE)
            {
                BinaryPrimitives.ReverseEndianness(units, units);
            }

            text = Encoding.UTF8.GetBytes(new string(MemoryMarshal.Cast<ushort, char>(units)));
            return bytes.Length % 2 == 0;
        }

        text = bytes.StartsWith("\uFEFF"u8) ? text[3..] : text;
        return Utf8.IsValid(text.Span);
    }

    private static Failure NotText(string path) => new($"{path} is not UTF-8 text");
}
