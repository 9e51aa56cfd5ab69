using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace IntegrationConsole.Connectors.Json;

/// <summary>
/// A way down through the objects of a JSON document: property names with dots between them, such as
/// <c>data.items</c>; names with other characters than letters, digits, <c>_</c>, <c>-</c>, <c>$</c>, <c>@</c> and
/// <c>:</c> in backticks, as in JSONata. Empty for the document itself.
/// </summary>
public sealed class FieldPath
{
    private readonly string _text;
    private readonly byte[][] _names;

    private FieldPath(string text, byte[][] names)
    {
        _text = text;
        _names = names;
    }

    public static FieldPath Document { get; } = new("", []);

    public bool IsEmpty => _names.Length == 0;

    /// <summary>How many names deep it leads.</summary>
    public int Length => _names.Length;

    /// <exception cref="FormatException">It is not such a path.</exception>
    public static FieldPath Parse(string text) =>
        TryParse(text, out var path) ? path : throw new FormatException($"{text} is not a path such as data.items.");

    public static bool TryParse(string text, [NotNullWhen(true)] out FieldPath? path)
    {
        path = null;
        var rest = text.Trim();
        if (rest.Length == 0)
        {
            path = Document;
            return true;
        }

        var names = new List<byte[]>();
        for (var at = 0; ; at++)
        {
            var end = at < rest.Length && rest[at] == '`' ? rest.IndexOf('`', at + 1) + 1 : EndOfPlainName(rest, at);
            var name = end > at && rest[at] == '`' ? rest[(at + 1)..(end - 1)] : rest[at..Math.Max(at, end)];
            if (name.Length == 0 || (end < rest.Length && rest[end] != '.'))
            {
                return false;
            }

            names.Add(Encoding.UTF8.GetBytes(name));
            if (end == rest.Length)
            {
                path = new FieldPath(rest, [.. names]);
                return true;
            }

            at = end;
        }
    }

    /// <summary>The single value that an object has here, as text without quotes; null where it has none, or null, an object or a list.</summary>
    public string? TextIn(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        return Find(ref reader) ? ScalarText(ref reader) : null;
    }

    /// <summary>Moves a reader that stands before an object to the value that the object has here.</summary>
    /// <returns>False where it has none.</returns>
    public bool Find(ref Utf8JsonReader reader)
    {
        if (!reader.Read())
        {
            return false;
        }

        foreach (var name in _names)
        {
            if (reader.TokenType is not JsonTokenType.StartObject || !FindProperty(ref reader, name))
            {
                return false;
            }
        }

        return true;
    }

    internal bool IsName(int depth, ref Utf8JsonReader property) => NameEquals(ref property, _names[depth]);

    internal static string? ScalarText(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => reader.GetString(),
        JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False => Encoding.UTF8.GetString(reader.ValueSpan),
        _ => null,
    };

    public override string ToString() => _text;

    private static int EndOfPlainName(string text, int start)
    {
        var at = start;
        while (at < text.Length && (char.IsLetterOrDigit(text[at]) || text[at] is '_' or '-' or '$' or '@' or ':'))
        {
            at++;
        }

        return at;
    }

    private static bool FindProperty(ref Utf8JsonReader reader, byte[] name)
    {
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var isIt = NameEquals(ref reader, name);
            if (!reader.Read())
            {
                return false;
            }

            if (isIt)
            {
                return true;
            }

            reader.Skip();
        }

        return false;
    }

    private static bool NameEquals(ref Utf8JsonReader property, byte[] name)
    {
        if (!property.ValueIsEscaped)
        {
            return property.ValueSpan.SequenceEqual(name);
        }

        try
        {
            return property.ValueTextEquals(name);
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair is no text, and so not this name.
            return false;
        }
    }
}
