using FastProvider.Generators.Model;
using Microsoft.CodeAnalysis.CSharp;

namespace FastProvider.Generators.Names;

/// <summary>Writes the implementation of a <see cref="FindSpec"/> or a <see cref="WordSpec"/>.</summary>
internal static class Utf8NamesEmitter
{
    public static string Emit(FindSpec spec) => SourceWriter.File(
        spec.Container, ["System", "System.Buffers.Binary", spec.ResultNamespace], writer =>
    {
        writer.Open($"{spec.Signature}({(spec.IsText ? "string" : "ReadOnlySpan<byte>")} {spec.Parameter})");
        if (spec.IsText)
        {
            NameSwitch.WriteText(writer, spec.Parameter, spec.Names, spec.Miss);
        }
        else
        {
            NameSwitch.Write(writer, spec.Parameter, spec.Names, spec.Miss, spec.IgnoreCase);
        }

        writer.Close();
    });

    public static string Emit(WordSpec spec) => SourceWriter.File(spec.Container, ["System", spec.EnumNamespace], writer =>
    {
        writer.Open(spec.Declaration);
        writer.Open($"return {spec.Parameter} switch");
        foreach (var name in spec.Names)
        {
            writer.Line($"{name.Result} => {SymbolDisplay.FormatLiteral(name.Text, quote: true)}{(spec.IsBytes ? "u8" : "")},");
        }

        writer.Line($"_ => {spec.Miss},");
        writer.Close(";");
        writer.Close();
    });
}
