using System.Text;
using System.Text.Json;
using IntegrationConsole.Schemas.Checks;
using IntegrationConsole.Schemas.Formats;
using IntegrationConsole.Schemas.Values;

namespace IntegrationConsole.Schemas.Inference;

/// <summary>What the samples had at one place.</summary>
internal sealed class ObservedValue
{
    /// <summary>Deeper than this, and past so many names in one object, only the kind of a value is noted: the names are then data.</summary>
    private const int DeepestLevel = 32;
    private const int MostMembers = 500;
    private const int MostValues = 20;

    // Tried in this order; the first that every text has is the one.
    private static readonly TextFormat[] Detectable =
        [.. new[] { "date-time", "date", "time", "uuid", "ipv4", "ipv6", "email", "uri" }.Select(name => TextFormat.Find(name)!)];

    private readonly List<TextFormat> _formats = [.. Detectable];

    public ValueTypes Types { get; private set; }

    public int Objects { get; private set; }

    public int Texts { get; private set; }

    /// <summary>The members in the order they were first seen; null where there were too many to be names.</summary>
    public Dictionary<string, ObservedValue>? Members { get; private set; } = new(StringComparer.Ordinal);

    public ObservedValue? Items { get; private set; }

    /// <summary>The different texts; null where there were many.</summary>
    public SortedSet<string>? Values { get; private set; } = new(StringComparer.Ordinal);

    /// <summary>How many objects around had this member.</summary>
    public int Presence { get; private set; }

    public string? Format => Texts > 0 && _formats.Count > 0 ? _formats[0].Name : null;

    public void Add(JsonElement value, int level)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                Types |= ValueTypes.Object;
                Objects++;
                AddMembers(value, level);
                break;
            case JsonValueKind.Array:
                Types |= ValueTypes.Array;
                AddItems(value, level);
                break;
            case JsonValueKind.String:
                Types |= ValueTypes.String;
                AddText(JsonText.Of(value));
                break;
            case JsonValueKind.Number:
                Types |= ExactNumber.Of(value).IsInteger ? ValueTypes.Integer : ValueTypes.Number;
                break;
            default:
                Types |= value.ValueKind is JsonValueKind.Null ? ValueTypes.Null : ValueTypes.Boolean;
                break;
        }
    }

    private void AddMembers(JsonElement value, int level)
    {
        if (level >= DeepestLevel)
        {
            Members = null;
        }

        var counted = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in value.EnumerateObject())
        {
            if (Members is null)
            {
                return;
            }

            var name = JsonText.NameOf(property);
            if (!IsWhole(name))
            {
                continue;
            }

            if (!Members.TryGetValue(name, out var member))
            {
                if (Members.Count >= MostMembers)
                {
                    Members = null;
                    return;
                }

                Members[name] = member = new ObservedValue();
            }

            member.Presence += counted.Add(name) ? 1 : 0;
            member.Add(property.Value, level + 1);
        }
    }

    private void AddItems(JsonElement value, int level)
    {
        if (level >= DeepestLevel)
        {
            return;
        }

        foreach (var item in value.EnumerateArray())
        {
            Items ??= new ObservedValue();
            Items.Add(item, level + 1);
        }
    }

    private void AddText(string text)
    {
        Texts++;
        _formats.RemoveAll(format => !format.IsMetBy(text));
        if (Values is null || !IsWhole(text))
        {
            Values = null;
            return;
        }

        Values.Add(text);
        Values = Values.Count > MostValues ? null : Values;
    }

    // Half a character can't be written into a schema.
    private static bool IsWhole(string text)
    {
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            if (Rune.DecodeFromUtf16(rest, out _, out var units) is not System.Buffers.OperationStatus.Done)
            {
                return false;
            }

            rest = rest[units..];
        }

        return true;
    }
}
