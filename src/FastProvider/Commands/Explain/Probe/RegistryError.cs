using System;
using System.Text;
using System.Text.Json;
using FastProvider.Generators;

namespace FastProvider.Commands.Explain.Probe;

/// <summary>
/// Reads of the body of a registry's error its first code, such as DENIED (OCI distribution-spec, "Error Codes"). It is the one
/// thing of a body that is ever shown, so it must look like a code.
/// </summary>
[JsonReader(Lenient = true)]
internal sealed partial class RegistryError
{
    private const int MaxLength = 40;

    private string _code = "";

    /// <returns>Empty if there is none.</returns>
    public static string Code(ReadOnlySpan<byte> json)
    {
        var error = new RegistryError();
        // It may have been cut off behind the code.
        _ = error.ReadDocument(json);
        return error._code;
    }

    [FromJson("errors", "[]", "code")]
    private void TakeCode(ref Utf8JsonReader reader)
    {
        if (_code.Length > 0 || reader.TokenType is not JsonTokenType.String)
        {
            reader.Skip();
            return;
        }

        var code = reader.ValueSpan;
        _code = code.Length <= MaxLength && IsWord(code) ? Encoding.ASCII.GetString(code) : "";
    }

    private static bool IsWord(ReadOnlySpan<byte> code)
    {
        foreach (var character in code)
        {
            if (!char.IsAsciiLetterUpper((char)character) && character is not (byte)'_')
            {
                return false;
            }
        }

        return true;
    }
}
