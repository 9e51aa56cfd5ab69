using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Expressions.Compiling;

internal sealed record OrderingTerm(Evaluation Key, bool Descending);

/// <summary>An order-by. Each key is evaluated once for an item, and a later key only where the earlier ones are equal.</summary>
internal sealed class Ordering(OrderingTerm[] terms, Scope? tupleScope, int position)
{
    public Value Evaluate(Value input, Frame frame, Run run)
    {
        if (!input.IsArray || input.Count < 2)
        {
            return AsSequence(input);
        }

        run.Take(160L * input.Count);
        var entries = new Entry[input.Count];
        var items = new ItemWalk(input);
        for (var index = 0; items.Next(); index++)
        {
            entries[index] = new Entry(items.Current);
        }

        entries = StableSort.Sort(entries, (one, other) => Compare(one, other, frame, run) > 0);
        var sorted = new ListValue(entries.Length) { IsTupleStream = input.Reference is ListValue { IsTupleStream: true } };
        sorted.IsSequence = sorted.IsTupleStream;
        foreach (var entry in entries)
        {
            sorted.Add(entry.Item);
        }

        return new Value(sorted);
    }

    private static Value AsSequence(Value input)
    {
        if (input.Reference is ListValue { IsTupleStream: true })
        {
            return input;
        }

        var sequence = ListValue.Sequence(1);
        if (!input.IsUndefined)
        {
            sequence.AddFlat(input);
        }

        return new Value(sequence);
    }

    private int Compare(Entry one, Entry other, Frame frame, Run run)
    {
        run.Step();
        for (var term = 0; term < terms.Length; term++)
        {
            var order = Compare(Key(one, term, frame, run), Key(other, term, frame, run), terms[term].Descending);
            if (order != 0)
            {
                return order;
            }
        }

        return 0;
    }

    private Value Key(Entry entry, int term, Frame frame, Run run)
    {
        if (entry.Keys.Count <= term)
        {
            var key = entry.Item.Reference is TupleValue tuple && tupleScope is not null
                ? terms[term].Key(tuple.At, new Frame(frame, tupleScope, tuple.Bound), run)
                : terms[term].Key(entry.Item, OuterFrame(frame), run);

            // Decoded once, not at every comparison.
            entry.Keys.Add(key.Kind switch
            {
                ValueKind.String => Value.Of(key.AsString()),
                ValueKind.Number => Value.Of(key.AsDouble()),
                _ => key,
            });
        }

        return entry.Keys[term];
    }

    private Frame OuterFrame(Frame frame) => tupleScope is null ? frame : new Frame(frame, tupleScope, new Value[tupleScope.Count]);

    private int Compare(Value one, Value other, bool descending)
    {
        if (one.IsUndefined || other.IsUndefined)
        {
            // What has no key comes last, whatever the direction.
            return one.IsUndefined ? (other.IsUndefined ? 0 : 1) : -1;
        }

        var kind = one.Kind;
        if (kind is not (ValueKind.Number or ValueKind.String) || other.Kind is not (ValueKind.Number or ValueKind.String))
        {
            throw new ExpressionFailure("T2008", position, value: Operators.Shown(kind is ValueKind.Number or ValueKind.String ? other : one));
        }

        if (kind != other.Kind)
        {
            throw new ExpressionFailure("T2007", position, value: $"{Operators.Shown(one)} and {Operators.Shown(other)}");
        }

        var order = kind == ValueKind.Number
            ? one.AsDouble().CompareTo(other.AsDouble())
            : string.CompareOrdinal((string)one.Reference!, (string)other.Reference!);
        return descending ? -order : order;
    }

    private sealed class Entry(Value item)
    {
        public Value Item { get; } = item;

        public List<Value> Keys { get; } = new(1);
    }
}
