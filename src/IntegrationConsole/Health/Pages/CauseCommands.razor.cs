using System.Globalization;
using IntegrationConsole.Access;
using IntegrationConsole.Controls;
using IntegrationConsole.Health.Triage;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Health.Pages;

/// <summary>What people say about a cause, in every tenant in which it is and in which the reader may.</summary>
public sealed partial class CauseCommands(CauseDecisions decisions, AccessStore access, TimeProvider clock)
{
    private static readonly IReadOnlyList<(string, string)> Times = [("1", "in an hour"), ("4", "in 4 hours"), ("24", "in a day"), ("168", "in a week")];

    private string? _tenant;
    private ConfirmDialog? _assign;
    private ConfirmDialog? _snooze;
    private bool _asks;
    private bool _isActing;
    private RootCause? _asked;
    private IReadOnlyList<(string, string)> _owners = [];
    private string _owner = "";
    private string _hours = "4";

    [Parameter, EditorRequired]
    public required RootCause Cause { get; set; }

    /// <summary>The place of its card.</summary>
    [Parameter]
    public int Number { get; set; }

    /// <summary>What the reader may do where.</summary>
    [Parameter, EditorRequired]
    public required IReadOnlyDictionary<TenantId, TenantAccess> Tenants { get; set; }

    [Parameter]
    public EventCallback OnActed { get; set; }

    /// <summary>Set before each command: a cause may reach over several tenants.</summary>
    protected override string? TenantSlug => _tenant;

    private string Words => $"{Cause.Title}: {Cause.Subject}";

    private bool Blocked => IsBusy || _isActing || Denied is not null;

    private string? Denied =>
        Cause.Tenants.All(tenant => Tenants.TryGetValue(tenant.Id, out var seen) && seen.May(Permission.Replay)) ? null : $"Needs the role {Permission.Replay.NeededRole}";

    private Task AcknowledgeAsync() => DecideAsync("acknowledge a cause", "It is yours: others see that somebody knows.", Cause, (tenant, cause, actor) => decisions.AcknowledgeAsync(tenant, cause, actor, Leaving));

    private Task WakeAsync() => DecideAsync("wake a cause", "It is in sight again.", Cause, (tenant, cause, actor) => decisions.WakeAsync(tenant, cause, actor, Leaving));

    private Task AssignAsync() => DecideAsync(
        "assign a cause", _owner.Length == 0 ? "Nobody looks after it now." : $"{_owner} looks after it.", _asked!,
        (tenant, cause, actor) => decisions.AssignAsync(tenant, cause, _owner.Length == 0 ? null : _owner, actor, Leaving));

    private Task SnoozeAsync()
    {
        var until = clock.GetUtcNow().AddHours(int.Parse(_hours, CultureInfo.InvariantCulture));
        var words = $"wakes {Times.Single(time => time.Item1 == _hours).Item2}";
        return DecideAsync("snooze a cause", $"Out of sight: it {words}.", _asked!, (tenant, cause, actor) => decisions.SnoozeAsync(tenant, cause, until, words, actor, Leaving));
    }

    private async Task AskWhoAsync()
    {
        await LoadAsync(async () =>
        {
            // Who is named has to know their way in all of these tenants; the reader does, or could not name anybody.
            var me = (await Gatekeeper.WhoAsync()).Name;
            List<string>? common = null;
            foreach (var tenant in Cause.Tenants)
            {
                var members = (await access.ListMembersAsync(tenant.Id, Leaving)).Where(member => member.Role.Holds(Permission.Replay)).Select(member => member.User.Email);
                common = [.. common is null ? members : common.Intersect(members, StringComparer.OrdinalIgnoreCase)];
            }

            _owners = [("", "nobody"), .. (common ?? []).Append(me).Append(Cause.Owner).Where(name => name.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase).Select(name => (name, name))];
            _owner = Cause.Owner.Length > 0 ? Cause.Owner : me;
        });
        await AskAsync(() => _assign);
    }

    private Task AskHowLongAsync() => AskAsync(() => _snooze);

    /// <remarks>What was asked about is what is decided, whatever the card shows by then.</remarks>
    private async Task AskAsync(Func<ConfirmDialog?> dialog)
    {
        (_asked, _asks) = (Cause, true);
        StateHasChanged();

        // Drawn first: the dialogs are there only where something is asked.
        await Task.Yield();
        await dialog()!.OpenAsync();
    }

    private async Task DecideAsync(string attempt, string done, RootCause cause, Func<TenantId, RootCause, Actor, Task<IReadOnlyList<long>>> decide)
    {
        if (_isActing)
        {
            return;
        }

        _isActing = true;
        var decided = new List<Decision>();
        var isDone = false;
        foreach (var tenant in cause.Tenants)
        {
            _tenant = Tenants.TryGetValue(tenant.Id, out var seen) ? seen.Slug : tenant.Slug;
            await ActAsync(Permission.Replay, attempt, async actor =>
            {
                decided.AddRange((await decide(tenant.Id, cause, actor)).Select(entry => new Decision(tenant.Id, _tenant, entry)));
                isDone = true;
            });
        }

        _isActing = false;
        if (decided.Count > 0)
        {
            UndoOffer.Say(done, decided);
        }
        else if (isDone)
        {
            Toasts.Say("Nothing changed: it is so already, or somebody else was faster.", Tone.Warn);
        }

        await OnActed.InvokeAsync();
    }
}
