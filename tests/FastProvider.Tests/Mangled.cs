using System.Text;
using CsCheck;

namespace FastProvider.Tests;

/// <summary>Generates bytes near a valid document: cut, overwritten, repeated, or nothing like it at all.</summary>
internal static class Mangled
{
    // What a parser's states hang on; among plain random bytes these would almost never come.
    private static readonly byte[] Telling = Encoding.Latin1.GetBytes(
        "{}[]\",:\\/u0dn\0\r\n\t .-_=*?@eE+\u0080\u00C3\u00ED\u00FF");

    public static Gen<byte[]> Of(string document) => Of(Encoding.UTF8.GetBytes(document));

    public static Gen<byte[]> Of(byte[] document)
    {
        var octet = Gen.OneOf(Gen.OneOf(Telling), Gen.Byte);
        var edit = Gen.Select(Gen.Int[0, document.Length], Gen.Int[0, 6], octet.Array[0, 4]);
        var edited = edit.Array[0, 4].Select(edits =>
        {
            var bytes = document.ToList();
            foreach (var (at, removed, inserted) in edits)
            {
                var from = Math.Min(at, bytes.Count);
                bytes.RemoveRange(from, Math.Min(removed, bytes.Count - from));
                bytes.InsertRange(from, inserted);
            }

            return bytes.ToArray();
        });
        var cut = Gen.Int[0, document.Length].Select(length => document[..length]);
        return Gen.Frequency((6, edited), (2, cut), (1, octet.Array[0, 60]));
    }
}
