using IntegrationConsole.Expressions.Compiling;
using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Expressions.Functions;

/// <summary>The built-in functions that take functions.</summary>
internal static class HigherOrderFunctions
{
    public static readonly BuiltIn[] All =
    [
        new("map", "<af>", Map),
        new("filter", "<af>", Filter),
        new("single", "<af?>", Single),
        new("reduce", "<afj?:j>", Reduce),
        new("each", "<o-f:a>", Each),
        new("sift", "<o-f?:o>", Sift),
    ];

    /// <summary>Calls with as many of the arguments as the function takes, but with one at least.</summary>
    private static Value Offer(Function function, Value first, Value second, Value third, Frame frame, Run run)
    {
        run.Step();
        FewArguments few = default;
        few[0] = first;
        few[1] = second;
        few[2] = third;
        ReadOnlySpan<Value> all = few;
        return function.Invoke(all[..Math.Clamp(function.Arity, 1, 3)], Value.Null, frame, run);
    }

    private static Value Map(Call call)
    {
        if (call[0].IsUndefined || call[1].Function is not { } function)
        {
            return default;
        }

        var mapped = ListValue.Sequence(Math.Min(call[0].Count, 1024));
        var index = 0;
        for (var items = new ItemWalk(call[0]); items.Next(); index++)
        {
            var result = Offer(function, items.Current, Value.Of(index), call[0], call.Frame, call.Run);
            if (!result.IsUndefined)
            {
                call.Run.TakeItem(mapped.Count);
                mapped.Add(result);
            }
        }

        return new Value(mapped);
    }

    private static Value Filter(Call call)
    {
        if (call[0].IsUndefined || call[1].Function is not { } function)
        {
            return default;
        }

        var filtered = ListValue.Sequence();
        var index = 0;
        for (var items = new ItemWalk(call[0]); items.Next(); index++)
        {
            if (Truth.Of(Offer(function, items.Current, Value.Of(index), call[0], call.Frame, call.Run), call.Run))
            {
                call.Run.TakeItem(filtered.Count);
                filtered.Add(items.Current);
            }
        }

        return new Value(filtered);
    }

    private static Value Single(Call call)
    {
        if (call[0].IsUndefined)
        {
            return default;
        }

        var position = call.Run.Position;
        Value found = default;
        var hasFound = false;
        var index = 0;
        for (var items = new ItemWalk(call[0]); items.Next(); index++)
        {
            if (call[1].Function is { } function && !Truth.Of(Offer(function, items.Current, Value.Of(index), call[0], call.Frame, call.Run), call.Run))
            {
                continue;
            }

            if (hasFound)
            {
                throw new ExpressionFailure("D3138", position, "single");
            }

            found = items.Current;
            hasFound = true;
        }

        return hasFound ? found : throw new ExpressionFailure("D3139", position, "single");
    }

    private static Value Reduce(Call call)
    {
        if (call[0].IsUndefined || call[1].Function is not { } function)
        {
            return default;
        }

        if (function.Arity < 2)
        {
            throw new ExpressionFailure("D3050", call.Run.Position, "reduce");
        }

        var items = new ItemWalk(call[0]);
        var index = 0;
        var result = call[2];
        if (result.IsUndefined && items.Next())
        {
            result = items.Current;
            index++;
        }

        for (; items.Next(); index++)
        {
            call.Run.Step();
            FewArguments few = default;
            few[0] = result;
            few[1] = items.Current;
            few[2] = Value.Of(index);
            few[3] = call[0];
            ReadOnlySpan<Value> all = few;
            result = function.Invoke(all[..Math.Min(function.Arity, 4)], Value.Null, call.Frame, call.Run);
        }

        return result;
    }

    private static Value Each(Call call)
    {
        if (call[0].IsUndefined || call[1].Function is not { } function)
        {
            return default;
        }

        var results = ListValue.Sequence();
        for (var fields = new FieldWalk(call[0]); fields.Next();)
        {
            var result = Offer(function, fields.Current, Value.Of(fields.Name), call[0], call.Frame, call.Run);
            if (!result.IsUndefined)
            {
                call.Run.TakeItem(results.Count);
                results.Add(result);
            }
        }

        return new Value(results);
    }

    private static Value Sift(Call call)
    {
        var sifted = new ObjectValue();
        for (var fields = new FieldWalk(call[0]); fields.Next();)
        {
            var keeps = call[1].Function is { } function
                ? Offer(function, fields.Current, Value.Of(fields.Name), call[0], call.Frame, call.Run)
                : fields.Current;
            if (Truth.Of(keeps, call.Run))
            {
                call.Run.Take(32);
                sifted.Set(fields.Name, fields.Current);
            }
        }

        return sifted.Count == 0 ? default : new Value(sifted);
    }
}
