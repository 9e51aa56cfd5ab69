using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Expressions.Functions;

/// <summary>The built-in functions on objects, types and truth.</summary>
internal static class ObjectFunctions
{
    public static readonly BuiltIn[] All =
    [
        new("keys", "<x-:a<s>>", Keys),
        new("lookup", "<x-s:x>", call => call[1].IsUndefined ? default : Lookups.Step(call[0], new FieldName(call[1].AsString()), call.Run)),
        new("spread", "<x-:a<o>>", Spread),
        new("merge", "<a<o>:o>", Merge),
        new("clone", "<(oa)-:o>", call => Copies.Deep(call[0], call.Run)),
        new("exists", "<x:b>", call => Value.Of(!call[0].IsUndefined)),
        new("type", "<x:s>", Type),
        new("boolean", "<x-:b>", call => call[0].IsUndefined ? default : Value.Of(Truth.Of(call[0], call.Run))),
        new("not", "<x-:b>", call => call[0].IsUndefined ? default : Value.Of(!Truth.Of(call[0], call.Run))),
        new("error", "<s?:x>", call => throw new ExpressionFailure("D3137", call.Run.Position, "error",
            detail: call[0].IsUndefined ? "$error() function evaluated" : call[0].AsString())),
        new("assert", "<bs?:x>", Assert),
    ];

    private static Value Keys(Call call)
    {
        var keys = ListValue.Sequence();
        AddKeys(call[0], keys, new HashSet<string>(StringComparer.Ordinal), call.Run);
        return new Value(keys);
    }

    private static void AddKeys(Value value, ListValue keys, HashSet<string> seen, Run run)
    {
        run.Step();
        if (value.IsArray)
        {
            run.EnsureStack();
            for (var items = new ItemWalk(value); items.Next();)
            {
                AddKeys(items.Current, keys, seen, run);
            }
        }
        else if (value.Kind == ValueKind.Object)
        {
            for (var fields = new FieldWalk(value); fields.Next();)
            {
                var name = fields.Name;
                if (seen.Add(name))
                {
                    run.TakeItem(keys.Count);
                    keys.Add(Value.Of(name));
                }
            }
        }
    }

    private static Value Spread(Call call)
    {
        if (call[0].Kind is not (ValueKind.Array or ValueKind.Object))
        {
            return call[0];
        }

        var spread = new ListValue { IsSequence = call[0].Kind == ValueKind.Object };
        AddSpread(call[0], spread, call.Run);
        spread.IsSequence |= spread.Count == 0;
        return new Value(spread);
    }

    private static void AddSpread(Value value, ListValue spread, Run run)
    {
        run.Step();
        if (value.IsArray)
        {
            run.EnsureStack();
            for (var items = new ItemWalk(value); items.Next();)
            {
                AddSpread(items.Current, spread, run);
            }
        }
        else if (value.Kind == ValueKind.Object)
        {
            for (var fields = new FieldWalk(value); fields.Next();)
            {
                var single = new ObjectValue(1);
                single.AddNew(fields.Name, fields.Current);
                run.Take(96);
                run.TakeItem(spread.Count);
                spread.Add(new Value(single));
            }
        }
        else
        {
            spread.Add(value);
        }
    }

    private static Value Merge(Call call)
    {
        if (call[0].IsUndefined)
        {
            return default;
        }

        var merged = new ObjectValue();
        for (var items = new ItemWalk(call[0]); items.Next();)
        {
            for (var fields = new FieldWalk(items.Current); fields.Next();)
            {
                call.Run.Step();
                call.Run.Take(32);
                merged.Set(fields.Name, fields.Current);
            }
        }

        return new Value(merged);
    }

    private static Value Type(Call call) => call[0].Kind switch
    {
        ValueKind.Undefined => default,
        ValueKind.Null => Value.Of("null"),
        ValueKind.Boolean => Value.Of("boolean"),
        ValueKind.Number => Value.Of("number"),
        ValueKind.String => Value.Of("string"),
        ValueKind.Array => Value.Of("array"),
        ValueKind.Object => Value.Of("object"),
        ValueKind.Function => Value.Of("function"),
        _ => default,
    };

    private static Value Assert(Call call)
    {
        if (call[0].Kind == ValueKind.Boolean && call[0].AsBoolean())
        {
            return default;
        }

        throw new ExpressionFailure("D3141", call.Run.Position, "assert",
            detail: call[1].IsUndefined ? "$assert() statement failed" : call[1].AsString());
    }
}
