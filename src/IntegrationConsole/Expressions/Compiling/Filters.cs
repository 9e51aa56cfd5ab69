using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Expressions.Compiling;

/// <summary>Predicates: a number takes the item of that index, an array of numbers several, anything else is asked of each item.</summary>
internal static class Filters
{
    /// <summary>Takes one item by its index, from the end where it is negative.</summary>
    public static Value At(Value value, double index)
    {
        if (value.IsUndefined)
        {
            return default;
        }

        var count = value.IsArray ? value.Count : 1;
        index = Math.Floor(index);
        index = index < 0 ? count + index : index;
        if (!(index >= 0 && index < count))
        {
            return default;
        }

        if (value.Reference is ListValue list)
        {
            return list.IsTupleStream ? OneTuple(list[(int)index]) : list[(int)index];
        }

        var items = new ItemWalk(value);
        while (items.Next() && index-- > 0)
        {
        }

        return items.Current;
    }

    private static Value OneTuple(Value tuple)
    {
        var stream = ListValue.Sequence(1);
        stream.IsTupleStream = true;
        stream.Add(tuple);
        return new Value(stream);
    }

    /// <summary>Asks the predicate of each item.</summary>
    /// <param name="value">An array, or one item.</param>
    /// <param name="predicate">What is asked.</param>
    /// <param name="tupleScope">The scope that the predicate was compiled in, where items may be tuples.</param>
    /// <param name="frame">The variables around.</param>
    /// <param name="run">The evaluation.</param>
    public static Value Where(Value value, Evaluation predicate, Scope? tupleScope, Frame frame, Run run)
    {
        var count = value.IsArray ? value.Count : 1;
        var isStream = value.Reference is ListValue { IsTupleStream: true };
        var inner = tupleScope is null || isStream ? frame : new Frame(frame, tupleScope, new Value[tupleScope.Count]);
        ListValue? kept = null;
        Value first = default;
        var index = 0;
        for (var items = new ItemWalk(value); items.Next(); index++)
        {
            run.Step();
            var item = items.Current;
            for (var times = Times(item, predicate, index, count, tupleScope, isStream ? frame : inner, run); times > 0; times--)
            {
                if (first.IsUndefined && kept is null && !isStream && !item.IsArray)
                {
                    first = item;
                    continue;
                }

                kept ??= Begin(first, isStream);
                run.TakeItem(kept.Count);
                kept.Add(item);
            }
        }

        return kept is null ? first : new Value(kept);
    }

    private static ListValue Begin(Value first, bool isStream)
    {
        var kept = ListValue.Sequence();
        kept.IsTupleStream = isStream;
        if (!first.IsUndefined)
        {
            kept.Add(first);
        }

        return kept;
    }

    /// <summary>How often the predicate takes an item: an array of numbers may name its index twice.</summary>
    private static int Times(Value item, Evaluation predicate, int index, int count, Scope? tupleScope, Frame frame, Run run)
    {
        Value answer;
        if (item.Reference is TupleValue tuple && tupleScope is not null)
        {
            answer = predicate(tuple.At, new Frame(frame, tupleScope, tuple.Bound), run);
        }
        else
        {
            answer = predicate(item, frame, run);
        }

        return answer.Kind switch
        {
            ValueKind.Boolean => answer.AsBoolean() ? 1 : 0,
            ValueKind.Number when Operators.IsNumber(answer, null) => IsIndex(answer, index, count) ? 1 : 0,
            ValueKind.Array => Occurrences(answer, index, count, run) ?? (Truth.Of(answer, run) ? 1 : 0),
            _ => Truth.Of(answer, run) ? 1 : 0,
        };
    }

    private static bool IsIndex(Value wanted, int index, int count)
    {
        var number = Math.Floor(wanted.AsDouble());
        return (number < 0 ? count + number : number) == index;
    }

    /// <summary>How often an array of numbers holds the index; null where it holds something else.</summary>
    private static int? Occurrences(Value array, int index, int count, Run run)
    {
        var found = 0;
        for (var items = new ItemWalk(array); items.Next();)
        {
            run.Step();
            if (items.Current.Kind != ValueKind.Number || double.IsNaN(items.Current.AsDouble()))
            {
                return null;
            }

            found += IsIndex(items.Current, index, count) ? 1 : 0;
        }

        return found;
    }
}
