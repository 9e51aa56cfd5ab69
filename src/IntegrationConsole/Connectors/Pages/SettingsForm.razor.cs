using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Connectors.Pages;

public sealed partial class SettingsForm : ComponentBase
{
    [Parameter, EditorRequired]
    public required IReadOnlyList<SettingField> Fields { get; set; }

    /// <summary>Changed in place; the owner is told each time.</summary>
    [Parameter, EditorRequired]
    public required JsonObject Values { get; set; }

    [Parameter]
    public EventCallback OnChanged { get; set; }

    [Parameter]
    public IReadOnlyList<SettingProblem> Problems { get; set; } = [];

    /// <summary>Where this group stands, such as <c>streams[0].</c>; empty at the top.</summary>
    [Parameter]
    public string Prefix { get; set; } = "";

    /// <summary>Settings as an empty form starts with.</summary>
    public static JsonObject Defaults(IReadOnlyList<SettingField> fields)
    {
        var values = new JsonObject();
        foreach (var field in fields)
        {
            JsonNode? value = field.Kind switch
            {
                SettingKind.List => field.Required ? new JsonArray(Defaults(field.Fields)) : new JsonArray(),
                SettingKind.Pairs => new JsonObject(),
                _ when field.Default.Length == 0 => null,
                SettingKind.Number => JsonValue.Create(decimal.Parse(field.Default, CultureInfo.InvariantCulture)),
                SettingKind.Switch => JsonValue.Create(field.Default == "true"),
                _ => JsonValue.Create(field.Default),
            };
            if (value is not null)
            {
                values[field.Name] = value;
            }
        }

        return values;
    }

    private bool IsShown(SettingField field) => SettingRules.IsShown(field, Fields, JsonSerializer.SerializeToElement(Values));

    internal string? Problem(SettingField field) => Problems.FirstOrDefault(problem => problem.Path == Prefix + field.Name)?.Sentence;

    internal string IdOf(SettingField field) => "setting-" + (Prefix + field.Name).Replace('[', '-').Replace("].", "-", StringComparison.Ordinal);

    internal string TextOf(SettingField field) => Values[field.Name] switch
    {
        null => "",
        JsonValue value when value.GetValueKind() is JsonValueKind.String => value.GetValue<string>(),
        { } other => other.ToJsonString(),
    };

    internal async Task SetAsync(SettingField field, JsonNode? value)
    {
        if (value is null)
        {
            Values.Remove(field.Name);
        }
        else
        {
            Values[field.Name] = value;
        }

        // Other fields of the group may be shown now, or no longer.
        StateHasChanged();
        await OnChanged.InvokeAsync();
    }

    internal Task SetTextAsync(SettingField field, string text) => SetAsync(field, text.Length == 0 ? null : JsonValue.Create(text));

    /// <summary>What is not a number is kept as text, so that the rules can say so at the field.</summary>
    internal Task SetNumberAsync(SettingField field, string text) => SetAsync(
        field, text.Trim().Length == 0 ? null : decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out var number) ? JsonValue.Create(number) : JsonValue.Create(text));

    /// <summary>Looking changes nothing: a form that was only shown has nothing to save.</summary>
    internal JsonArray ListOf(SettingField field) => Values[field.Name] as JsonArray ?? [];

    internal async Task AddItemAsync(SettingField field)
    {
        var list = ListOf(field);
        list.Add(Defaults(field.Fields));
        if (list.Parent is null)
        {
            Values[field.Name] = list;
        }

        await OnChanged.InvokeAsync();
    }

    internal async Task RemoveItemAsync(SettingField field, int index)
    {
        ListOf(field).RemoveAt(index);
        await OnChanged.InvokeAsync();
    }

    internal List<(string Name, string Value)> PairsOf(SettingField field) =>
        Values[field.Name] is JsonObject pairs ? [.. pairs.Select(pair => (pair.Key, pair.Value is JsonValue value && value.TryGetValue<string>(out var text) ? text : ""))] : [];

    private Task SetPairsAsync(SettingField field, List<(string Name, string Value)> pairs)
    {
        var values = new JsonObject();
        foreach (var (name, value) in pairs.DistinctBy(pair => pair.Name))
        {
            values[name] = value;
        }

        return SetAsync(field, values);
    }

    internal Task SetPairAsync(SettingField field, int index, string name, string value)
    {
        var pairs = PairsOf(field);
        pairs[index] = (name, value);
        return SetPairsAsync(field, pairs);
    }

    internal Task AddPairAsync(SettingField field)
    {
        var pairs = PairsOf(field);
        pairs.Add(("", ""));
        return SetPairsAsync(field, pairs);
    }

    internal Task RemovePairAsync(SettingField field, int index)
    {
        var pairs = PairsOf(field);
        pairs.RemoveAt(index);
        return SetPairsAsync(field, pairs);
    }
}
