using System.Runtime.CompilerServices;

namespace IntegrationConsole.Expressions.Values;

/// <summary>The rule that a sequence of one is its item, and an empty sequence is nothing.</summary>
internal static class Sequences
{
    public static Value Simplify(ListValue list)
    {
        if (!list.IsSequence || list.IsTupleStream)
        {
            return new Value(list);
        }

        return list.Count switch
        {
            0 => default,
            1 when !list.KeepsSingleton => list[0],
            _ => new Value(list),
        };
    }

    /// <summary>Simplifies what an expression gave; <paramref name="keepArray"/> where <c>[]</c> was written after it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Value Simplify(Value value, bool keepArray)
    {
        if (value.Reference is not ListValue list || !list.IsSequence)
        {
            return value;
        }

        if (keepArray && !list.IsTupleStream)
        {
            list.KeepsSingleton = true;
        }

        return Simplify(list);
    }

    /// <summary>One value after the other in one array; nothing adds nothing.</summary>
    public static Value Append(Value first, Value second)
    {
        if (first.IsUndefined)
        {
            return second;
        }

        if (second.IsUndefined)
        {
            return first;
        }

        var all = new ListValue((first.IsArray ? first.Count : 1) + (second.IsArray ? second.Count : 1));
        all.AddFlat(first);
        all.AddFlat(second);
        return new Value(all);
    }

    /// <summary>An array as a list whose items can be reached by number.</summary>
    public static ListValue ToList(Value value)
    {
        if (value.Reference is ListValue list)
        {
            return list;
        }

        var copy = new ListValue(Math.Max(1, value.IsArray ? value.Count : 1));
        copy.AddFlat(value);
        return copy;
    }
}
