using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Expressions.Compiling;

/// <summary>One predicate of a step that carries tuples, a fixed index, or the binding of an index after predicates.</summary>
internal sealed record TupleStage(Evaluation? Predicate, double At, int IndexSlot);

/// <summary>One step of a path that binds variables; slots are negative where nothing is bound.</summary>
internal sealed record TupleStep(Evaluation? Body, Ordering? Ordering, TupleStage[] Stages, int Focus, int Index, int Ancestor);

/// <summary>
/// A path that binds variables (<c>@</c>, <c>#</c>, <c>%</c>). Its items travel as tuples together with what was bound
/// on the way, so predicates and orders see every combination, as a join does.
/// </summary>
internal sealed class TuplePathPlan(PathPlan? before, TupleStep[] steps, Scope scope, GroupingPlan? grouping)
{
    public bool StartsAtVariable { get; init; }

    public bool KeepArray { get; init; }

    /// <summary>The part before the bound variables is an array constructor and nothing else.</summary>
    public bool BeginsConstructed { get; init; }

    /// <summary>A path around this one goes on with the tuples.</summary>
    public bool GivesTuples { get; init; }

    public Value Evaluate(Value input, Frame frame, Run run)
    {
        var isMany = !StartsAtVariable && input.IsArray;
        if (before is not null)
        {
            input = before.Evaluate(input, frame, run);
            isMany = input.IsArray;
            if (input.IsUndefined || (isMany && input.Count == 0))
            {
                // Only an array that the path begins by constructing shows when it is empty.
                return grouping is not null ? grouping.Evaluate(default, scope, frame, run)
                    : BeginsConstructed ? input
                    : default;
            }
        }

        var tuples = Walk(input, isMany, frame, run);
        Value result;
        if (GivesTuples)
        {
            result = new Value(tuples);
        }
        else
        {
            var items = ListValue.Sequence(tuples.Count);
            foreach (var tuple in tuples.AsSpan())
            {
                items.Add(((TupleValue)tuple.Reference!).At);
            }

            items.KeepsSingleton = KeepArray;
            result = new Value(items);
        }

        if (grouping is null)
        {
            return Sequences.Simplify(result, KeepArray);
        }

        return tuples.Count == 0 ? new Value(new ObjectValue()) : grouping.Evaluate(new Value(tuples), scope, frame, run);
    }

    private static ListValue Stream(int capacity = 4)
    {
        var stream = ListValue.Sequence(capacity);
        stream.IsTupleStream = true;
        return stream;
    }

    private ListValue Walk(Value input, bool isMany, Frame frame, Run run)
    {
        ListValue? tuples = null;
        foreach (var step in steps)
        {
            if (step.Ordering is { } ordering)
            {
                tuples = Order(ordering, step, tuples, input, isMany, frame, run);
            }
            else
            {
                tuples = Advance(step, tuples ?? Begin(input, isMany, run), frame, run);
            }

            foreach (var stage in step.Stages)
            {
                tuples = Apply(stage, tuples, frame, run);
            }
        }

        return tuples ?? Stream();
    }

    private ListValue Begin(Value input, bool isMany, Run run)
    {
        var tuples = Stream();
        if (!isMany)
        {
            tuples.Add(new Value(new TupleValue(input, NewBound(run))));
            return tuples;
        }

        var items = new ItemWalk(input);
        while (items.Next())
        {
            run.TakeItem(tuples.Count);
            tuples.Add(new Value(new TupleValue(items.Current, NewBound(run))));
        }

        return tuples;
    }

    private Value[] NewBound(Run run)
    {
        run.Take(64 + 16L * scope.Count);
        return new Value[scope.Count];
    }

    private ListValue Advance(TupleStep step, ListValue tuples, Frame frame, Run run)
    {
        var next = Stream(tuples.Count);
        for (var place = 0; place < tuples.Count; place++)
        {
            run.Step();
            var tuple = (TupleValue)tuples[place].Reference!;
            var result = step.Body!(tuple.At, new Frame(frame, scope, tuple.Bound), run);
            if (result.IsUndefined)
            {
                continue;
            }

            var index = 0;
            for (var items = new ItemWalk(result); items.Next(); index++)
            {
                run.TakeItem(next.Count);
                next.Add(new Value(Bind(step, tuple, items.Current, index, run)));
            }
        }

        return next;
    }

    private TupleValue Bind(TupleStep step, TupleValue from, Value item, int index, Run run)
    {
        var bound = NewBound(run);
        from.Bound.CopyTo(bound, 0);
        if (item.Reference is TupleValue inner)
        {
            for (var slot = 0; slot < bound.Length; slot++)
            {
                if (!inner.Bound[slot].IsUndefined)
                {
                    bound[slot] = inner.Bound[slot];
                }
            }

            return new TupleValue(inner.At, bound);
        }

        var next = new TupleValue(item, bound);
        if (step.Focus >= 0)
        {
            bound[step.Focus] = item;
            next.At = from.At;
        }

        if (step.Index >= 0)
        {
            bound[step.Index] = Value.Of(index);
        }

        if (step.Ancestor >= 0)
        {
            bound[step.Ancestor] = from.At;
        }

        return next;
    }

    private ListValue Order(Ordering ordering, TupleStep step, ListValue? tuples, Value input, bool isMany, Frame frame, Run run)
    {
        if (tuples is not null)
        {
            return (ListValue)ordering.Evaluate(new Value(tuples), frame, run).Reference!;
        }

        var sorted = ordering.Evaluate(isMany ? input : new Value(new ListValue([input])), frame, run);
        var ordered = Begin(sorted, sorted.IsArray, run);
        for (var place = 0; place < ordered.Count && step.Index >= 0; place++)
        {
            ((TupleValue)ordered[place].Reference!).Bound[step.Index] = Value.Of(place);
        }

        return ordered;
    }

    private ListValue Apply(TupleStage stage, ListValue tuples, Frame frame, Run run)
    {
        if (stage.IndexSlot >= 0)
        {
            for (var place = 0; place < tuples.Count; place++)
            {
                ((TupleValue)tuples[place].Reference!).Bound[stage.IndexSlot] = Value.Of(place);
            }

            return tuples;
        }

        var kept = stage.Predicate is { } predicate
            ? Filters.Where(new Value(tuples), predicate, scope, frame, run)
            : Filters.At(new Value(tuples), stage.At);
        return kept.List ?? Stream();
    }
}
