using System.Runtime.CompilerServices;

namespace IntegrationConsole.Expressions.Values;

/// <summary>
/// Deep equality of values, and a hash that goes with it. Values may share parts so often that comparing them takes as
/// good as forever, so every comparison counts as a step of the evaluation.
/// </summary>
internal sealed class Equality(Run run) : IEqualityComparer<Value>
{
    public bool Equals(Value x, Value y) => AreEqual(x, y, run);

    public int GetHashCode(Value value) => value.Kind switch
    {
        ValueKind.Boolean => value.AsBoolean() ? 1 : 2,
        ValueKind.Number => value.AsDouble().GetHashCode(),
        ValueKind.String => string.GetHashCode(value.AsString(), StringComparison.Ordinal),
        ValueKind.Array => 100 + value.Count,
        ValueKind.Object => 10_000 + FieldCount(value),
        ValueKind.Function => RuntimeHelpers.GetHashCode(value.Reference),
        _ => 0,
    };

    public static bool AreEqual(Value left, Value right, Run? run)
    {
        var kind = left.Kind;
        if (kind != right.Kind)
        {
            return false;
        }

        return kind switch
        {
            ValueKind.Boolean => left.AsBoolean() == right.AsBoolean(),
            ValueKind.Number => left.AsDouble() == right.AsDouble(),
            ValueKind.String => SameText(left, right),
            ValueKind.Array => SameItems(left, right, run),
            ValueKind.Object => SameFields(left, right, run),
            ValueKind.Function => ReferenceEquals(left.Reference, right.Reference),
            _ => true,
        };
    }

    /// <summary>Equality as <c>in</c> has it: arrays and objects are equal only to themselves.</summary>
    public static bool AreSame(Value left, Value right, Run run) => left.Kind is ValueKind.Array or ValueKind.Object
        ? ReferenceEquals(left.Reference, right.Reference) && left.Bits == right.Bits
        : AreEqual(left, right, run);

    /// <summary>Whether a string value is a text of the expression, without decoding it where it came from the source.</summary>
    public static bool IsText(Value value, FieldName text)
    {
        if (value.Reference is JsonSource source && !source.IsEscaped((int)value.Bits))
        {
            return source.RawAt((int)value.Bits).SequenceEqual(text.Utf8);
        }

        return value.AsString() == text.Text;
    }

    private static bool SameText(Value left, Value right)
    {
        if (left.Reference is JsonSource one && right.Reference is JsonSource other
            && !one.IsEscaped((int)left.Bits) && !other.IsEscaped((int)right.Bits))
        {
            return one.RawAt((int)left.Bits).SequenceEqual(other.RawAt((int)right.Bits));
        }

        return left.AsString() == right.AsString();
    }

    private static bool SameItems(Value left, Value right, Run? run)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (left.Count != right.Count)
        {
            return false;
        }

        var one = new ItemWalk(left);
        var other = new ItemWalk(right);
        while (one.Next() && other.Next())
        {
            run?.Step();
            if (!AreEqual(one.Current, other.Current, run))
            {
                return false;
            }
        }

        return true;
    }

    private static bool SameFields(Value left, Value right, Run? run)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (FieldCount(left) != FieldCount(right))
        {
            return false;
        }

        var fields = new FieldWalk(left);
        while (fields.Next())
        {
            run?.Step();
            var other = right.Field(fields.Name);
            if (other.IsUndefined || !AreEqual(fields.Current, other, run))
            {
                return false;
            }
        }

        return true;
    }

    private static int FieldCount(Value value) => value.Reference switch
    {
        ObjectValue made => made.Count,
        JsonSource source => source.CountAt((int)value.Bits),
        _ => 0,
    };
}
