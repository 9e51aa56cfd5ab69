using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace IntegrationConsole.Mappings.Plan;

/// <summary>Reads the value in a slot as text.</summary>
internal static class ValueReader
{
    /// <summary>The text of a string, or a number, true or false as it is written in the record.</summary>
    /// <exception cref="JsonException">The string holds half a character (a lone surrogate) or is not UTF-8. Its message goes on after "cannot be read:".</exception>
    public static string Text(ReadOnlySpan<byte> record, JsonSlot slot)
    {
        var raw = record.Slice(slot.Start, slot.Length);
        if (slot.Kind is not JsonTokenType.String)
        {
            return Encoding.UTF8.GetString(raw);
        }

        var inside = raw[1..^1];
        return inside.Contains((byte)'\\') ? Unescape(raw) : Decode(inside);
    }

    /// <summary>The value as JSON, as it is written in the record.</summary>
    /// <exception cref="JsonException">A string in it is not UTF-8.</exception>
    public static string Json(ReadOnlySpan<byte> record, JsonSlot slot) => Decode(record.Slice(slot.Start, slot.Length));

    /// <summary>The bytes of a string without escapes, or of a number: no copy is made. Null where a copy is needed.</summary>
    public static bool TryPlain(ReadOnlySpan<byte> record, JsonSlot slot, out ReadOnlySpan<byte> plain)
    {
        plain = record.Slice(slot.Start, slot.Length);
        if (slot.Kind is JsonTokenType.String)
        {
            plain = plain[1..^1];
            return !plain.Contains((byte)'\\');
        }

        return true;
    }

    /// <summary>Writes the text of a string without escapes, or of a number, without making a string of it.</summary>
    /// <returns>False where <see cref="Text"/> has to look.</returns>
    public static bool TryWrite(ReadOnlySpan<byte> record, JsonSlot slot, Span<char> target, out int written)
    {
        written = 0;
        return TryPlain(record, slot, out var plain)
            && plain.Length <= target.Length
            && Utf8.ToUtf16(plain, target, out _, out written, replaceInvalidSequences: false) is OperationStatus.Done;
    }

    private static string Decode(ReadOnlySpan<byte> bytes)
    {
        // The lenient decoder is twice as fast; where it had to replace something, its mark stands in the text.
        var text = Encoding.UTF8.GetString(bytes);
        if (!text.Contains(Replacement))
        {
            return text;
        }

        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw new JsonException("it is not UTF-8");
        }
    }

    private static string Unescape(ReadOnlySpan<byte> quoted)
    {
        var reader = new Utf8JsonReader(quoted);
        reader.Read();
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw new JsonException("it holds half a character");
        }
    }

    private const char Replacement = '\ufffd';

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
}
