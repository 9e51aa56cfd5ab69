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

    /// <summary>Whether a field counts, given the values beside it. One that hangs on a field that does not count does not count either.</summary>
    public static bool IsShown(SettingField field, IReadOnlyList<SettingField> beside, JsonElement values)
    {
        if (field.ShownWhen is not { } when)
        {
            return true;
        }

        var other = beside.First(candidate => candidate.Name == when.Field);
        var value = TextOf(values, other.Name);
        var counts = when.Values.Count == 0 ? value.Trim().Length > 0 : when.Values.Contains(value.Length > 0 ? value : other.Default);
        return counts && IsShown(other, beside, values);
    }

    private static void CheckFields(IReadOnlyList<SettingField> fields, JsonElement group, string prefix, List<SettingProblem> problems)
    {
        var names = group.EnumerateObject().Select(NameOf).ToList();
        problems.AddRange(names.Where(name => fields.All(field => field.Name != name)).Select(name => new SettingProblem(prefix + name, "There is no such setting.")));
        if (names.Contains(null))
        {
            // Among names that cannot be read none can be looked up.
            return;
        }

        foreach (var field in fields)
        {
            var path = prefix + field.Name;
            var has = group.TryGetProperty(field.Name, out var value) && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined);
            if (!IsShown(field, fields, group))
            {
                // It does not count, but it is read all the same.
                if (has && !IsOfKind(field, value))
                {
                    problems.Add(new(path, $"{field.Label} does not count here: remove it."));
                }
            }
            else if (!has || (field.Kind is not SettingKind.List && Readable(value) is { } text && text.Trim().Length == 0))
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
        SettingKind.Text => Readable(value) is not { } text ? $"{field.Label} must be text."
            : text.Length > 2_000 ? $"{field.Label} is too long."
            : text.Any(char.IsControl) ? $"{field.Label} must be one line." : null,
        SettingKind.LongText => Readable(value) is not { } text ? $"{field.Label} must be text." : text.Length > 100_000 ? $"{field.Label} is too long." : null,
        SettingKind.Url => Uri.TryCreate(Readable(value), UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.UserInfo.Length == 0
            ? null : $"{field.Label} must be an address such as https://api.example.com, without a user or password in it.",
        SettingKind.Number => value.ValueKind is JsonValueKind.Number && value.TryGetInt64(out var number) && number >= field.Min && number <= field.Max
            ? null : $"{field.Label} must be a whole number from {field.Min:0} to {field.Max:0}.",
        SettingKind.Switch => IsOfKind(field, value) ? null : $"{field.Label} must be true or false.",
        SettingKind.Choice => Readable(value) is { } choice && field.Choices.Any(candidate => candidate.Value == choice)
            ? null : $"{field.Label} must be one of {string.Join(", ", field.Choices.Select(choice => choice.Value))}.",
        SettingKind.Pairs => value.ValueKind is JsonValueKind.Object && value.EnumerateObject().All(pair => NameOf(pair) is not null && Readable(pair.Value) is not null)
            ? null : $"{field.Label} must be names with text values.",
        SettingKind.List => IsOfKind(field, value) ? null : $"{field.Label} must be a list.",
    };

    private static bool IsOfKind(SettingField field, JsonElement value) => field.Kind switch
    {
        SettingKind.Text or SettingKind.LongText or SettingKind.Url or SettingKind.Choice => value.ValueKind is JsonValueKind.String,
        SettingKind.Number => value.ValueKind is JsonValueKind.Number,
        SettingKind.Switch => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        SettingKind.Pairs => value.ValueKind is JsonValueKind.Object,
        SettingKind.List => value.ValueKind is JsonValueKind.Array,
    };

    private static string TextOf(JsonElement group, string name) =>
        !group.TryGetProperty(name, out var value) ? "" : value.ValueKind switch
        {
            JsonValueKind.String => Readable(value) ?? "",
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            _ => value.ToString(),
        };

    /// <summary>The text of a value; null where it is none, or none that the database can keep: it holds a NUL or half a character.</summary>
    private static string? Readable(JsonElement value)
    {
        try
        {
            return value.ValueKind is JsonValueKind.String && value.GetString() is { } text && !text.Contains('\0') ? text : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static string? NameOf(JsonProperty property)
    {
        try
        {
            return property.Name.Contains('\0') ? null : property.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
