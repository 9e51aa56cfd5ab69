using System.Globalization;
using IntegrationConsole.Access;
using IntegrationConsole.Alerts.Rules;
using IntegrationConsole.Controls;
using IntegrationConsole.Health.Verdicts;
using IntegrationConsole.Tenants;

namespace IntegrationConsole.Alerts.Pages;

/// <summary>The rules in plain words, and how often each would have fired.</summary>
public sealed partial class AlertRules(RuleStore rules, BackTest backTest)
{
    private static readonly IReadOnlyList<(string, string)> States = [(nameof(HealthState.Failing), "failing"), (nameof(HealthState.Degraded), "degraded or failing")];

    private IReadOnlyList<AlertRule> _rules = [];
    private IReadOnlyList<WouldHaveFired> _fired = [];
    private AlertRule? _tried;
    private AlertRule? _edited;
    private ConfirmDialog? _dialog;
    private string _minutes = "";

    private int? Minutes => int.TryParse(_minutes, NumberStyles.None, CultureInfo.InvariantCulture, out var minutes) && minutes <= 1440 ? minutes : null;

    protected override Task OnInitializedAsync() => LoadAsync(FetchAsync);

    private async Task FetchAsync() => _rules = await rules.ListAsync(Id, Leaving);

    private async Task TryAsync(AlertRule rule)
    {
        if (_tried?.Template.Key == rule.Template.Key)
        {
            _tried = null;
            return;
        }

        await LoadAsync(async () => (_fired, _tried) = (await backTest.RunAsync(Id, rule, Leaving), rule));
    }

    private Task AskAsync(AlertRule rule)
    {
        (_edited, _minutes) = (rule, rule.AfterMinutes.ToString(CultureInfo.InvariantCulture));
        return _dialog!.OpenAsync();
    }

    private void Type(string minutes) => _minutes = minutes;

    private Task SaveAsync(string reason) => ActAsync(Permission.Configure, "change an alert rule", async actor =>
    {
        var saved = await rules.SaveAsync(Id, _edited! with { AfterMinutes = Minutes!.Value }, actor, Leaving);
        await FetchAsync();
        Toasts.Say(saved is Saved.Done ? $"{_edited.Template.Title} is saved." : "Somebody else changed this rule meanwhile: look at it again.", saved is Saved.Done ? Tone.Good : Tone.Warn);
    });
}
