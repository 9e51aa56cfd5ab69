using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;
using IntegrationConsole.Expressions.Pictures;
using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Expressions.Functions;

/// <summary>The built-in functions on numbers.</summary>
internal static partial class NumberFunctions
{
    public static readonly BuiltIn[] All =
    [
        new("number", "<(nsb)-s?:n>", Number, arity: 1),
        new("abs", "<n-:n>", call => OnNumber(call, Math.Abs)),
        new("floor", "<n-:n>", call => OnNumber(call, Math.Floor)),
        new("ceil", "<n-:n>", call => OnNumber(call, Math.Ceiling)),
        new("round", "<n-n?:n>", Round),
        new("power", "<n-n:n>", Power),
        new("sqrt", "<n-:n>", SquareRoot),
        new("random", "<:n>", call => Value.Of(call.Run.Surroundings.Random.NextDouble())),
        new("sum", "<a<n>:n>", Sum),
        new("max", "<a<n>:n>", call => Fold(call, Math.Max)),
        new("min", "<a<n>:n>", call => Fold(call, Math.Min)),
        new("average", "<a<n>:n>", call => call[0].IsUndefined || call[0].Count == 0 ? default : Value.Of(Sum(call).AsDouble() / call[0].Count)),
        new("formatNumber", "<n-so?:s>", FormatNumber),
        new("formatInteger", "<n-s:s>", FormatInteger),
        new("parseInteger", "<s-s:n>", ParseInteger),
        new("formatBase", "<n-n?:s>", FormatBase),
    ];

    private static Value OnNumber(Call call, Func<double, double> apply) =>
        call[0].IsUndefined ? default : Value.Of(apply(call[0].AsDouble()));

    private static Value SquareRoot(Call call)
    {
        if (call[0].IsUndefined)
        {
            return default;
        }

        var number = call[0].AsDouble();
        return number < 0 ? throw new ExpressionFailure("D3060", call.Run.Position, "sqrt", NumberText.Exact(number)) : Value.Of(Math.Sqrt(number));
    }

    private static Value Number(Call call)
    {
        if (!call[1].IsUndefined)
        {
            return Additions.CultureNumbers.Read(call);
        }

        switch (call[0].Kind)
        {
            case ValueKind.Boolean:
                return Value.Of(call[0].AsBoolean() ? 1d : 0d);
            case ValueKind.String:
                var text = call[0].AsString();
                return Value.Of(Read(text) ?? throw new ExpressionFailure("D3030", call.Run.Position, "number", text));
            default:
                return call[0];
        }
    }

    private static double? Read(string text)
    {
        if (Decimal().IsMatch(text))
        {
            var number = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
            return double.IsFinite(number) ? number : null;
        }

        if (!Prefixed().IsMatch(text))
        {
            return null;
        }

        var radix = char.ToLowerInvariant(text[1]) switch { 'x' => 16, 'o' => 8, _ => 2 };
        return text[2..].Aggregate(0d, (sum, digit) => sum * radix + Convert.ToInt32(digit.ToString(), 16));
    }

    private static Value Round(Call call)
    {
        if (call[0].IsUndefined)
        {
            return default;
        }

        var (number, precision) = (call[0].AsDouble(), call[1].IsUndefined ? 0 : call[1].AsDouble());

        // There is no digit of half a place.
        return Value.Of(precision == Math.Truncate(precision) ? Round(number, (int)Math.Clamp(precision, -400, 400)) : double.NaN);
    }

    /// <summary>
    /// Rounds halves to the even neighbour. The point is moved in the digits and not by multiplying, so that what is
    /// written as a half is a half.
    /// </summary>
    public static double Round(double number, int places)
    {
        var shifted = Shift(number, places);
        if (!double.IsFinite(shifted))
        {
            return number;
        }

        var rounded = Shift(Math.Round(shifted, MidpointRounding.ToEven), -places);
        return rounded == 0 ? 0 : rounded;
    }

    private static double Shift(double number, int places)
    {
        if (places == 0 || !double.IsFinite(number))
        {
            return number;
        }

        var text = number.ToString("R", CultureInfo.InvariantCulture);
        var mark = text.IndexOf('E');
        var exponent = mark < 0 ? 0 : int.Parse(text.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var mantissa = mark < 0 ? text : text[..mark];
        return double.Parse(string.Create(CultureInfo.InvariantCulture, $"{mantissa}E{exponent + places}"), NumberStyles.Float, CultureInfo.InvariantCulture);
    }

    private static Value Power(Call call)
    {
        if (call[0].IsUndefined)
        {
            return default;
        }

        var power = call[1].IsUndefined ? double.NaN : Math.Pow(call[0].AsDouble(), call[1].AsDouble());
        return double.IsFinite(power)
            ? Value.Of(power)
            : throw new ExpressionFailure("D3061", call.Run.Position, "power", Brief.Of(call[0]));
    }

    private static Value Sum(Call call)
    {
        if (call[0].IsUndefined)
        {
            return default;
        }

        var sum = 0d;
        for (var items = new ItemWalk(call[0]); items.Next();)
        {
            call.Run.Step();
            sum += items.Current.AsDouble();
        }

        return Value.Of(sum);
    }

    private static Value Fold(Call call, Func<double, double, double> choose)
    {
        if (call[0].IsUndefined || call[0].Count == 0)
        {
            return default;
        }

        var items = new ItemWalk(call[0]);
        items.Next();
        var chosen = items.Current.AsDouble();
        while (items.Next())
        {
            call.Run.Step();
            chosen = choose(chosen, items.Current.AsDouble());
        }

        return Value.Of(chosen);
    }

    private static Value FormatNumber(Call call)
    {
        if (call[0].IsUndefined)
        {
            return default;
        }

        var picture = call[1].IsUndefined ? "undefined" : call[1].AsString();
        call.Run.Take(4L * picture.Length + 800);
        return Value.Of(NumberPicture.Format(call[0].AsDouble(), picture, call[2], call.Run.Position));
    }

    private static Value FormatInteger(Call call)
    {
        if (call[0].IsUndefined)
        {
            return default;
        }

        var picture = call[1].IsUndefined ? "undefined" : call[1].AsString();
        call.Run.Take(4L * picture.Length + 800);
        return Value.Of(IntegerPicture.Read(picture, call.Run.Position).Format(Math.Floor(call[0].AsDouble())));
    }

    private static Value ParseInteger(Call call)
    {
        if (call[0].IsUndefined)
        {
            return default;
        }

        var picture = IntegerPicture.Read(call[1].IsUndefined ? "undefined" : call[1].AsString(), call.Run.Position);
        return picture.Parse(call[0].AsString()) is { } number ? Value.Of(number) : default;
    }

    private static Value FormatBase(Call call)
    {
        if (call[0].IsUndefined)
        {
            return default;
        }

        var number = Round(call[0].AsDouble(), 0);
        var radix = call[1].IsUndefined ? 10 : Round(call[1].AsDouble(), 0);
        if (!(radix is >= 2 and <= 36))
        {
            throw new ExpressionFailure("D3100", call.Run.Position, "formatBase", Brief.Of(call[1]));
        }

        if (!double.IsFinite(number))
        {
            throw new ExpressionFailure("D1001", call.Run.Position, value: "Infinity");
        }

        if (radix == 10)
        {
            return Value.Of(NumberText.Exact(number));
        }

        var rest = BigInteger.Abs(new BigInteger(number));
        var digits = new StringBuilder();
        do
        {
            digits.Insert(0, "0123456789abcdefghijklmnopqrstuvwxyz"[(int)(rest % (int)radix)]);
            rest /= (int)radix;
        }
        while (!rest.IsZero);
        return Value.Of(number < 0 ? digits.Insert(0, '-').ToString() : digits.ToString());
    }

    [GeneratedRegex(@"\A-?[0-9]+(\.[0-9]+)?([Ee][-+]?[0-9]+)?\z")]
    private static partial Regex Decimal();

    [GeneratedRegex(@"\A0([xX][0-9A-Fa-f]+|[oO][0-7]+|[bB][01]+)\z")]
    private static partial Regex Prefixed();
}
