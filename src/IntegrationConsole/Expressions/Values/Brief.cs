using System.Text;

namespace IntegrationConsole.Expressions.Values;

/// <summary>A value as an error shows it: its beginning only, however large it is.</summary>
internal static class Brief
{
    private const int Length = 200, Depth = 4;

    public static string Of(Value value)
    {
        var text = new StringBuilder();
        Write(value, text, 0);
        return text.Length > Length ? text.ToString(0, Length) + "…" : text.ToString();
    }

    private static void Write(Value value, StringBuilder text, int depth)
    {
        switch (value.Kind)
        {
            case ValueKind.Undefined:
                text.Append("nothing");
                break;
            case ValueKind.Function:
                text.Append("a function");
                break;
            case ValueKind.String:
                var content = value.AsString();
                text.Append('"').Append(content.AsSpan(0, Math.Min(content.Length, Length))).Append('"');
                break;
            case ValueKind.Array or ValueKind.Object when depth == Depth:
                text.Append('…');
                break;
            case ValueKind.Array:
                WriteItems(value, text, depth);
                break;
            case ValueKind.Object:
                WriteFields(value, text, depth);
                break;
            default:
                text.Append(value.ToJson());
                break;
        }
    }

    private static void WriteItems(Value array, StringBuilder text, int depth)
    {
        text.Append('[');
        var isFirst = true;
        for (var items = new ItemWalk(array); text.Length < Length && items.Next(); isFirst = false)
        {
            text.Append(isFirst ? "" : ",");
            Write(items.Current, text, depth + 1);
        }

        text.Append(']');
    }

    private static void WriteFields(Value value, StringBuilder text, int depth)
    {
        text.Append('{');
        var isFirst = true;
        for (var fields = new FieldWalk(value); text.Length < Length && fields.Next(); isFirst = false)
        {
            text.Append(isFirst ? "\"" : ",\"").Append(fields.Name).Append("\":");
            Write(fields.Current, text, depth + 1);
        }

        text.Append('}');
    }
}
