using System.Text;
using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Expressions.Functions;

/// <summary>The built-in functions that encode and decode addresses.</summary>
internal static class UrlFunctions
{
    private const string Unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.!~*'()";
    private const string Reserved = ";/?:@&=+$,#";

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    public static readonly BuiltIn[] All =
    [
        new("encodeUrl", "<s-:s>", call => Encode(call, Unreserved + Reserved)),
        new("encodeUrlComponent", "<s-:s>", call => Encode(call, Unreserved)),
        new("decodeUrl", "<s-:s>", call => Decode(call, Reserved)),
        new("decodeUrlComponent", "<s-:s>", call => Decode(call, "")),
    ];

    private static Value Encode(Call call, string plain)
    {
        if (call[0].IsUndefined)
        {
            return default;
        }

        var text = call[0].AsString();
        call.Run.Take(18L * text.Length);
        byte[] bytes;
        try
        {
            bytes = Strict.GetBytes(text);
        }
        catch (EncoderFallbackException)
        {
            throw Malformed(call, text);
        }

        var encoded = new StringBuilder(bytes.Length);
        foreach (var each in bytes)
        {
            if (each < 128 && plain.Contains((char)each))
            {
                encoded.Append((char)each);
            }
            else
            {
                encoded.Append('%').Append("0123456789ABCDEF"[each >> 4]).Append("0123456789ABCDEF"[each & 15]);
            }
        }

        return Value.Of(encoded.ToString());
    }

    /// <param name="call">The call.</param>
    /// <param name="kept">Characters that stay encoded, since decoding them would change what the address means.</param>
    private static Value Decode(Call call, string kept)
    {
        if (call[0].IsUndefined)
        {
            return default;
        }

        var text = call[0].AsString();
        call.Run.Take(2L * text.Length);
        var decoded = new StringBuilder(text.Length);
        var bytes = new List<byte>();
        for (var at = 0; at < text.Length;)
        {
            if (text[at] != '%')
            {
                decoded.Append(text[at++]);
                continue;
            }

            var start = at;
            bytes.Clear();
            do
            {
                bytes.Add(Byte(call, text, at));
                at += 3;
            }
            while (bytes.Count < Length(bytes[0]) && at < text.Length);
            var letter = Letter(call, text, bytes);
            decoded.Append(kept.Contains(letter, StringComparison.Ordinal) ? text[start..at] : letter);
        }

        return Value.Of(decoded.ToString());
    }

    private static byte Byte(Call call, string text, int at)
    {
        if (at + 3 > text.Length || text[at] != '%' || !char.IsAsciiHexDigit(text[at + 1]) || !char.IsAsciiHexDigit(text[at + 2]))
        {
            throw Malformed(call, text);
        }

        return Convert.ToByte(text.Substring(at + 1, 2), 16);
    }

    private static int Length(byte first) => first switch
    {
        < 0xC0 => 1,
        < 0xE0 => 2,
        < 0xF0 => 3,
        _ => 4,
    };

    private static string Letter(Call call, string text, List<byte> bytes)
    {
        try
        {
            return Strict.GetString([.. bytes]);
        }
        catch (ArgumentException)
        {
            throw Malformed(call, text);
        }
    }

    private static ExpressionFailure Malformed(Call call, string text) =>
        new("D3140", call.Run.Position, call.Run.Token, $"\"{text}\"");
}
