using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Expressions.Compiling;

/// <summary>The operators on two values.</summary>
internal static class Operators
{
    /// <summary>Longer ranges are refused by the language itself.</summary>
    private const double RangeLimit = 10_000_000;

    public static Evaluation Negate(Evaluation operand, int position) => (input, frame, run) =>
    {
        var value = operand(input, frame, run);
        if (value.IsUndefined)
        {
            return default;
        }

        return IsNumber(value, position) ? Value.Of(-value.AsDouble()) : throw new ExpressionFailure("D1002", position, "-", Shown(value));
    };

    /// <summary>The operators that may leave their right side alone. Whatever fails in it is said of them, as the language's reference says it.</summary>
    public static Evaluation Either(string op, Evaluation left, Evaluation right, int position)
    {
        var decides = op == "or";
        return (input, frame, run) =>
        {
            var first = left(input, frame, run);
            var (outermost, openCalls) = (run.Outermost, run.OpenCalls);
            try
            {
                return Value.Of(Truth.Of(first, run) == decides ? decides : Truth.Of(right(input, frame, run), run));
            }
            catch (ExpressionFailure failure)
            {
                (run.Outermost, run.OpenCalls) = (outermost, openCalls);
                (failure.Position, failure.Token) = (position, op);
                throw;
            }
        };
    }

    public static Evaluation Arithmetic(string op, Evaluation left, Evaluation right, int position) => op switch
    {
        "+" => (input, frame, run) => Operands(op, left(input, frame, run), right(input, frame, run), position, out var a, out var b) ? Value.Of(a + b) : default,
        "-" => (input, frame, run) => Operands(op, left(input, frame, run), right(input, frame, run), position, out var a, out var b) ? Value.Of(a - b) : default,
        "*" => (input, frame, run) => Operands(op, left(input, frame, run), right(input, frame, run), position, out var a, out var b) ? Value.Of(a * b) : default,
        "/" => (input, frame, run) => Operands(op, left(input, frame, run), right(input, frame, run), position, out var a, out var b) ? Value.Of(a / b) : default,
        _ => (input, frame, run) => Operands(op, left(input, frame, run), right(input, frame, run), position, out var a, out var b) ? Value.Of(a % b) : default,
    };

    private static bool Operands(string op, Value left, Value right, int position, out double a, out double b)
    {
        a = b = 0;
        if (!left.IsUndefined && !IsNumber(left, position, op))
        {
            throw new ExpressionFailure("T2001", position, op, Shown(left));
        }

        if (!right.IsUndefined && !IsNumber(right, position, op))
        {
            throw new ExpressionFailure("T2002", position, op, Shown(right));
        }

        if (left.IsUndefined || right.IsUndefined)
        {
            return false;
        }

        a = left.AsDouble();
        b = right.AsDouble();
        return true;
    }

    /// <summary>Whether it is a number. Infinity is one that cannot be used any further.</summary>
    public static bool IsNumber(Value value, int? position, string? token = null)
    {
        if (value.Kind != ValueKind.Number)
        {
            return false;
        }

        var number = value.AsDouble();
        if (double.IsInfinity(number))
        {
            throw new ExpressionFailure("D1001", position, token, "Infinity");
        }

        return !double.IsNaN(number);
    }

    public static Value AreEqual(Value left, Value right, bool expected, Run run) =>
        left.IsUndefined || right.IsUndefined ? Value.False : Value.Of(Equality.AreEqual(left, right, run) == expected);

    public static Evaluation Comparison(string op, Evaluation left, Evaluation right, int position) => op switch
    {
        "<" => (input, frame, run) => Compare(op, left(input, frame, run), right(input, frame, run), position) is { } order ? Value.Of(order < 0) : default,
        "<=" => (input, frame, run) => Compare(op, left(input, frame, run), right(input, frame, run), position) is { } order ? Value.Of(order <= 0) : default,
        ">" => (input, frame, run) => Compare(op, left(input, frame, run), right(input, frame, run), position) is { } order ? Value.Of(order > 0) : default,
        _ => (input, frame, run) => Compare(op, left(input, frame, run), right(input, frame, run), position) is { } order ? Value.Of(order >= 0) : default,
    };

    private static int? Compare(string op, Value left, Value right, int position)
    {
        var one = left.Kind;
        var other = right.Kind;
        if (one is not (ValueKind.Undefined or ValueKind.Number or ValueKind.String)
            || other is not (ValueKind.Undefined or ValueKind.Number or ValueKind.String))
        {
            throw new ExpressionFailure("T2010", position, op, Shown(one is ValueKind.Number or ValueKind.String ? right : left));
        }

        if (left.IsUndefined || right.IsUndefined)
        {
            return null;
        }

        if (one != other)
        {
            throw new ExpressionFailure("T2009", position, op, Shown(left));
        }

        return one == ValueKind.Number
            ? left.AsDouble().CompareTo(right.AsDouble())
            : string.CompareOrdinal(left.AsString(), right.AsString());
    }

    public static Evaluation In(Evaluation left, Evaluation right) => (input, frame, run) =>
    {
        var wanted = left(input, frame, run);
        var among = right(input, frame, run);
        if (wanted.IsUndefined || among.IsUndefined)
        {
            return Value.False;
        }

        var items = new ItemWalk(among);
        while (items.Next())
        {
            run.Step();
            if (Equality.AreSame(wanted, items.Current, run))
            {
                return Value.True;
            }
        }

        return Value.False;
    };

    public static Evaluation Range(Evaluation left, Evaluation right, int position) => (input, frame, run) =>
    {
        var first = left(input, frame, run);
        var last = right(input, frame, run);
        if (!first.IsUndefined && !IsInteger(first))
        {
            throw new ExpressionFailure("T2003", position, "..", Shown(first));
        }

        if (!last.IsUndefined && !IsInteger(last))
        {
            throw new ExpressionFailure("T2004", position, "..", Shown(last));
        }

        if (first.IsUndefined || last.IsUndefined || first.AsDouble() > last.AsDouble())
        {
            return default;
        }

        var count = last.AsDouble() - first.AsDouble() + 1;
        if (count > RangeLimit)
        {
            throw new ExpressionFailure("D2014", position, "..", NumberText.Exact(count));
        }

        if (count > run.Limits.SequenceLength)
        {
            throw new ExpressionFailure(ErrorCodes.SequenceLength, position, "..");
        }

        return new Value(ListValue.Range(first.AsDouble(), (int)count));
    };

    private static bool IsInteger(Value value) =>
        value.Kind == ValueKind.Number && value.AsDouble() is var number && double.IsFinite(number) && number == Math.Truncate(number);

    /// <summary>A value as an error shows it.</summary>
    public static string Shown(Value value) => Brief.Of(value);
}
