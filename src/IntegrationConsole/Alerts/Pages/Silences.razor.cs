using IntegrationConsole.Access;
using IntegrationConsole.Alerts.Incidents;
using IntegrationConsole.Alerts.Silences;

namespace IntegrationConsole.Alerts.Pages;

/// <summary>What is silenced, by whom, why and until when.</summary>
public sealed partial class Silences(SilenceStore silences, IncidentStore incidents, TimeProvider clock)
{
    private IReadOnlyList<Silence> _silences = [];
    private IReadOnlyList<Alert> _active = [];
    private SilenceDialog? _dialog;

    protected override Task OnInitializedAsync() => LoadAsync(FetchAsync);

    private async Task FetchAsync()
    {
        _silences = await silences.ListAsync(Id, Leaving);
        _active = await incidents.ListActiveAsync(Id, Leaving);
    }

    private int Muted(Silence silence) =>
        _active.Count(alert => alert.Overlay is Overlay.Silenced && silence.Matcher.Matches(alert.ObjectKind, alert.ObjectId, alert.Rule, alert.Cause));

    private Task EndAsync(Silence silence) => ActAsync(Permission.Run, "end a silence", async actor =>
    {
        await silences.EndAsync(Id, silence.Id, actor, Leaving);
        await FetchAsync();
        Toasts.Say("The silence is over: what still fires is told within seconds.");
    });
}
