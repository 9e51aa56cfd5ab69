using System.Text;

namespace IntegrationConsole.Expressions.Pictures;

/// <summary>Roman numerals, and numbers counted in letters.</summary>
internal static class Numerals
{
    private static readonly (int Value, string Letters)[] Romans =
    [
        (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
    ];

    /// <summary>Beyond this a Roman numeral would be a row of thousands without end.</summary>
    private const double RomanLimit = 5_000_000;

    public static string? Roman(double number)
    {
        if (number > RomanLimit)
        {
            return null;
        }

        var roman = new StringBuilder();
        foreach (var (value, letters) in Romans)
        {
            for (; number >= value; number -= value)
            {
                roman.Append(letters);
            }
        }

        return roman.ToString();
    }

    /// <summary>The number of a Roman numeral, however its letters are ordered; null where there are others.</summary>
    public static double? FromRoman(string roman)
    {
        double sum = 0;
        var highest = 0;
        foreach (var letter in roman.ToLowerInvariant().Reverse())
        {
            var value = Romans.FirstOrDefault(each => each.Letters.Length == 1 && each.Letters[0] == letter).Value;
            if (value == 0)
            {
                return null;
            }

            sum += value < highest ? -value : value;
            highest = Math.Max(highest, value);
        }

        return sum;
    }

    public static string Letters(double number, char first)
    {
        var letters = new StringBuilder();
        for (; number > 0; number = Math.Floor((number - 1) / 26))
        {
            letters.Insert(0, (char)(first + (int)((number - 1) % 26)));
        }

        return letters.ToString();
    }

    public static double FromLetters(string letters, char first) =>
        letters.Aggregate(0d, (sum, letter) => sum * 26 + (letter - first + 1));
}
