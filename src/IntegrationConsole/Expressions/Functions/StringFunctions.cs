using System.Text;
using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Expressions.Functions;

/// <summary>The built-in functions on strings, except those that search.</summary>
internal static class StringFunctions
{
    public static readonly BuiltIn[] All =
    [
        new("string", "<x-b?:s>", AsString, arity: 1),
        new("length", "<s-:n>", call => OnText(call, text => Value.Of(CodePoints.Count(text)))),
        new("substring", "<s-nn?:s>", Substring),
        new("substringBefore", "<s-s:s>", call => Part(call, (text, at, _) => text[..at])),
        new("substringAfter", "<s-s:s>", call => Part(call, (text, at, length) => text[(at + length)..])),
        new("lowercase", "<s-:s>", call => OnText(call, text => Value.Of(Lower(text)))),
        new("uppercase", "<s-:s>", call => OnText(call, text => Value.Of(Upper(text)))),
        new("trim", "<s-:s>", call => OnText(call, text => Value.Of(Trim(text)))),
        new("pad", "<s-ns?:s>", Pad),
        new("join", "<a<s>s?:s>", Join),
        new("base64encode", "<s-:s>", call => OnText(call, text => Value.Of(Base64Encode(text)))),
        new("base64decode", "<s-:s>", call => OnText(call, text => Value.Of(Base64Decode(text)))),
    ];

    /// <summary>Applies something to a string argument that may be missing.</summary>
    public static Value OnText(Call call, Func<string, Value> apply)
    {
        if (call[0].IsUndefined)
        {
            return default;
        }

        var text = call[0].AsString();
        call.Run.Take(2L * text.Length);
        return apply(text);
    }

    private static Value AsString(Call call)
    {
        var value = call[0];
        if (value.IsUndefined)
        {
            return default;
        }

        var pretty = call[1].Kind == ValueKind.Boolean && call[1].AsBoolean();
        return value.Kind == ValueKind.String ? value : Value.Of(Texts.Of(value, call.Run, pretty));
    }

    private static Value Substring(Call call)
    {
        if (call[0].IsUndefined)
        {
            return default;
        }

        var text = call[0].AsString();
        var count = CodePoints.Count(text);
        var start = call[1].IsUndefined ? 0 : call[1].AsDouble();
        start = start < 0 && count + start < 0 ? 0 : start;
        var from = start < 0 ? count + start : start;
        var end = (double)count;
        if (!call[2].IsUndefined)
        {
            var length = call[2].AsDouble();
            if (length <= 0 || call[1].IsUndefined)
            {
                return Value.Of("");
            }

            end = from + length;
        }

        call.Run.Take(2L * text.Length);
        return Value.Of(CodePoints.Slice(text, (int)Math.Min(from, count), (int)Math.Min(end, count)));
    }

    private static Value Part(Call call, Func<string, int, int, string> take)
    {
        if (call[0].IsUndefined)
        {
            return default;
        }

        var text = call[0].AsString();
        var separator = call[1].IsUndefined ? "undefined" : call[1].AsString();
        var at = text.IndexOf(separator, StringComparison.Ordinal);
        call.Run.Take(2L * text.Length);
        return Value.Of(at < 0 ? text : take(text, at, separator.Length));
    }

    /// <summary>Lower case with the one letter whose lower case is two.</summary>
    private static string Lower(string text) => text.Replace("İ", "i\u0307", StringComparison.Ordinal).ToLowerInvariant();

    /// <summary>Upper case with the letters whose upper case is more than one.</summary>
    private static string Upper(string text) => text
        .Replace("ß", "SS", StringComparison.Ordinal)
        .Replace("ﬁ", "FI", StringComparison.Ordinal)
        .Replace("ﬂ", "FL", StringComparison.Ordinal)
        .Replace("ﬀ", "FF", StringComparison.Ordinal)
        .ToUpperInvariant();

    /// <summary>Every run of blanks becomes one, and none stays at the ends.</summary>
    private static string Trim(string text)
    {
        var trimmed = new StringBuilder(text.Length);
        foreach (var each in text)
        {
            if (each is not (' ' or '\t' or '\n' or '\r'))
            {
                trimmed.Append(each);
            }
            else if (trimmed.Length > 0 && trimmed[^1] != ' ')
            {
                trimmed.Append(' ');
            }
        }

        return trimmed.ToString().TrimEnd(' ');
    }

    private static Value Pad(Call call)
    {
        if (call[0].IsUndefined)
        {
            return default;
        }

        var text = call[0].AsString();
        var width = call[1].IsUndefined ? 0 : call[1].AsDouble();
        var filler = call[2].IsUndefined || call[2].AsString().Length == 0 ? " " : call[2].AsString();
        var missing = Math.Floor(Math.Abs(width) - CodePoints.Count(text));
        if (!(missing > 0))
        {
            return Value.Of(text);
        }

        call.Run.Take((long)Math.Min(missing, 1e12) * 4 + 2L * text.Length);
        var padding = Padding(filler, (int)missing);
        return Value.Of(width < 0 ? padding + text : text + padding);
    }

    private static string Padding(string filler, int count)
    {
        var fillers = CodePoints.Count(filler);
        var padding = new StringBuilder(count);
        for (var full = count / fillers; full > 0; full--)
        {
            padding.Append(filler);
        }

        return padding.Append(CodePoints.Slice(filler, 0, count % fillers)).ToString();
    }

    private static Value Join(Call call)
    {
        if (call[0].IsUndefined)
        {
            return default;
        }

        var separator = call[1].IsUndefined ? "" : call[1].AsString();
        var joined = new StringBuilder();
        var isFirst = true;
        for (var items = new ItemWalk(call[0]); items.Next(); isFirst = false)
        {
            if (!isFirst)
            {
                joined.Append(separator);
            }

            var item = items.Current.AsString();
            call.Run.Step();
            call.Run.Take(2L * (item.Length + separator.Length));
            joined.Append(item);
        }

        return Value.Of(joined.ToString());
    }

    // The language encodes single bytes; text beyond them would be lost, so it goes through UTF-8 instead.
    private static string Base64Encode(string text) =>
        Convert.ToBase64String(text.All(each => each <= 0xFF) ? Encoding.Latin1.GetBytes(text) : Encoding.UTF8.GetBytes(text));

    private static string Base64Decode(string text)
    {
        var letters = new StringBuilder(text.Length);
        foreach (var each in text)
        {
            if (char.IsAsciiLetterOrDigit(each) || each is '+' or '/' or '-' or '_')
            {
                letters.Append(each == '-' ? '+' : each == '_' ? '/' : each);
            }
        }

        var usable = letters.Length % 4 == 1 ? letters.Length - 1 : letters.Length;
        var bytes = Convert.FromBase64String(letters.ToString(0, usable).PadRight((usable + 3) / 4 * 4, '='));
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
        }
        catch (ArgumentException)
        {
            return Encoding.Latin1.GetString(bytes);
        }
    }
}
