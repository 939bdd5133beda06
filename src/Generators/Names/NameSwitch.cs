using System.Collections.Generic;
using System.Linq;
using FastProvider.Generators.Model;
using Microsoft.CodeAnalysis.CSharp;

namespace FastProvider.Generators.Names;

/// <summary>Writes the body that finds a name of a table: a switch on the length, then comparisons of machine words.</summary>
internal static class NameSwitch
{
    /// <summary>The same for text, where the compiler's own switch does.</summary>
    public static void WriteText(SourceWriter writer, string text, IEnumerable<NameSpec> names, string miss)
    {
        writer.Open($"return {text} switch");
        foreach (var name in names)
        {
            writer.Line($"{SymbolDisplay.FormatLiteral(name.Text, quote: true)} => {name.Result},");
        }

        writer.Line($"_ => {miss},");
        writer.Close(";");
    }

    public static void Write(SourceWriter writer, string span, IEnumerable<NameSpec> names, string miss, bool ignoreCase)
    {
        writer.Open($"switch ({span}.Length)");
        foreach (var sameLength in names.GroupBy(static name => name.Text.Length).OrderBy(static group => group.Key))
        {
            WriteLength(writer, span, [.. sameLength], ignoreCase);
        }

        writer.Close();
        writer.Line();
        writer.Line($"return {miss};");
    }

    private static void WriteLength(SourceWriter writer, string span, NameSpec[] names, bool ignoreCase)
    {
        var length = names[0].Text.Length;
        var words = MachineWords.Cover(length);
        // One word that tells all names apart makes a switch; masks of case differ from name to name, so they rule it out.
        var telling = ignoreCase || names.Length == 1 ? -1 : words.FindIndex(word =>
            names.Select(name => name.Text.Substring(word.Offset, word.Size)).Distinct().Count() == names.Length);
        if (telling < 0)
        {
            foreach (var name in names)
            {
                WriteCase(writer, $"{length}", name, Conditions(span, name, words, ignoreCase));
            }

            return;
        }

        var others = words.Where((_, i) => i != telling);
        writer.Line($"case {length}:");
        writer.Indent();
        writer.Open($"switch ({MachineWords.Read(span, words[telling])})");
        foreach (var name in names)
        {
            WriteCase(writer, MachineWords.Literal(name.Text, words[telling]), name, Conditions(span, name, others, ignoreCase));
        }

        writer.Close();
        writer.Line();
        writer.Line("break;");
        writer.Unindent();
    }

    private static void WriteCase(SourceWriter writer, string label, NameSpec name, string[] conditions)
    {
        writer.Line($"case {label}{(conditions.Length > 0 ? " when " + conditions[0] : "")}{(conditions.Length > 1 ? "" : ":")}");
        writer.Indent();
        for (var i = 1; i < conditions.Length; i++)
        {
            writer.Line($"&& {conditions[i]}{(i == conditions.Length - 1 ? ":" : "")}");
        }

        writer.Line($"return {name.Result};");
        writer.Unindent();
    }

    private static string[] Conditions(string span, NameSpec name, IEnumerable<(int Offset, int Size)> words, bool ignoreCase) =>
        [.. words.Select(word =>
        {
            var read = MachineWords.Read(span, word);
            var mask = ignoreCase ? MachineWords.CaseMask(name.Text, word) : null;
            return mask is null
                ? $"{read} == {MachineWords.Literal(name.Text, word)}"
                : $"({read} | {mask}) == {MachineWords.Literal(name.Text, word)}";
        })];
}
