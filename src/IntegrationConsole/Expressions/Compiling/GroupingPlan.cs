using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Expressions.Compiling;

/// <summary>One pair of an object; the name is set where the key is a text of the expression.</summary>
internal sealed record GroupingPair(string? Name, Evaluation Key, Evaluation Value);

/// <summary>
/// Makes an object. Over many items it groups them by the key that each gives, and evaluates the pair's value on each group.
/// </summary>
internal sealed class GroupingPlan
{
    private readonly GroupingPair[] _pairs;
    private readonly int _position;
    private readonly bool _namesAreFixed;

    public GroupingPlan(GroupingPair[] pairs, int position)
    {
        _pairs = pairs;
        _position = position;
        _namesAreFixed = pairs.All(pair => pair.Name is not null) && pairs.DistinctBy(pair => pair.Name).Count() == pairs.Length;
    }

    public Value Evaluate(Value input, Scope? tupleScope, Frame frame, Run run) =>
        _namesAreFixed && !input.IsArray ? Fixed(input, frame, tupleScope, run) : Grouped(input, tupleScope, frame, run);

    /// <summary>An object constructor on one item: no grouping can happen.</summary>
    private Value Fixed(Value input, Frame frame, Scope? tupleScope, Run run)
    {
        var inner = tupleScope is null ? frame : new Frame(frame, tupleScope, new Value[tupleScope.Count]);
        var made = new ObjectValue(_pairs.Length);
        run.Take(32L * _pairs.Length);
        foreach (var pair in _pairs)
        {
            var value = pair.Value(input, inner, run);
            if (!value.IsUndefined)
            {
                made.AddNew(pair.Name!, value);
            }
        }

        return new Value(made);
    }

    private Value Grouped(Value input, Scope? tupleScope, Frame frame, Run run)
    {
        var groups = new List<Group>();
        var places = new Dictionary<string, Group>(StringComparer.Ordinal);
        var isEmpty = true;
        for (var items = new ItemWalk(input); items.Next(); isEmpty = false)
        {
            Assign(items.Current, groups, places, tupleScope, frame, run);
        }

        if (isEmpty)
        {
            Assign(default, groups, places, tupleScope, frame, run);
        }

        var made = new ObjectValue(groups.Count);
        foreach (var group in groups)
        {
            var value = ValueOf(group, tupleScope, frame, run);
            if (!value.IsUndefined)
            {
                made.AddNew(group.Name, value);
            }
        }

        return new Value(made);
    }

    private void Assign(Value item, List<Group> groups, Dictionary<string, Group> places, Scope? tupleScope, Frame frame, Run run)
    {
        run.Step();
        var (context, inner) = Context(item, tupleScope, frame);
        for (var index = 0; index < _pairs.Length; index++)
        {
            var key = _pairs[index].Key(context, inner, run);
            if (key.IsUndefined)
            {
                continue;
            }

            if (key.Kind != ValueKind.String)
            {
                throw new ExpressionFailure("T1003", _position, value: Operators.Shown(key));
            }

            var name = key.AsString();
            if (!places.TryGetValue(name, out var group))
            {
                group = new Group(name, index);
                places.Add(name, group);
                groups.Add(group);
            }
            else if (group.Pair != index)
            {
                throw new ExpressionFailure("D1009", _position, value: name);
            }

            run.Take(32);
            group.Add(item);
        }
    }

    private static (Value Context, Frame Frame) Context(Value item, Scope? tupleScope, Frame frame) => item.Reference switch
    {
        TupleValue tuple when tupleScope is not null => (tuple.At, new Frame(frame, tupleScope, tuple.Bound)),
        _ when tupleScope is not null => (item, new Frame(frame, tupleScope, new Value[tupleScope.Count])),
        _ => (item, frame),
    };

    private Value ValueOf(Group group, Scope? tupleScope, Frame frame, Run run)
    {
        run.Step();
        var data = group.First.Reference is TupleValue && group.All is { } tuples ? new Value(Merge(tuples)) : group.Data;
        var (context, inner) = Context(data, tupleScope, frame);
        return _pairs[group.Pair].Value(context, inner, run);
    }

    /// <summary>The tuples of one group as one: every variable holds what all of them held.</summary>
    private static TupleValue Merge(ListValue tuples)
    {
        var first = (TupleValue)tuples[0].Reference!;
        var merged = new TupleValue(first.At, [.. first.Bound]);
        for (var index = 1; index < tuples.Count; index++)
        {
            var next = (TupleValue)tuples[index].Reference!;
            merged.At = Sequences.Append(merged.At, next.At);
            for (var slot = 0; slot < merged.Bound.Length; slot++)
            {
                merged.Bound[slot] = Sequences.Append(merged.Bound[slot], next.Bound[slot]);
            }
        }

        return merged;
    }

    private sealed class Group(string name, int pair)
    {
        public string Name { get; } = name;

        public int Pair { get; } = pair;

        public Value First { get; private set; }

        public ListValue? All { get; private set; }

        private bool _hasFirst;

        public Value Data => All is null ? First : new Value(All);

        public void Add(Value item)
        {
            if (!_hasFirst)
            {
                _hasFirst = true;
                First = item;
                return;
            }

            if (All is null)
            {
                All = new ListValue();
                All.AddFlat(First);
            }

            All.AddFlat(item);
        }
    }
}
