using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace IntegrationConsole.Expressions.Pictures;

/// <summary>Reads the picture of a date, as XPath's <c>format-dateTime</c> defines it.</summary>
internal static class DatePicture
{
    public static readonly string[] Days = ["", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

    public static readonly string[] Months =
    [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
    ];

    /// <summary>Expressions use few pictures over and over; data that makes its own must not fill the memory with them.</summary>
    private const int KnownLimit = 256;

    private static readonly ConcurrentDictionary<string, List<DatePart>> Known = new(StringComparer.Ordinal);

    public static List<DatePart> Read(string picture, int position)
    {
        if (Known.TryGetValue(picture, out var known))
        {
            return known;
        }

        var parts = Parse(picture, position);
        if (Known.Count < KnownLimit && picture.Length < KnownLimit)
        {
            Known.TryAdd(picture, parts);
        }

        return parts;
    }

    private static List<DatePart> Parse(string picture, int position)
    {
        var parts = new List<DatePart>();
        var literal = new StringBuilder();
        for (var at = 0; at < picture.Length; at++)
        {
            var doubled = at + 1 < picture.Length && picture[at + 1] == picture[at];
            if (picture[at] is '[' or ']' && doubled)
            {
                literal.Append(picture[at++]);
            }
            else if (picture[at] == '[')
            {
                AddLiteral(parts, literal);
                var end = picture.IndexOf(']', at);
                if (end < 0)
                {
                    throw new ExpressionFailure("D3135", position, value: picture);
                }

                parts.Add(Component(string.Concat(picture[(at + 1)..end].Where(each => !char.IsWhiteSpace(each))), parts, position));
                at = end;
            }
            else
            {
                literal.Append(picture[at]);
            }
        }

        AddLiteral(parts, literal);
        return parts;
    }

    private static void AddLiteral(List<DatePart> parts, StringBuilder literal)
    {
        if (literal.Length > 0)
        {
            parts.Add(new DatePart { Literal = literal.ToString() });
            literal.Clear();
        }
    }

    private static DatePart Component(string marker, List<DatePart> before, int position)
    {
        var component = marker.Length > 0 ? marker[0] : ' ';
        var comma = marker.LastIndexOf(',') is > 0 and var at ? at : -1;
        var (minimum, maximum) = comma < 0 ? (null, null) : Width(marker[(comma + 1)..]);
        var presentation = comma < 0 ? marker[Math.Min(1, marker.Length)..] : marker[1..comma];
        var modifier = presentation.Length > 1 && "atco".Contains(presentation[^1]) ? presentation[^1] : ' ';
        if (modifier != ' ')
        {
            presentation = presentation[..^1];
        }

        if (presentation.Length == 0)
        {
            presentation = Default(component) ?? throw new ExpressionFailure("D3132", position, value: component.ToString());
        }
        else if (Default(component) is null)
        {
            throw new ExpressionFailure("D3132", position, value: component.ToString());
        }

        LetterCase? names = presentation[0] switch
        {
            'n' => LetterCase.Lower,
            'N' when presentation.Length > 1 && presentation[1] == 'n' => LetterCase.Title,
            'N' => LetterCase.Upper,
            _ => null,
        };
        var number = names is null && component is not ('P' or 'C' or 'E') ? NumberOf(component, presentation, modifier == 'o', minimum, maximum, before) : null;
        return new DatePart
        {
            Component = component,
            Names = names,
            Number = number,
            MinimumWidth = minimum,
            MaximumWidth = maximum,
            YearDigits = component == 'Y' && number is not null ? YearDigits(number, maximum) : null,
            IsTraditional = modifier == 't',
        };
    }

    private static IntegerPicture NumberOf(char component, string presentation, bool isOrdinal, int? minimum, int? maximum, List<DatePart> before)
    {
        var number = IntegerPicture.Read(presentation, null);
        number.IsOrdinal |= isOrdinal;
        number.MandatoryDigits = component is 'z' or 'Z' ? number.MandatoryDigits : Math.Max(number.MandatoryDigits, minimum ?? 0);
        if (component == 'Y' && maximum is { } most)
        {
            number.MandatoryDigits = most;
        }

        // Two numbers without a sign between can be read only by their widths.
        if (before is [.., { Number: { } previous }])
        {
            previous.ParseWidth = previous.MandatoryDigits;
        }

        return number;
    }

    private static int? YearDigits(IntegerPicture number, int? maximum) =>
        maximum ?? (number.MandatoryDigits + number.OptionalDigits is >= 2 and var digits ? digits : null);

    private static (int? Minimum, int? Maximum) Width(string width)
    {
        var dash = width.IndexOf('-');
        return dash < 0 ? (Number(width), null) : (Number(width[..dash]), Number(width[(dash + 1)..]));

        static int? Number(string text) =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? Math.Min(number, 100) : null;
    }

    private static string? Default(char component) => component switch
    {
        'Y' or 'M' or 'D' or 'd' or 'W' or 'w' or 'X' or 'x' or 'H' or 'h' or 'f' => "1",
        'F' or 'P' or 'C' or 'E' => "n",
        'm' or 's' => "01",
        'z' or 'Z' => "01:01",
        _ => null,
    };
}
