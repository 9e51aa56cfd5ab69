using System.Globalization;
using System.Text.Json.Nodes;
using IntegrationConsole.Connectors;
using IntegrationConsole.Mappings.Text;

namespace IntegrationConsole.Configuration.Declarations;

/// <summary>
/// Makes of a file's settings the JSON that the connector's form would make. The form says what stands where, so that a
/// text is a text with quotes or without. Whether the values are good is asked afterwards, by the same rules as on the page.
/// </summary>
internal static class SettingShaping
{
    public static JsonObject Shape(YamlNode? node, string key, IReadOnlyList<SettingField> fields, DeclarationProblems problems)
    {
        var shaped = new JsonObject();
        if (node is null || (fields.Count == 0 && node is YamlMap { Members.Count: 0 }))
        {
            return shaped;
        }

        if (fields.Count == 0)
        {
            problems.Add(key, "There are no settings here: remove the key.");
            return shaped;
        }

        if (Section.Of(node, key, problems, [.. fields.Select(field => field.Name)]) is { } section)
        {
            foreach (var field in fields)
            {
                if (section.Node(field.Name) is { } value && Value(value, section.At(field.Name), field, problems) is { } made)
                {
                    shaped[field.Name] = made;
                }
            }
        }

        return shaped;
    }

    private static JsonNode? Value(YamlNode node, string key, SettingField field, DeclarationProblems problems) => (field.Kind, node) switch
    {
        (SettingKind.List, YamlList list) => new JsonArray([.. list.Items.Select((item, index) => (JsonNode)Item(item, $"{key}[{index}]", field, problems))]),
        (SettingKind.List, _) => Refuse(key, "A list is expected here: each item on a line of its own, behind a dash.", problems),
        (SettingKind.Pairs, YamlMap map) when map.Members.All(member => member.Value is YamlScalarNode) =>
            new JsonObject(map.Members.Select(member => KeyValuePair.Create(member.Name, (JsonNode?)JsonValue.Create(((YamlScalarNode)member.Value).Text)))),
        (SettingKind.Pairs, _) => Refuse(key, "Names with text values are expected here.", problems),
        (SettingKind.Number, YamlScalarNode number) => long.TryParse(number.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)
            ? JsonValue.Create(whole) : Refuse(key, $"A whole number from {field.Min:0} to {field.Max:0} is expected here.", problems),
        (SettingKind.Switch, YamlScalarNode { Text: "true" or "false" } word) => JsonValue.Create(word.Text is "true"),
        (SettingKind.Switch, _) => Refuse(key, "true or false is expected here.", problems),
        (SettingKind.Choice, YamlScalarNode word) when field.Choices.All(choice => choice.Value != word.Text) => Refuse(
            key, $"One of {Known(field)} is expected here.{NearestWord.Question(word.Text, field.Choices.Select(choice => choice.Value))}", problems),
        (_, YamlScalarNode scalar) => JsonValue.Create(scalar.Text),
        _ => Refuse(key, "A single value is expected here.", problems),
    };

    private static JsonObject Item(YamlNode item, string key, SettingField field, DeclarationProblems problems)
    {
        problems.Stands(key, item.Line);
        return Shape(item, key, field.Fields, problems);
    }

    private static string Known(SettingField field) => string.Join(", ", field.Choices.Select(choice => choice.Value));

    private static JsonNode? Refuse(string key, string sentence, DeclarationProblems problems)
    {
        problems.Add(key, sentence);
        return null;
    }
}
