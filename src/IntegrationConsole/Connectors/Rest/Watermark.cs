using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using IntegrationConsole.Connectors.Json;

namespace IntegrationConsole.Connectors.Rest;

/// <summary>
/// The greatest cursor value met in a run. Numbers are compared as numbers, moments as moments, and everything else
/// letter by letter; kept as the records write it.
/// </summary>
internal sealed class Watermark(FieldPath field, string? start)
{
    private byte[] _greatest = Encoding.UTF8.GetBytes(start ?? "");

    public string? Text => _greatest.Length > 0 ? Encoding.UTF8.GetString(_greatest) : null;

    /// <summary>Looks at a record; one without the field counts for nothing.</summary>
    public void Offer(ReadOnlySpan<byte> record)
    {
        var value = ValueOf(record);
        if (value.Length > 0 && !value.SequenceEqual(_greatest) && (_greatest.Length == 0 || IsGreater(value, _greatest)))
        {
            _greatest = value.ToArray();
        }
    }

    /// <summary>Whether a record has a value, and it lies before this one.</summary>
    public bool IsBefore(ReadOnlySpan<byte> record, string end) => ValueOf(record) is { Length: > 0 } value && IsGreater(Encoding.UTF8.GetBytes(end), value);

    /// <summary>Empty where it has none.</summary>
    private ReadOnlySpan<byte> ValueOf(ReadOnlySpan<byte> record)
    {
        var reader = new Utf8JsonReader(record);
        if (!field.Find(ref reader) || reader.TokenType is not (JsonTokenType.String or JsonTokenType.Number))
        {
            return [];
        }

        return reader.ValueIsEscaped ? Encoding.UTF8.GetBytes(reader.GetString()!) : reader.ValueSpan;
    }

    private static bool IsGreater(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        if (IsNumber(one, out var number) && IsNumber(other, out var than))
        {
            return number > than;
        }

        // By far the most frequent: moments in UTC with the same number of digits sort like their letters.
        if (one.Length == other.Length && one[^1] == 'Z' && other[^1] == 'Z')
        {
            return one.SequenceCompareTo(other) > 0;
        }

        return CursorText.Moment(Encoding.UTF8.GetString(one)) is { } moment && CursorText.Moment(Encoding.UTF8.GetString(other)) is { } before
            ? moment > before
            : one.SequenceCompareTo(other) > 0;
    }

    private static bool IsNumber(ReadOnlySpan<byte> text, out decimal number) => Utf8Parser.TryParse(text, out number, out var used) && used == text.Length;
}
