namespace IntegrationConsole.Expressions.Values;

/// <summary>Copies arrays and objects all the way down, so that a transform can change the copy.</summary>
internal static class Copies
{
    /// <summary>Copies what the language made; what came from the source cannot change.</summary>
    public static Value Detached(Value value, Run run) => value.Reference is ListValue or ObjectValue ? Deep(value, run) : value;

    public static Value Deep(Value value, Run run)
    {
        switch (value.Kind)
        {
            case ValueKind.Array:
                run.EnsureStack();
                run.Take(48 + 16L * value.Count);
                var list = new ListValue(Math.Max(1, value.Count));
                for (var items = new ItemWalk(value); items.Next();)
                {
                    run.Step();
                    list.Add(Deep(items.Current, run));
                }

                return new Value(list);
            case ValueKind.Object:
                run.EnsureStack();
                run.Take(64);
                var copy = new ObjectValue();
                for (var fields = new FieldWalk(value); fields.Next();)
                {
                    run.Step();
                    run.Take(32);
                    copy.Set(fields.Name, Deep(fields.Current, run));
                }

                return new Value(copy);
            default:
                return value;
        }
    }
}
