namespace IntegrationConsole.Expressions.Pictures;

/// <summary>Numbers in English words, cardinal and ordinal, both ways.</summary>
internal static class NumberWords
{
    private static readonly string[] Few =
    [
        "Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve",
        "Thirteen", "Fourteen", "Fifteen", "Sixteen", "Seventeen", "Eighteen", "Nineteen",
    ];

    private static readonly string[] Ordinals =
    [
        "Zeroth", "First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth", "Tenth", "Eleventh", "Twelfth",
        "Thirteenth", "Fourteenth", "Fifteenth", "Sixteenth", "Seventeenth", "Eighteenth", "Nineteenth",
    ];

    private static readonly string[] Decades = ["Twenty", "Thirty", "Forty", "Fifty", "Sixty", "Seventy", "Eighty", "Ninety"];

    private static readonly string[] Magnitudes = ["Thousand", "Million", "Billion", "Trillion"];

    private static readonly Dictionary<string, double> Values = AllValues();

    /// <summary>All words that can be part of a number, for recognising one.</summary>
    public static IEnumerable<string> All => Values.Keys.Append("and");

    public static string Of(double number, bool isOrdinal) => Part(number, follows: false, isOrdinal);

    /// <summary>The number that the words say; null where one of them is no part of a number.</summary>
    public static double? Parse(string words)
    {
        var segments = new List<double> { 0 };
        foreach (var word in words.ToLowerInvariant().Split([' ', ',', '-'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (word == "and")
            {
                continue;
            }

            if (!Values.TryGetValue(word, out var value))
            {
                return null;
            }

            var top = segments[^1];
            segments.RemoveAt(segments.Count - 1);
            if (value >= 100)
            {
                segments.Add(top * value);
            }
            else if (top >= 1000)
            {
                segments.Add(top);
                segments.Add(value);
            }
            else
            {
                segments.Add(top + value);
            }
        }

        return segments.Sum();
    }

    private static string Part(double number, bool follows, bool isOrdinal)
    {
        var and = follows ? " and " : "";
        if (number < 20)
        {
            return and + (isOrdinal ? Ordinals : Few)[(int)number];
        }

        if (number < 100)
        {
            var decade = and + Decades[(int)number / 10 - 2];
            var ones = number % 10;
            return ones > 0 ? decade + "-" + Part(ones, false, isOrdinal) : isOrdinal ? decade[..^1] + "ieth" : decade;
        }

        var comma = follows ? ", " : "";
        var (factor, name) = number < 1000 ? (100d, "Hundred") : Magnitude(number);
        var words = comma + Part(Math.Floor(number / factor), false, false) + " " + name;
        var rest = number - Math.Floor(number / factor) * factor;
        return rest > 0 ? words + Part(rest, true, isOrdinal) : isOrdinal ? words + "th" : words;
    }

    private static (double Factor, string Name) Magnitude(double number)
    {
        var magnitude = 0;
        var factor = 1000d;
        while (magnitude < Magnitudes.Length - 1 && number >= factor * 1000)
        {
            factor *= 1000;
            magnitude++;
        }

        return (factor, Magnitudes[magnitude]);
    }

    private static Dictionary<string, double> AllValues()
    {
        var values = new Dictionary<string, double>(StringComparer.OrdinalIgnoreCase);
        for (var index = 0; index < Few.Length; index++)
        {
            values[Few[index]] = values[Ordinals[index]] = index;
        }

        for (var index = 0; index < Decades.Length; index++)
        {
            values[Decades[index]] = values[Decades[index][..^1] + "ieth"] = (index + 2) * 10;
        }

        values["Hundred"] = values["Hundredth"] = 100;
        for (var index = 0; index < Magnitudes.Length; index++)
        {
            values[Magnitudes[index]] = values[Magnitudes[index] + "th"] = Math.Pow(1000, index + 1);
        }

        return values;
    }
}
