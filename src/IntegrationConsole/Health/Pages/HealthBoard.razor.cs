using IntegrationConsole.Controls;
using IntegrationConsole.Health.Board;
using IntegrationConsole.Health.Verdicts;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Health.Pages;

/// <summary>Integrations with how they are, as a table or as the strips of their last day.</summary>
public sealed partial class HealthBoard(NavigationManager navigation) : ComponentBase
{
    private static readonly IReadOnlyList<(string, string)> StateOptions = [("", "any"), .. Enum.GetValues<HealthState>().Select(state => (state.ToString().ToLowerInvariant(), state.Words.ToLowerInvariant()))];

    private static readonly IReadOnlyList<(string, string)> SideOptions = [("", "any or none"), .. HealthSides.All.Select(side => (side.Code, side.Words.ToLowerInvariant()))];

    private string _text = "";

    [Parameter, EditorRequired]
    public required HealthList List { get; set; }

    [Parameter, EditorRequired]
    public required HealthFilter Filter { get; set; }

    [Parameter, EditorRequired]
    public required IReadOnlyDictionary<Guid, StateStrip> Strips { get; set; }

    [Parameter]
    public bool IsStrip { get; set; }

    [Parameter]
    public bool IsFleet { get; set; }

    [Parameter]
    public DateTimeOffset Now { get; set; }

    /// <summary>What to do where there is none.</summary>
    [Parameter]
    public RenderFragment? Empty { get; set; }

    private IReadOnlyList<(string, string)> GroupOptions =>
        [("", "state"), .. IsFleet ? new[] { ("tenant", "tenant") } : [], ("connector", "kind of source"), ("connection", "source connection")];

    private string Counted
    {
        get
        {
            var states = string.Join(", ", List.States.Where(state => state.Value > 0).OrderBy(state => state.Key).Select(state => $"{Durations.Exact(state.Value)} {state.Key.Words.ToLowerInvariant()}"));
            return Filter.IsEmpty ? $"{Durations.Exact(List.Total)} {(List.Total == 1 ? "integration" : "integrations")}: {states}."
                : $"{Durations.Exact(List.Total)} {(List.Total == 1 ? "integration matches" : "integrations match")}.";
        }
    }

    protected override void OnParametersSet() => _text = Filter.Text;

    /// <summary>Another filter begins at the first page.</summary>
    private string With(string name, string value)
    {
        var changed = new Dictionary<string, object?> { ["page"] = null };
        changed[name] = value.Length == 0 ? null : value;
        return navigation.GetUriWithQueryParameters(changed);
    }

    private void Go(string name, string value) => navigation.NavigateTo(With(name, value.Trim()));

    private void Clear() => navigation.NavigateTo(navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { ["page"] = null, ["state"] = null, ["dim"] = null, ["q"] = null }));
}
