using System.Globalization;
using IntegrationConsole.Access;
using IntegrationConsole.Alerts.Incidents;
using IntegrationConsole.Alerts.Rules;
using IntegrationConsole.Alerts.Silences;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Controls;
using IntegrationConsole.Health.Verdicts;
using IntegrationConsole.Sync;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Alerts.Pages;

/// <summary>Asks what is to be silenced and for how long, and says what that would mute now.</summary>
public sealed partial class SilenceDialog(SilenceStore silences, IncidentStore incidents, SyncStore syncs, ConnectionStore connections)
{
    private static readonly IReadOnlyList<(string, string)> Lengths =
        [("1", "1 hour"), ("2", "2 hours"), ("4", "4 hours"), ("8", "8 hours"), ("24", "1 day"), ("72", "3 days"), ("168", "7 days")];

    private static readonly IReadOnlyList<(string, string)> RuleOptions = [("", "Any"), .. RuleTemplate.All.Select(template => (template.Key, template.Title))];

    private static readonly IReadOnlyList<(string, string)> CauseOptions = [("", "Any"), .. Enum.GetValues<FailureCause>().Select(cause => (cause.Code, cause.Words))];

    private IReadOnlyList<Alert> _active = [];
    private IReadOnlyList<(string, string)> _named = [];
    private ConfirmDialog? _dialog;
    private string _object = "";
    private string _rule = "";
    private string _cause = "";
    private string _hours = "2";

    [Parameter]
    public EventCallback OnDone { get; set; }

    private IReadOnlyList<(string, string)> Objects =>
        [("", "Everything of this tenant"), (nameof(ObjectKind.Sync), "All integrations"), (nameof(ObjectKind.Connection), "All connections"), .. _named];

    private AlertMatcher Matcher
    {
        get
        {
            var parts = _object.Split(':');
            ObjectKind? kind = Enum.TryParse<ObjectKind>(parts[0], out var known) ? known : null;
            Guid? id = parts.Length > 1 ? Guid.Parse(parts[1], CultureInfo.InvariantCulture) : null;
            return new AlertMatcher(kind, id, _rule.Length > 0 ? _rule : null, _cause.Length > 0 ? _cause : null);
        }
    }

    private string Preview
    {
        get
        {
            var matcher = Matcher;
            var muted = _active.Where(alert => alert.IsLoud && matcher.Matches(alert.ObjectKind, alert.ObjectId, alert.Rule, alert.Cause)).ToList();
            return muted.Count == 0 ? "It would mute no alert now."
                : $"It would mute {muted.Count} {(muted.Count == 1 ? "alert" : "alerts")} now: {string.Join("; ", muted.Take(4).Select(alert => alert.What))}{(muted.Count > 4 ? "; …" : "")}.";
        }
    }

    public async Task OpenAsync(AlertMatcher? about = null)
    {
        _active = await incidents.ListActiveAsync(Id, Leaving);
        _named =
        [
            .. (await connections.ListAsync(Id, Leaving)).Select(connection => ($"{nameof(ObjectKind.Connection)}:{connection.Id}", $"Connection {connection.Name}")),
            .. (await syncs.ListAsync(Id, Leaving)).Select(sync => ($"{nameof(ObjectKind.Sync)}:{sync.Id}", $"Integration {sync.Name}")),
        ];
        _object = about switch { { ObjectKind: { } kind, ObjectId: { } id } when kind is not ObjectKind.Tenant => $"{kind}:{id}", _ => "" };
        (_rule, _cause, _hours) = (about?.Rule ?? "", about?.Cause ?? "", "2");
        StateHasChanged();
        await _dialog!.OpenAsync();
    }

    private void SetObject(string value) => _object = value;

    private Task SilenceAsync(string reason) => ActAsync(Permission.Run, "silence alerts", async actor =>
    {
        await silences.CreateAsync(Id, new SilenceDraft(Matcher, reason, TimeSpan.FromHours(int.Parse(_hours, CultureInfo.InvariantCulture))), actor, Leaving);
        Toasts.Say("Silenced. Alerts are looked at all the same, and told when it ends.", Tone.Info, At("alerts?tab=silences"), "Silences");
        await OnDone.InvokeAsync();
    });
}
