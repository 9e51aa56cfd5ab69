using System.Text.Json;

namespace IntegrationConsole.Connectors;

/// <summary>Checks a connection's settings against the fields that its connector describes.</summary>
public static class SettingRules
{
    public static IReadOnlyList<SettingProblem> Check(IConnector connector, JsonElement settings)
    {
        var problems = new List<SettingProblem>();
        if (settings.ValueKind is not JsonValueKind.Object)
        {
            return [new SettingProblem("", "The settings must be an object.")];
        }

        CheckFields(connector.Descriptor.Settings, settings, "", problems);
        if (problems.Count == 0)
        {
            problems.AddRange(connector.Validate(settings));
        }

        return problems;
    }

    /// <summary>Whether a field counts, given the values beside it.</summary>
    public static bool IsShown(SettingField field, JsonElement beside) =>
        field.ShownWhen is not { } when || when.Values.Contains(TextOf(beside, when.Field));

    private static void CheckFields(IReadOnlyList<SettingField> fields, JsonElement group, string prefix, List<SettingProblem> problems)
    {
        foreach (var property in group.EnumerateObject().Where(property => fields.All(field => field.Name != property.Name)))
        {
            problems.Add(new(prefix + property.Name, "There is no such setting."));
        }

        foreach (var field in fields.Where(field => IsShown(field, group)))
        {
            var path = prefix + field.Name;
            var has = group.TryGetProperty(field.Name, out var value) && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined);
            if (!has || (value.ValueKind is JsonValueKind.String && value.GetString()!.Trim().Length == 0))
            {
                if (field.Required)
                {
                    problems.Add(new(path, $"{field.Label} is needed."));
                }
            }
            else if (ProblemWith(field, value) is { } sentence)
            {
                problems.Add(new(path, sentence));
            }
            else if (field.Kind is SettingKind.List)
            {
                CheckList(field, value, path, problems);
            }
        }
    }

    private static void CheckList(SettingField field, JsonElement list, string path, List<SettingProblem> problems)
    {
        var index = 0;
        foreach (var item in list.EnumerateArray())
        {
            if (item.ValueKind is JsonValueKind.Object)
            {
                CheckFields(field.Fields, item, $"{path}[{index}].", problems);
            }
            else
            {
                problems.Add(new($"{path}[{index}]", $"Each {field.ItemName} must be an object."));
            }

            index++;
        }

        if (field.Required && index == 0)
        {
            problems.Add(new(path, $"Add at least one {field.ItemName}."));
        }
    }

    private static string? ProblemWith(SettingField field, JsonElement value) => field.Kind switch
    {
        SettingKind.Text or SettingKind.LongText => value.ValueKind is not JsonValueKind.String ? $"{field.Label} must be text."
            : value.GetString()!.Length > (field.Kind is SettingKind.Text ? 2_000 : 100_000) ? $"{field.Label} is too long." : null,
        SettingKind.Url => value.ValueKind is JsonValueKind.String && Uri.TryCreate(value.GetString(), UriKind.Absolute, out var url)
            && url.Scheme is "http" or "https" && url.UserInfo.Length == 0
            ? null : $"{field.Label} must be an address such as https://api.example.com, without a user or password in it.",
        SettingKind.Number => value.ValueKind is JsonValueKind.Number && value.TryGetDecimal(out var number) && number >= field.Min && number <= field.Max
            ? null : $"{field.Label} must be a number from {field.Min:0} to {field.Max:0}.",
        SettingKind.Switch => value.ValueKind is JsonValueKind.True or JsonValueKind.False ? null : $"{field.Label} must be true or false.",
        SettingKind.Choice => value.ValueKind is JsonValueKind.String && field.Choices.Any(choice => choice.Value == value.GetString())
            ? null : $"{field.Label} must be one of {string.Join(", ", field.Choices.Select(choice => choice.Value))}.",
        SettingKind.Pairs => value.ValueKind is JsonValueKind.Object && value.EnumerateObject().All(pair => pair.Value.ValueKind is JsonValueKind.String)
            ? null : $"{field.Label} must be names with text values.",
        SettingKind.List => value.ValueKind is JsonValueKind.Array ? null : $"{field.Label} must be a list.",
    };

    private static string TextOf(JsonElement group, string name) =>
        !group.TryGetProperty(name, out var value) ? "" : value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            _ => value.ToString(),
        };
}
