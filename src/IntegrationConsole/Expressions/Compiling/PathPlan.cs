using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Expressions.Compiling;

/// <summary>One step of a path that binds no variables.</summary>
/// <param name="Name">The name, where the step is nothing else.</param>
/// <param name="Each">What is evaluated on each item, with the step's predicates.</param>
/// <param name="Whole">What is evaluated on all items at once: an order-by.</param>
/// <param name="Constructs">An array constructor at the start of the path, which is not applied to each item.</param>
internal sealed record PathStep(FieldName? Name, Evaluation? Each, Evaluation? Whole, bool Constructs);

/// <summary>A path that binds no variables: the items of each step are the input of the next, flat.</summary>
internal sealed class PathPlan(PathStep[] steps, bool startsAtVariable, bool keepArray)
{
    public Value Evaluate(Value input, Frame frame, Run run)
    {
        var current = input;
        var isMany = !startsAtVariable && input.IsArray;
        for (var index = 0; index < steps.Length; index++)
        {
            var step = steps[index];
            var isLast = index == steps.Length - 1;
            if (step.Whole is { } whole)
            {
                current = whole(isMany || !current.IsArray ? current : new Value(new ListValue([current])), frame, run);
                isMany = true;
                if (isLast)
                {
                    return Keep(current);
                }
            }
            else if (index == 0 && step.Constructs)
            {
                current = step.Each!(current, frame, run);
                isMany = current.IsArray;
                if (isLast || (isMany && current.Count == 0))
                {
                    return Keep(current);
                }
            }
            else
            {
                var (next, isFlat) = isMany ? Gather(step, current, frame, run) : (One(step, current, frame, run), false);
                if (isLast)
                {
                    return isFlat ? Keep(next) : Finish(next);
                }

                current = next;
                isMany = isFlat || (next.IsArray && next.Reference is not ListValue { IsConstructed: true });
            }

            if (current.IsUndefined || (isMany && current.Count == 0))
            {
                return default;
            }
        }

        return Finish(current);
    }

    private static Value One(PathStep step, Value item, Frame frame, Run run) =>
        step.Name is { } name ? Lookups.Step(item, name, run) : step.Each!(item, frame, run);

    /// <summary>Applies a step to many items. A single result stays what it is; more become one flat sequence.</summary>
    private static (Value Result, bool IsFlat) Gather(PathStep step, Value many, Frame frame, Run run)
    {
        Value first = default;
        ListValue? all = null;
        var items = new ItemWalk(many);
        while (items.Next())
        {
            run.Step();
            var result = One(step, items.Current, frame, run);
            if (result.IsUndefined)
            {
                continue;
            }

            if (all is null)
            {
                if (first.IsUndefined)
                {
                    first = result;
                    continue;
                }

                all = ListValue.Sequence();
                Add(all, first, run);
            }

            Add(all, result, run);
        }

        return all is null ? (first, false) : (new Value(all), true);
    }

    private static void Add(ListValue all, Value result, Run run)
    {
        if (result.IsArray && result.Reference is not ListValue { IsConstructed: true })
        {
            run.Take(16L * result.Count);
            run.TakeItem(all.Count + result.Count - 1);
            all.AddFlat(result);
        }
        else
        {
            run.TakeItem(all.Count);
            all.Add(result);
        }
    }

    /// <summary>The single result of the last step: an array of the data stays an array, everything else is a sequence of one.</summary>
    private Value Finish(Value result)
    {
        if (result.IsUndefined)
        {
            return default;
        }

        if (result.Reference is ListValue { IsSequence: true } list)
        {
            if (list.KeepsSingleton && !keepArray && list.Count == 1)
            {
                return list[0];
            }

            return Sequences.Simplify(result, keepArray);
        }

        return result.IsArray && result.Reference is not ListValue { IsConstructed: true } ? result : Keep(result);
    }

    private Value Keep(Value result)
    {
        if (result.Reference is ListValue { IsSequence: true })
        {
            return Sequences.Simplify(result, keepArray);
        }

        if (!keepArray || result.IsUndefined || (result.IsArray && result.Reference is not ListValue { IsConstructed: true }))
        {
            return result;
        }

        var kept = ListValue.Sequence(1);
        kept.Add(result);
        kept.KeepsSingleton = true;
        return new Value(kept);
    }
}
