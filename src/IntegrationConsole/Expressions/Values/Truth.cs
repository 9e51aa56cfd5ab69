namespace IntegrationConsole.Expressions.Values;

/// <summary>What counts as true: the effective Boolean of a value.</summary>
internal static class Truth
{
    public static bool Of(Value value, Run run)
    {
        switch (value.Kind)
        {
            case ValueKind.Boolean:
                return value.AsBoolean();
            case ValueKind.Number:
                var number = value.AsDouble();
                return double.IsInfinity(number) ? throw new ExpressionFailure("D1001", value: "Infinity") : number != 0 && !double.IsNaN(number);
            case ValueKind.String:
                return value.Reference is JsonSource source ? source.LengthAt((int)value.Bits) > 0 : ((string)value.Reference!).Length > 0;
            case ValueKind.Array:
                return AnyIn(value, run);
            case ValueKind.Object:
                return HasFields(value);
            default:
                return false;
        }
    }

    /// <summary>What counts as true where the reference leaves it to its host language: every array, object and function does.</summary>
    public static bool OfHost(Value value, Run run) =>
        value.Kind is ValueKind.Array or ValueKind.Object or ValueKind.Function || Of(value, run);

    private static bool AnyIn(Value array, Run run)
    {
        run.EnsureStack();
        var items = new ItemWalk(array);
        while (items.Next())
        {
            run.Step();
            if (Of(items.Current, run))
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasFields(Value value) => value.Reference switch
    {
        ObjectValue made => made.Count > 0,
        JsonSource source => source.CountAt((int)value.Bits) > 0,
        _ => false,
    };
}
