namespace FastProvider.Documents;

/// <content>The characters that a document may be made of (YAML 1.2, chapters 5.1 and 5.4).</content>
internal sealed partial class YamlReader
{
    /// <summary>
    /// Refuses control characters, and line breaks other than LF and CR LF: NEL, LS and PS end a line, and so a comment, for a
    /// reader of YAML 1.1, as Go's is, and not for one of 1.2; a lone CR does for both and for no editor.
    /// </summary>
    private Failure? CheckCharacters()
    {
        var bytes = Bytes;
        var line = 1;
        for (var index = 0; index < bytes.Length; index++)
        {
            var rest = bytes[index..];
            switch (rest[0])
            {
                case (byte)'\n':
                    line++;
                    break;

                case >= (byte)' ' and < 0x7F or (byte)'\t':
                    break;

                case (byte)'\r' when rest is [_, (byte)'\n', ..]:
                    break;

                case (byte)'\r':
                case 0xC2 when rest is [_, 0x85, ..]:
                case 0xE2 when rest is [_, 0x80, 0xA8 or 0xA9, ..]:
                    return Refuse(
                        "a line break that is not a line feed (CR, NEL, LS or PS) is taken differently by readers of YAML", line);

                case < (byte)' ' or 0x7F:
                case 0xC2 when rest is [_, < 0xA0, ..]:
                case 0xEF when rest is [_, 0xBB, 0xBF, ..] or [_, 0xBF, 0xBE or 0xBF, ..]:
                    return Refuse("a control character", line);
            }
        }

        return null;
    }
}
