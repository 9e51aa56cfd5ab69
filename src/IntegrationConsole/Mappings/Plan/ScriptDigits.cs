using System.Globalization;
using System.Text;

namespace IntegrationConsole.Mappings.Plan;

/// <summary>Every script has its own digits: "١٢٣" is 123 where the culture is Arabic.</summary>
internal static class ScriptDigits
{
    public static string ToAscii(string text) => Ascii.IsValid(text)
        ? text
        : string.Create(text.Length, text, static (ascii, written) =>
        {
            for (var index = 0; index < written.Length; index++)
            {
                ascii[index] = char.IsDigit(written[index]) ? (char)('0' + CharUnicodeInfo.GetDecimalDigitValue(written[index])) : written[index];
            }
        });
}
