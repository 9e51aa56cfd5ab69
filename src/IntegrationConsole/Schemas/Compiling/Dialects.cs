using System.Text.Json;
using IntegrationConsole.Schemas.Values;

namespace IntegrationConsole.Schemas.Compiling;

/// <summary>Knows which vocabularies a <c>$schema</c> turns on.</summary>
internal sealed class Dialects(SchemaRegistry registry, Refusal refusal)
{
    public const string Standard = "https://json-schema.org/draft/2020-12/schema";

    private readonly Dictionary<string, Vocabularies> _known = new(StringComparer.Ordinal) { [Standard] = Vocabularies.Standard };

    /// <summary>The vocabularies of a dialect. One that cannot be followed is refused, because its rules would be ignored in silence.</summary>
    public Vocabularies Find(string dialect, string location)
    {
        var address = SchemaAddress.Parse(dialect).WithoutFragment.ToString();
        if (!_known.TryGetValue(address, out var vocabularies))
        {
            vocabularies = Read(address, location);
            _known[address] = vocabularies;
        }

        return vocabularies;
    }

    private Vocabularies Read(string address, string location)
    {
        if (registry.Find(address) is not { } text)
        {
            refusal.Because(location, $"The schema is written in the dialect {address}, which is not known here; JSON Schema 2020-12 is.");
            return Vocabularies.Standard;
        }

        var (root, problem) = SchemaJson.Parse(text);
        if (root is not { ValueKind: JsonValueKind.Object })
        {
            refusal.Because(location, root is null ? problem : $"The dialect {address} is not a schema object.");
            return Vocabularies.Standard;
        }

        return JsonPointer.Step(root.Value, "$vocabulary") is { ValueKind: JsonValueKind.Object } listed ? Listed(listed, location) : Vocabularies.Standard;
    }

    private Vocabularies Listed(JsonElement listed, string location)
    {
        var vocabularies = Vocabularies.Core;
        foreach (var entry in listed.EnumerateObject())
        {
            var name = JsonText.NameOf(entry);
            if (VocabularyNames.Find(name) is { } vocabulary)
            {
                vocabularies |= vocabulary;
            }
            else if (entry.Value.ValueKind is JsonValueKind.True)
            {
                refusal.Because(location, $"The schema requires the vocabulary {name}, which is not known here.");
            }
        }

        return vocabularies;
    }
}
