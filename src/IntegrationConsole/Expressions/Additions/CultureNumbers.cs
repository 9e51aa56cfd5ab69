using System.Globalization;
using System.Text;
using IntegrationConsole.Expressions.Functions;
using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Expressions.Additions;

/// <summary>
/// Reads numbers as a culture writes them. The result keeps all digits, and separators must stand where the culture
/// puts them: "1.234" is a thousand in Germany, and "1.23" is nothing there.
/// </summary>
internal static class CultureNumbers
{
    public static Value Read(Call call)
    {
        if (call[0].Kind != ValueKind.String)
        {
            return call[0].Kind == ValueKind.Boolean ? Value.Of(call[0].AsBoolean() ? 1d : 0d) : call[0];
        }

        var text = call[0].AsString();
        call.Run.Take(4L * text.Length);
        var format = OurFunctions.CultureOf(call[1].AsString(), call.Run).NumberFormat;
        var digits = Digits(WithAsciiDigits(text), format)
            ?? throw new ExpressionFailure("D3030", call.Run.Position, "number", text);
        return Value.FromJson(Encoding.ASCII.GetBytes(digits));
    }

    /// <summary>Digits of any decimal system as the digits 0 to 9.</summary>
    public static string WithAsciiDigits(string text) =>
        string.Concat(text.Select(each => each > 127 && char.IsDigit(each) ? (char)('0' + (int)char.GetNumericValue(each)) : each));

    private static string? Digits(string text, NumberFormatInfo format)
    {
        var number = text.Trim();
        var isNegative = number.StartsWith('-') || number.StartsWith('\u2212') || number.StartsWith(format.NegativeSign, StringComparison.Ordinal)
            || (number.StartsWith('(') && number.EndsWith(')'));
        number = number.Trim('-', '+', '\u2212', '(', ')', '\u200e', '\u200f', '\u061c').Trim();
        var parts = number.Split(Same(format.NumberDecimalSeparator[0]));
        if (parts.Length > 2 || (parts.Length == 2 && (parts[1].Length == 0 || !parts[1].All(char.IsAsciiDigit))))
        {
            return null;
        }

        if (Ungrouped(parts[0], format) is not { } whole)
        {
            return null;
        }

        whole = whole.TrimStart('0').PadLeft(1, '0');
        return (isNegative ? "-" : "") + whole + (parts.Length == 2 ? "." + parts[1] : "");
    }

    private static string? Ungrouped(string whole, NumberFormatInfo format)
    {
        var groups = whole.Split(Same(format.NumberGroupSeparator.Length > 0 ? format.NumberGroupSeparator[0] : ' '));
        if (!groups.All(group => group.Length > 0 && group.All(char.IsAsciiDigit)))
        {
            return null;
        }

        var sizes = format.NumberGroupSizes is { Length: > 0 } given ? given : [3];
        for (var fromRight = 0; fromRight < groups.Length - 1; fromRight++)
        {
            if (groups[groups.Length - 1 - fromRight].Length != sizes[Math.Min(fromRight, sizes.Length - 1)])
            {
                return null;
            }
        }

        return groups.Length > 1 && groups[0].Length > sizes[^1] ? null : string.Concat(groups);
    }

    /// <summary>The separator with those that people type instead of it.</summary>
    private static char[] Same(char separator) => separator switch
    {
        ' ' or '\u00a0' or '\u202f' => [' ', '\u00a0', '\u202f'],
        '\'' or '\u2019' => ['\'', '\u2019'],
        '\u066b' => ['\u066b', ','],
        '\u066c' => ['\u066c', '\u060c'],
        _ => [separator],
    };
}
