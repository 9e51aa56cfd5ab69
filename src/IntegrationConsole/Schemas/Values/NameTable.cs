using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace IntegrationConsole.Schemas.Values;

/// <summary>
/// Finds what a schema says about a member by its name. A name as it stands in the record is looked up without becoming a text of
/// its own: with a text for each of them, most of what validating a record costs was allocating names.
/// </summary>
internal sealed class NameTable<TValue>
{
    private const int LongestOnStack = 128;

    private readonly Dictionary<string, TValue> _values;
    private readonly Dictionary<string, TValue>.AlternateLookup<ReadOnlySpan<char>> _bySpan;

    public NameTable(IEnumerable<KeyValuePair<string, TValue>> values)
    {
        _values = new Dictionary<string, TValue>(values, StringComparer.Ordinal);
        _bySpan = _values.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public int Count => _values.Count;

    public bool TryFind(JsonProperty property, out TValue? value)
    {
        var raw = JsonMarshal.GetRawUtf8PropertyName(property);
        if (raw.Length <= LongestOnStack && !raw.Contains((byte)'\\'))
        {
            Span<char> name = stackalloc char[LongestOnStack];
            return _bySpan.TryGetValue(name[..Encoding.UTF8.GetChars(raw, name)], out value);
        }

        return _values.TryGetValue(JsonText.Decode(raw), out value);
    }
}
