using FastProvider.Generators.Model;

namespace FastProvider.Generators.Names;

/// <summary>Writes the implementation of a <see cref="FindSpec"/>.</summary>
internal static class Utf8NamesEmitter
{
    public static string Emit(FindSpec spec) => SourceWriter.File(spec.Container, ["System", "System.Buffers.Binary", spec.ResultNamespace], writer =>
    {
        writer.Open($"{spec.Signature}(ReadOnlySpan<byte> {spec.Parameter})");
        NameSwitch.Write(writer, spec.Parameter, spec.Names, spec.Miss, spec.IgnoreCase);
        writer.Close();
    });
}
