using System.Runtime.CompilerServices;

namespace IntegrationConsole.Expressions.Values;

/// <summary>Finds fields by name, as a step of a path does.</summary>
internal static class Lookups
{
    /// <summary>The field of an object; nothing for any other value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Value Field(Value value, FieldName name)
    {
        if (value.Reference is JsonSource source)
        {
            var token = (int)value.Bits;
            if (source.KindAt(token) != ValueKind.Object)
            {
                return default;
            }

            var found = source.FindField(token, name);
            return found < 0 ? default : new Value(source, found);
        }

        return value.Reference is ObjectValue made ? made.Get(name.Text) : default;
    }

    /// <summary>The field of an object, or the fields of all objects of an array in one flat sequence.</summary>
    public static Value Step(Value value, FieldName name, Run run) =>
        value.IsArray ? Across(value, name, run) : Field(value, name);

    private static Value Across(Value array, FieldName name, Run run)
    {
        run.EnsureStack();
        var found = ListValue.Sequence(array.Count);
        var items = new ItemWalk(array);
        while (items.Next())
        {
            var field = Step(items.Current, name, run);
            run.Step();
            if (!field.IsUndefined)
            {
                run.Take(field.IsArray ? 16L * field.Count : 16);
                found.AddFlat(field);
            }
        }

        return Sequences.Simplify(found);
    }
}
