using IntegrationConsole.Expressions.Pictures;
using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Expressions.Functions;

/// <summary>The built-in functions on instants.</summary>
internal static class TimeFunctions
{
    public static readonly BuiltIn[] All =
    [
        new("now", "<s?s?:s>", call => Format(call, call.Run.Now.ToUnixTimeMilliseconds(), call[0], call[1])),
        new("millis", "<:n>", call => Value.Of(call.Run.Now.ToUnixTimeMilliseconds())),
        new("fromMillis", "<n-s?s?:s>", call => call[0].IsUndefined ? default : Format(call, call[0].AsDouble(), call[1], call[2])),
        new("toMillis", "<s-s?:n>", ToMillis),
    ];

    private static Value Format(Call call, double millis, Value picture, Value zone)
    {
        var text = picture.IsUndefined ? null : picture.AsString();
        call.Run.Take(1000 + 8L * (text?.Length ?? 0));
        return Value.Of(DateFormatting.Format(millis, text, zone.IsUndefined ? 0 : Offset(zone.AsString()), call.Run.Position));
    }

    /// <summary>Minutes east of UTC of a zone such as <c>-0500</c>.</summary>
    private static int Offset(string zone)
    {
        var digits = zone.TrimStart('+', '-').Replace(":", "", StringComparison.Ordinal);
        var number = int.TryParse(digits, out var parsed) && parsed < 10_000 ? parsed : 0;
        var minutes = number / 100 * 60 + number % 100;
        return zone.StartsWith('-') ? -minutes : minutes;
    }

    private static Value ToMillis(Call call)
    {
        if (call[0].IsUndefined)
        {
            return default;
        }

        var text = call[0].AsString();
        if (call[1].IsUndefined)
        {
            return Value.Of(DateParsing.ParseIso(text) ?? throw new ExpressionFailure("D3110", call.Run.Position, "toMillis", text));
        }

        var picture = call[1].AsString();
        call.Run.Take(100L * picture.Length);
        return DateParsing.Parse(text, picture, call.Run.Now, call.Run.Limits.RegexTime, call.Run.Position) is { } millis ? Value.Of(millis) : default;
    }
}
