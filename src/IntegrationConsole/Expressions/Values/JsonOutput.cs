using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;

namespace IntegrationConsole.Expressions.Values;

/// <summary>Writes values as JSON. Unread parts of the source are copied as they stand, so digits survive.</summary>
internal static class JsonOutput
{
    public static void Write(Value value, IBufferWriter<byte> output)
    {
        switch (value.Reference)
        {
            case JsonSource source:
                WriteSource(source, (int)value.Bits, output);
                break;
            case string text:
                WriteText(text, output);
                break;
            case ListValue list:
                WriteList(list, output);
                break;
            case ObjectValue made:
                WriteObject(made, output);
                break;
            default:
                Ascii(Simple(value), output);
                break;
        }
    }

    private static string Simple(Value value) => value.Kind switch
    {
        ValueKind.Boolean => value.AsBoolean() ? "true" : "false",
        ValueKind.Number when double.IsFinite(value.AsDouble()) => NumberText.Exact(value.AsDouble()),
        ValueKind.Function => "\"\"",
        _ => "null",
    };

    private static void WriteSource(JsonSource source, int token, IBufferWriter<byte> output)
    {
        var raw = source.RawAt(token);
        if (source.KindAt(token) == ValueKind.String)
        {
            output.Write("\""u8);
            output.Write(raw);
            output.Write("\""u8);
        }
        else
        {
            output.Write(raw);
        }
    }

    private static void WriteList(ListValue list, IBufferWriter<byte> output)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        output.Write("["u8);
        for (var index = 0; index < list.Count; index++)
        {
            if (index > 0)
            {
                output.Write(","u8);
            }

            Write(list[index], output);
        }

        output.Write("]"u8);
    }

    private static void WriteObject(ObjectValue made, IBufferWriter<byte> output)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        output.Write("{"u8);
        for (var index = 0; index < made.Count; index++)
        {
            if (index > 0)
            {
                output.Write(","u8);
            }

            WriteText(made.NameAt(index), output);
            output.Write(":"u8);
            Write(made.ValueAt(index), output);
        }

        output.Write("}"u8);
    }

    private static void WriteText(string text, IBufferWriter<byte> output)
    {
        output.Write("\""u8);
        ReadOnlySpan<char> rest = text;
        while (!rest.IsEmpty)
        {
            var plain = PlainLength(rest);
            if (plain > 0)
            {
                Encoding.UTF8.GetBytes(rest[..plain], output);
                rest = rest[plain..];
                continue;
            }

            Ascii(Escape(rest[0]), output);
            rest = rest[1..];
        }

        output.Write("\""u8);
    }

    /// <summary>How many characters need no escape. Half a surrogate pair cannot be UTF-8 and is escaped.</summary>
    private static int PlainLength(ReadOnlySpan<char> text)
    {
        for (var index = 0; index < text.Length; index++)
        {
            var each = text[index];
            if (each is < ' ' or '"' or '\\')
            {
                return index;
            }

            if (char.IsSurrogate(each))
            {
                if (index + 1 >= text.Length || !char.IsSurrogatePair(each, text[index + 1]))
                {
                    return index;
                }

                index++;
            }
        }

        return text.Length;
    }

    public static string Escape(char letter) => letter switch
    {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\b' => "\\b",
        '\f' => "\\f",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        _ => "\\u" + ((int)letter).ToString("x4", CultureInfo.InvariantCulture),
    };

    private static void Ascii(string text, IBufferWriter<byte> output)
    {
        var target = output.GetSpan(text.Length);
        Utf8.FromUtf16(text, target, out _, out var written);
        output.Advance(written);
    }
}
