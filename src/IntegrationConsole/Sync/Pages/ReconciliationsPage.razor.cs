using IntegrationConsole.Access;
using IntegrationConsole.Controls;
using IntegrationConsole.Sync.Reconciliations;
using IntegrationConsole.Sync.Schedules;
using IntegrationConsole.Tenants;

namespace IntegrationConsole.Sync.Pages;

/// <summary>The comparisons of one integration, and when it is compared by itself.</summary>
public sealed partial class ReconciliationsPage(ReconciliationStore reconciliations, TenantStore tenants, TimeProvider clock)
{
    private const string ByHand = "";
    private const string Daily = "0 2 * * *";
    private const string Weekly = "0 2 * * 0";
    private const string ByCrontab = "crontab";
    private const int Shown = 50;

    private static readonly IReadOnlyList<(string Value, string Text)> Choices =
        [(ByHand, "Only when somebody asks"), (Daily, "Every day at 02:00"), (Weekly, "Every Sunday at 02:00"), (ByCrontab, "By a crontab expression")];

    private IReadOnlyList<Reconciliation> _all = [];
    private Schedule _schedule = Schedule.Manual;
    private TimeZoneInfo _zone = TimeZoneInfo.Utc;
    private bool _isEntering;
    private string _entered = "";

    private bool IsGoing => _all.Any(one => one.IsOpen);

    private string Refusal => Sync is { } sync ? ReconciliationRules.Refusal(sync.WriteMode, sync.KeyFields) : "";

    private Schedule Entered => new(ScheduleKind.Cron, Expression: _entered.Trim());

    private string Problem => _entered.Trim().Length == 0 ? "" : Entered.Check(_zone, clock.GetUtcNow());

    private string Choice => _isEntering ? ByCrontab
        : _schedule.Kind is ScheduleKind.Manual ? ByHand
        : _schedule.Expression is Daily or Weekly ? _schedule.Expression : ByCrontab;

    protected override Task OnParametersSetAsync() => LoadAsync(FetchAsync);

    private async Task FetchAsync()
    {
        await FindSyncAsync();
        if (Sync is not { } sync)
        {
            return;
        }

        _all = await reconciliations.ListAsync(Id, sync.Id, Shown, Leaving);
        _zone = (await tenants.FindAsync(Id, Leaving))?.Zone ?? TimeZoneInfo.Utc;
        _schedule = await reconciliations.ScheduleOfAsync(Id, sync.Id, Leaving);
        if (!_isEntering)
        {
            _entered = _schedule.Expression;
        }
    }

    private Task ChooseAsync(string choice)
    {
        _isEntering = choice == ByCrontab;
        return choice switch
        {
            ByCrontab => Task.CompletedTask,
            ByHand => SaveAsync(Schedule.Manual),
            _ => SaveAsync(new Schedule(ScheduleKind.Cron, Expression: choice)),
        };
    }

    private Task SaveAsync(Schedule schedule) => ActAsync(Permission.Configure, "schedule reconciliations", async actor =>
    {
        if (schedule.Check(_zone, clock.GetUtcNow()) is { Length: > 0 } problem)
        {
            Toasts.Say(problem, Tone.Bad);
            return;
        }

        await reconciliations.ScheduleAsync(Id, Sync!.Id, schedule, _zone, actor, Leaving);
        (_schedule, _isEntering) = (schedule, false);
        Toasts.Say(schedule.Kind is ScheduleKind.Manual ? "It is compared only when somebody asks." : "Saved.");
        await FetchAsync();
    });

    private Task ReconcileAsync() => ActAsync(Permission.Run, "reconcile an integration", async actor =>
    {
        var request = await reconciliations.RequestAsync(Id, Sync!.Id, actor, Leaving);
        Toasts.Say(request.Answer, request.Id is null ? Tone.Bad : Tone.Good, link: request.Id is { } id ? $"{Here}/reconciliations/{id}" : null, linkText: "Watch it");
        await FetchAsync();
    });
}
