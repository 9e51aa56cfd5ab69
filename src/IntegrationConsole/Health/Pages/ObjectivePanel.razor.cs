using System.Globalization;
using IntegrationConsole.Health.Objectives;
using IntegrationConsole.Health.Verdicts;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Health.Pages;

/// <summary>An integration's objectives as somebody reads and changes them. What is being typed stays until the kept ones change.</summary>
public sealed partial class ObjectivePanel : ComponentBase
{
    private static readonly IReadOnlyList<(string, string)> Choices =
        [(nameof(Impact.Standard), "fully"), (nameof(Impact.Limited), "as degraded at worst"), (nameof(Impact.Suppressed), "not at all")];

    private Dictionary<HealthSide, Impact> _impacts = Usual(Objective.None);
    private Dictionary<string, string> _problems = [];
    private KeptObjective? _known;
    private string _delivery = "";
    private string _freshness = "";
    private string _latency = "";
    private bool _isCritical;

    [Parameter, EditorRequired]
    public required KeptObjective Kept { get; set; }

    [Parameter]
    public ObjectHealth? Health { get; set; }

    [Parameter]
    public bool Busy { get; set; }

    [Parameter]
    public string? Denied { get; set; }

    /// <summary>With the version that was looked at.</summary>
    [Parameter]
    public EventCallback<KeptObjective> OnSave { get; set; }

    private bool HasChanged => _delivery != Percent(Kept.Objective.Delivery) || _freshness != Percent(Kept.Objective.Freshness) || _latency != Seconds(Kept.Objective.Latency)
        || _isCritical != Kept.Objective.IsCritical || HealthSides.All.Any(side => _impacts[side] != Kept.Objective.ImpactOf(side));

    protected override void OnParametersSet()
    {
        if (_known?.Version != Kept.Version)
        {
            (_delivery, _freshness, _latency, _isCritical) = (Percent(Kept.Objective.Delivery), Percent(Kept.Objective.Freshness), Seconds(Kept.Objective.Latency), Kept.Objective.IsCritical);
            _impacts = Usual(Kept.Objective);
            _problems = [];
        }

        _known = Kept;
    }

    private static Dictionary<HealthSide, Impact> Usual(Objective objective) => HealthSides.All.ToDictionary(side => side, side => objective.ImpactOf(side));

    private static string Percent(double? share) => share is { } known ? Math.Round(known * 100, 6).ToString(CultureInfo.InvariantCulture) : "";

    private static string Seconds(TimeSpan? time) => time?.TotalSeconds.ToString("0", CultureInfo.InvariantCulture) ?? "";

    private async Task SaveAsync()
    {
        _problems = [];
        var objective = ObjectiveRules.Plain(new Objective(
            Read(nameof(Objective.Delivery), _delivery) / 100, Read(nameof(Objective.Freshness), _freshness) / 100,
            Read(nameof(Objective.Latency), _latency) is { } seconds ? TimeSpan.FromSeconds(Math.Min(Math.Round(seconds), int.MaxValue)) : null, _impacts, _isCritical));
        foreach (var (member, sentence) in ObjectiveRules.Check(objective))
        {
            _problems.TryAdd(member, sentence);
        }

        if (_problems.Count == 0)
        {
            await OnSave.InvokeAsync(Kept with { Objective = objective });
        }
    }

    private double? Read(string member, string text)
    {
        if (text.Trim().Length == 0)
        {
            return null;
        }

        if (double.TryParse(text.Trim().TrimEnd('%').Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        _problems[member] = "A number such as 99.5 is expected here.";
        return null;
    }
}
