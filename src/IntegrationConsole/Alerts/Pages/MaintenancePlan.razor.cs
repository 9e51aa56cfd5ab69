using System.Globalization;
using IntegrationConsole.Access;
using IntegrationConsole.Controls;
using IntegrationConsole.Tenants;
using IntegrationConsole.Tenants.Maintenance;
using IntegrationConsole.Tenants.Pages;

namespace IntegrationConsole.Alerts.Pages;

/// <summary>The maintenance that is planned, open or over, and what came of it.</summary>
public sealed partial class MaintenancePlan(MaintenanceStore maintenance, TenantStore tenants, TimeProvider clock)
{
    private IReadOnlyList<MaintenanceWindow> _windows = [];
    private IReadOnlyList<MaintenanceTime> _times = [];
    private TimeZoneInfo _zone = TimeZoneInfo.Utc;
    private MaintenanceDialog? _dialog;
    private ConfirmDialog? _end;
    private MaintenanceWindow? _asked;

    private DateTimeOffset Now => clock.GetUtcNow();

    protected override Task OnInitializedAsync() => LoadAsync(FetchAsync);

    private async Task FetchAsync()
    {
        _zone = (await tenants.FindAsync(Id, Leaving))?.Zone ?? TimeZoneInfo.Utc;
        _windows = await maintenance.ListAsync(Id, Leaving);
        _times = await maintenance.ListTimesAsync(Id, Now.AddDays(-14), Now.AddDays(40), Leaving);
    }

    private MaintenanceWindow? WindowOf(MaintenanceTime time) => _windows.FirstOrDefault(window => window.Id == time.WindowId);

    private string Span(MaintenanceTime time)
    {
        var (from, to) = (TimeZoneInfo.ConvertTime(time.StartsAt, _zone), TimeZoneInfo.ConvertTime(time.EndsAt, _zone));
        return $"{from.ToString("ddd d MMM, HH:mm", CultureInfo.InvariantCulture)} – {to.ToString(to.Date == from.Date ? "HH:mm" : "ddd d MMM, HH:mm", CultureInfo.InvariantCulture)}";
    }

    private Task AskEndAsync(MaintenanceWindow window)
    {
        _asked = window;
        return _end!.OpenAsync();
    }

    private Task EndAsync(string reason) => ActAsync(Permission.Run, "end a maintenance", async actor =>
    {
        var ended = await maintenance.EndAsync(Id, _asked!.Id, actor, Leaving);
        await FetchAsync();
        Toasts.Say(ended ? "The maintenance is ended." : "Somebody had ended it already.");
    });
}
