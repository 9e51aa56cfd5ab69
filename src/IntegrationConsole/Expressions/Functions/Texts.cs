using System.Text;
using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Expressions.Functions;

/// <summary>Values as text, by the rules of <c>$string</c>.</summary>
internal static class Texts
{
    /// <summary>
    /// Integers of the source longer than this keep their digits, for they are identifiers and not quantities; the
    /// language's reference would round them.
    /// </summary>
    private const int RoundedDigits = 15;

    public static string Of(Value value, Run run, bool pretty = false)
    {
        switch (value.Kind)
        {
            case ValueKind.String:
                return value.AsString();
            case ValueKind.Function:
                return "";
            case ValueKind.Number when !double.IsFinite(value.AsDouble()) && LongInteger(value) is null:
                throw new ExpressionFailure("D3001", run.Position);
            case ValueKind.Number:
                return Number(value);
            case ValueKind.Boolean:
                return value.AsBoolean() ? "true" : "false";
            case ValueKind.Null:
                return "null";
        }

        var text = new StringBuilder();
        Write(value, text, pretty ? 0 : -1, run);
        return text.ToString();
    }

    private static string Number(Value value) => LongInteger(value) ?? NumberText.Rounded(value.AsDouble());

    private static string? LongInteger(Value value)
    {
        if (value.Reference is not JsonSource source || source.LengthAt((int)value.Bits) <= RoundedDigits)
        {
            return null;
        }

        var digits = source.RawAt((int)value.Bits);
        var unsigned = digits[0] == '-' ? digits[1..] : digits;
        return unsigned.ContainsAnyExceptInRange((byte)'0', (byte)'9') ? null : Encoding.ASCII.GetString(digits);
    }

    /// <param name="value">What to write.</param>
    /// <param name="text">Where to.</param>
    /// <param name="indent">How many levels to indent, or negative for one line.</param>
    /// <param name="run">The evaluation.</param>
    private static void Write(Value value, StringBuilder text, int indent, Run run)
    {
        run.Step();
        switch (value.Kind)
        {
            case ValueKind.Array:
                WriteArray(value, text, indent, run);
                break;
            case ValueKind.Object:
                WriteObject(value, text, indent, run);
                break;
            case ValueKind.String:
                Quote(value.AsString(), text, run);
                break;
            case ValueKind.Function:
                text.Append("\"\"");
                break;
            case ValueKind.Number when !double.IsFinite(value.AsDouble()) && LongInteger(value) is null:
                throw new ExpressionFailure("D1001", run.Position, value: "Infinity");
            case ValueKind.Number:
                text.Append(Number(value));
                break;
            default:
                text.Append(value.Kind == ValueKind.Boolean && value.AsBoolean() ? "true" : value.Kind == ValueKind.Boolean ? "false" : "null");
                break;
        }
    }

    private static void WriteArray(Value array, StringBuilder text, int indent, Run run)
    {
        run.EnsureStack();
        text.Append('[');
        var inner = indent < 0 ? indent : indent + 1;
        var isFirst = true;
        for (var items = new ItemWalk(array); items.Next(); isFirst = false)
        {
            Separate(text, isFirst, inner, run);
            Write(items.Current, text, inner, run);
        }

        Close(text, ']', isFirst, indent);
    }

    private static void WriteObject(Value value, StringBuilder text, int indent, Run run)
    {
        run.EnsureStack();
        text.Append('{');
        var inner = indent < 0 ? indent : indent + 1;
        var isFirst = true;
        for (var fields = new FieldWalk(value); fields.Next(); isFirst = false)
        {
            Separate(text, isFirst, inner, run);
            Quote(fields.Name, text, run);
            text.Append(indent < 0 ? ":" : ": ");
            Write(fields.Current, text, inner, run);
        }

        Close(text, '}', isFirst, indent);
    }

    private static void Separate(StringBuilder text, bool isFirst, int indent, Run run)
    {
        run.Take(16);
        if (!isFirst)
        {
            text.Append(',');
        }

        if (indent >= 0)
        {
            text.Append('\n').Append(' ', indent * 2);
        }
    }

    private static void Close(StringBuilder text, char bracket, bool isEmpty, int indent)
    {
        if (indent >= 0 && !isEmpty)
        {
            text.Append('\n').Append(' ', indent * 2);
        }

        text.Append(bracket);
    }

    private static void Quote(string content, StringBuilder text, Run run)
    {
        run.Take(2L * content.Length);
        text.Append('"');
        for (var index = 0; index < content.Length; index++)
        {
            var each = content[index];
            if (char.IsHighSurrogate(each) && index + 1 < content.Length && char.IsLowSurrogate(content[index + 1]))
            {
                text.Append(each).Append(content[++index]);
            }
            else if (each is < ' ' or '"' or '\\' || char.IsSurrogate(each))
            {
                text.Append(JsonOutput.Escape(each));
            }
            else
            {
                text.Append(each);
            }
        }

        text.Append('"');
    }
}
