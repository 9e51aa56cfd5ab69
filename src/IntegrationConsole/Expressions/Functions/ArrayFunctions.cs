using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Expressions.Functions;

/// <summary>The built-in functions on arrays.</summary>
internal static class ArrayFunctions
{
    public static readonly BuiltIn[] All =
    [
        new("count", "<a:n>", call => Value.Of(call[0].IsUndefined ? 0d : call[0].Count)),
        new("append", "<xx:a>", Append),
        new("reverse", "<a:a>", Reverse),
        new("shuffle", "<a:a>", Shuffle),
        new("distinct", "<x:x>", Distinct),
        new("zip", "<a+>", Zip, arity: 0),
        new("sort", "<af?:a>", Sort),
    ];

    private const int ShortSort = 20_000;

    private static Value Append(Call call)
    {
        var count = (long)call[0].Count + call[1].Count;
        if (count > call.Run.Limits.SequenceLength)
        {
            throw new ExpressionFailure(ErrorCodes.SequenceLength, call.Run.Position, "append");
        }

        call.Run.Take(16 * (count + 2));
        return Sequences.Append(call[0], call[1]);
    }

    private static Value Reverse(Call call)
    {
        if (call[0].IsUndefined || call[0].Count <= 1)
        {
            return call[0];
        }

        var items = Items(call);
        Array.Reverse(items);
        return new Value(new ListValue(items));
    }

    private static Value[] Items(Call call)
    {
        call.Run.Take(16L * call[0].Count);
        var items = new Value[call[0].Count];
        var walk = new ItemWalk(call[0]);
        for (var index = 0; walk.Next(); index++)
        {
            call.Run.Step();
            items[index] = walk.Current;
        }

        return items;
    }

    private static Value Shuffle(Call call)
    {
        if (call[0].IsUndefined || call[0].Count <= 1)
        {
            return call[0];
        }

        var items = Items(call);
        call.Run.Surroundings.Random.Shuffle(items);
        return new Value(new ListValue(items));
    }

    private static Value Distinct(Call call)
    {
        if (!call[0].IsArray || call[0].Count <= 1)
        {
            return call[0];
        }

        var seen = new HashSet<Value>(new Equality(call.Run));
        var distinct = new ListValue { IsSequence = call[0].Reference is ListValue { IsSequence: true } };
        for (var items = new ItemWalk(call[0]); items.Next();)
        {
            call.Run.Step();
            if (seen.Add(items.Current))
            {
                call.Run.Take(64);
                call.Run.TakeItem(distinct.Count);
                distinct.Add(items.Current);
            }
        }

        return new Value(distinct);
    }

    private static Value Zip(Call call)
    {
        var lists = new ListValue[call.Count];
        var length = int.MaxValue;
        for (var index = 0; index < lists.Length; index++)
        {
            lists[index] = call[index].IsUndefined ? new ListValue(0) : Sequences.ToList(call[index]);
            length = Math.Min(length, lists[index].Count);
        }

        call.Run.Take(16L * length * lists.Length);
        var zipped = new ListValue(length);
        for (var index = 0; index < length; index++)
        {
            call.Run.TakeItem(index);
            zipped.Add(new Value(new ListValue([.. lists.Select(list => list[index])])));
        }

        return new Value(zipped);
    }

    private static Value Sort(Call call)
    {
        if (call[0].IsUndefined || call[0].Count <= 1)
        {
            return call[0];
        }

        var items = Items(call);
        var position = call.Run.Position;
        if (call[1].Function is { } comparer)
        {
            var caller = (call.Frame, call.Run);
            return new Value(new ListValue(StableSort.Sort(items, (one, other) =>
            {
                caller.Run.Step();
                return Truth.OfHost(comparer.Invoke([one, other], Value.Null, caller.Frame, caller.Run), caller.Run);
            })));
        }

        if (Array.TrueForAll(items, item => item.Kind == ValueKind.Number))
        {
            return new Value(new ListValue(InOrder(items, Array.ConvertAll(items, item => item.AsDouble()), (one, other) => one > other, call.Run)));
        }

        if (Array.TrueForAll(items, item => item.Kind == ValueKind.String))
        {
            return new Value(new ListValue(InOrder(items, Array.ConvertAll(items, item => item.AsString()), (one, other) => string.CompareOrdinal(one, other) > 0, call.Run)));
        }

        throw new ExpressionFailure("D3070", position, "sort");
    }

    /// <summary>The framework's sort is faster, and cannot be stopped: only what is short is left to it.</summary>
    private static Value[] InOrder<T>(Value[] items, T[] keys, Func<T, T, bool> comesAfter, Run run)
    {
        if (items.Length <= ShortSort)
        {
            Array.Sort(keys, items, keys is string[] ? (IComparer<T>)(object)StringComparer.Ordinal : null);
            return items;
        }

        var order = StableSort.Sort(Enumerable.Range(0, items.Length).ToArray(), (one, other) =>
        {
            run.Step();
            return comesAfter(keys[one], keys[other]);
        });
        return Array.ConvertAll(order, index => items[index]);
    }
}
