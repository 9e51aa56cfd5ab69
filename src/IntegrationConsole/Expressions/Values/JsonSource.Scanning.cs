using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace IntegrationConsole.Expressions.Values;

// Most of a short evaluation's time is the reading of its record, so the table is built by a scan of our own. The scan
// accepts only what is JSON beyond doubt; every other text goes to the framework's reader, which judges it and says what
// is wrong. Both build the same table.
internal sealed partial class JsonSource
{
    /// <returns>False where the framework's reader has to look.</returns>
    private bool TryScan()
    {
        var json = _json.Span;
        Span<int> open = stackalloc int[DepthLimit];
        var (at, depth) = (0, 0);
        do
        {
            at = AfterSpace(json, at);
            if (depth > 0)
            {
                ref var container = ref _tokens[open[depth - 1]];
                if ((container.Meta & JsonToken.KindMask) == JsonToken.Object && !ScanName(json, ref at))
                {
                    return false;
                }

                // The name's token may have moved the table.
                _tokens[open[depth - 1]].Meta += 1 << JsonToken.Shift;
            }

            if (at >= json.Length)
            {
                return false;
            }

            if (json[at] is (byte)'{' or (byte)'[')
            {
                if (depth == DepthLimit)
                {
                    return false;
                }

                open[depth++] = _count;
                Add(at, 0, json[at] == '{' ? JsonToken.Object : JsonToken.Array);
                at = AfterSpace(json, at + 1);
                if (at < json.Length && json[at] is not ((byte)'}' or (byte)']'))
                {
                    continue;
                }
            }
            else if (!ScanScalar(json, ref at))
            {
                return false;
            }

            if (!ScanEnds(json, ref at, open, ref depth))
            {
                return false;
            }
        }
        while (depth > 0);

        return AfterSpace(json, at) == json.Length;
    }

    /// <summary>From a name to where its value begins.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool ScanName(ReadOnlySpan<byte> json, ref int at)
    {
        var start = at + 1;
        if (at >= json.Length || json[at] != '"' || !TryEndOfText(json, start, out var end, out var isEscaped))
        {
            return false;
        }

        Add(start, end - start, isEscaped ? JsonToken.Text | JsonToken.Escaped : FieldName.MetaOf(json[start..end]));
        at = AfterSpace(json, end + 1);
        if (at >= json.Length || json[at] != ':')
        {
            return false;
        }

        at = AfterSpace(json, at + 1);
        return true;
    }

    private bool ScanScalar(ReadOnlySpan<byte> json, ref int at)
    {
        var start = at;
        switch (json[at])
        {
            case (byte)'"':
                if (!TryEndOfText(json, ++start, out var end, out var isEscaped))
                {
                    return false;
                }

                Add(start, end - start, isEscaped ? JsonToken.Text | JsonToken.Escaped : JsonToken.Text);
                at = end + 1;
                return true;
            case (byte)'t' when json[at..].StartsWith("true"u8):
                at += 4;
                Add(start, 4, JsonToken.True);
                return true;
            case (byte)'f' when json[at..].StartsWith("false"u8):
                at += 5;
                Add(start, 5, JsonToken.False);
                return true;
            case (byte)'n' when json[at..].StartsWith("null"u8):
                at += 4;
                Add(start, 4, JsonToken.Null);
                return true;
            default:
                at = EndOfNumber(json, at);
                Add(start, at - start, JsonToken.Number);
                return at > start;
        }
    }

    /// <summary>Behind a value: closes what ends here, up to the comma before the next value or the end of all.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool ScanEnds(ReadOnlySpan<byte> json, ref int at, ReadOnlySpan<int> open, ref int depth)
    {
        while (depth > 0)
        {
            at = AfterSpace(json, at);
            if (at >= json.Length)
            {
                return false;
            }

            ref var container = ref _tokens[open[depth - 1]];
            var isObject = (container.Meta & JsonToken.KindMask) == JsonToken.Object;
            var letter = json[at++];
            if (letter == ',')
            {
                return true;
            }

            if (letter != (isObject ? '}' : ']'))
            {
                return false;
            }

            container.Length = at - container.Start;
            container.Next = _count;
            depth--;
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int AfterSpace(ReadOnlySpan<byte> json, int at) => (uint)at < (uint)json.Length && json[at] > ' ' ? at : AfterSomeSpace(json, at);

    private static int AfterSomeSpace(ReadOnlySpan<byte> json, int at)
    {
        while ((uint)at < (uint)json.Length && json[at] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
        {
            at++;
        }

        return at;
    }

    private static bool TryEndOfText(ReadOnlySpan<byte> json, int at, out int end, out bool isEscaped)
    {
        isEscaped = false;
        while (true)
        {
            end = at = NextSpecial(json, at);
            if ((uint)at < (uint)json.Length && json[at] == '"')
            {
                return true;
            }

            if (at >= json.Length || json[at] < ' ')
            {
                return false;
            }

            isEscaped = true;
            var escape = json[at..];
            if (escape.Length > 1 && "\"\\/bfnrt"u8.Contains(escape[1]))
            {
                at += 2;
            }
            else if (escape.Length > 5 && escape[1] == 'u' && char.IsAsciiHexDigit((char)escape[2]) && char.IsAsciiHexDigit((char)escape[3])
                && char.IsAsciiHexDigit((char)escape[4]) && char.IsAsciiHexDigit((char)escape[5]))
            {
                at += 6;
            }
            else
            {
                return false;
            }
        }
    }

    /// <summary>The next quote, backslash or control character, or the end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int NextSpecial(ReadOnlySpan<byte> json, int at)
    {
        ref var first = ref MemoryMarshal.GetReference(json);
        for (; at + Vector128<byte>.Count <= json.Length; at += Vector128<byte>.Count)
        {
            var bytes = Vector128.LoadUnsafe(ref first, (nuint)at);
            var special = Vector128.Equals(bytes, Vector128.Create((byte)'"')) | Vector128.Equals(bytes, Vector128.Create((byte)'\\')) | Vector128.LessThan(bytes, Vector128.Create((byte)' '));
            var places = special.ExtractMostSignificantBits();
            if (places != 0)
            {
                return at + BitOperations.TrailingZeroCount(places);
            }
        }

        while (at < json.Length && json[at] is not ((byte)'"' or (byte)'\\' or < (byte)' '))
        {
            at++;
        }

        return at;
    }

    /// <returns>Where it began where there is no number.</returns>
    private static int EndOfNumber(ReadOnlySpan<byte> json, int start)
    {
        var at = json[start] == '-' ? start + 1 : start;
        var whole = AfterDigits(json, at);
        if (whole == at || (json[at] == '0' && whole > at + 1))
        {
            return start;
        }

        at = whole;
        if (at < json.Length && json[at] == '.')
        {
            var fraction = AfterDigits(json, at + 1);
            if (fraction == at + 1)
            {
                return start;
            }

            at = fraction;
        }

        if (at < json.Length && json[at] is (byte)'e' or (byte)'E')
        {
            var digits = at + 1 < json.Length && json[at + 1] is (byte)'+' or (byte)'-' ? at + 2 : at + 1;
            var exponent = AfterDigits(json, digits);
            return exponent == digits ? start : exponent;
        }

        return at;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int AfterDigits(ReadOnlySpan<byte> json, int at)
    {
        while ((uint)at < (uint)json.Length && char.IsAsciiDigit((char)json[at]))
        {
            at++;
        }

        return at;
    }
}
