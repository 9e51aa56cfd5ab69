using System.Text;

namespace IntegrationConsole.Connectors.Files.Formats;

/// <summary>Which encoding a CSV file has.</summary>
internal static class CsvEncoding
{
    /// <param name="chosen">In the settings.</param>
    /// <param name="beginning">The first four bytes.</param>
    /// <param name="mark">How many of them are a byte order mark.</param>
    /// <returns>Null for UTF-8, which is not decoded but checked row by row; the others throw at bytes that are not text.</returns>
    public static Encoding? Of(string chosen, ReadOnlySpan<byte> beginning, out int mark)
    {
        // A mark at the beginning is proof, what is chosen for a whole folder is not.
        (mark, var marked) = beginning switch
        {
            [0xEF, 0xBB, 0xBF, ..] => (3, null),
            [0xFF, 0xFE, 0, 0] => (4, new UTF32Encoding(bigEndian: false, byteOrderMark: false, throwOnInvalidCharacters: true)),
            [0, 0, 0xFE, 0xFF] => (4, new UTF32Encoding(bigEndian: true, byteOrderMark: false, throwOnInvalidCharacters: true)),
            [0xFF, 0xFE, ..] => (2, Utf16(bigEndian: false)),
            [0xFE, 0xFF, ..] => (2, Utf16(bigEndian: true)),
            _ => (0, (Encoding?)null),
        };
        return mark > 0 ? marked : chosen switch
        {
            "utf-16" => Utf16(bigEndian: beginning is [0, not 0, ..]),
            "windows-1252" => CodePagesEncodingProvider.Instance.GetEncoding(1252),
            "iso-8859-1" => Encoding.Latin1,
            _ => null,
        };
    }

    private static UnicodeEncoding Utf16(bool bigEndian) => new(bigEndian, byteOrderMark: false, throwOnInvalidBytes: true);
}
