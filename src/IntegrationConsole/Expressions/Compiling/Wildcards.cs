using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Expressions.Compiling;

/// <summary>The steps <c>*</c>, all values of an object, and <c>**</c>, everything at any depth.</summary>
internal static class Wildcards
{
    public static readonly Evaluation All = (input, _, run) =>
    {
        if (input.Reference is ListValue { IsOuterWrapper: true } wrapper)
        {
            input = wrapper[0];
        }

        var found = ListValue.Sequence();
        if (input.IsArray)
        {
            var items = new ItemWalk(input);
            while (items.Next())
            {
                AddValue(items.Current, found, run);
            }
        }
        else if (input.Kind == ValueKind.Object)
        {
            var fields = new FieldWalk(input);
            while (fields.Next())
            {
                AddValue(fields.Current, found, run);
            }
        }

        return Sequences.Simplify(found);
    };

    public static readonly Evaluation Descendants = (input, _, run) =>
    {
        if (input.IsUndefined)
        {
            return default;
        }

        var found = ListValue.Sequence();
        Descend(input, found, run);
        return Sequences.Simplify(found);
    };

    private static void AddValue(Value value, ListValue found, Run run)
    {
        if (!value.IsArray)
        {
            run.TakeItem(found.Count);
            found.Add(value);
            return;
        }

        // Values that are arrays make the result an array, even where only one item comes out.
        found.IsSequence = false;
        Flatten(value, found, run);
    }

    private static void Flatten(Value array, ListValue found, Run run)
    {
        run.Step();
        run.EnsureStack();
        var items = new ItemWalk(array);
        while (items.Next())
        {
            if (items.Current.IsArray)
            {
                Flatten(items.Current, found, run);
            }
            else
            {
                run.TakeItem(found.Count);
                found.Add(items.Current);
            }
        }
    }

    private static void Descend(Value value, ListValue found, Run run)
    {
        run.Step();
        run.EnsureStack();
        switch (value.Kind)
        {
            case ValueKind.Array:
                var items = new ItemWalk(value);
                while (items.Next())
                {
                    Descend(items.Current, found, run);
                }

                break;
            case ValueKind.Object:
                run.TakeItem(found.Count);
                found.Add(value);
                var fields = new FieldWalk(value);
                while (fields.Next())
                {
                    Descend(fields.Current, found, run);
                }

                break;
            default:
                run.TakeItem(found.Count);
                found.Add(value);
                break;
        }
    }
}
