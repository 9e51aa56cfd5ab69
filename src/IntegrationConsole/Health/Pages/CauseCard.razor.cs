using IntegrationConsole.Access;
using IntegrationConsole.Controls;
using IntegrationConsole.Credentials;
using IntegrationConsole.Health.Triage;
using IntegrationConsole.Sync.Runs;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Health.Pages;

/// <summary>One cause, and the one thing to do first about it.</summary>
public sealed partial class CauseCard(CircuitProbe probe, RunQueue runs)
{
    private const int StepsCompared = 3;

    /// <summary>Different answers to one click that are shown; each is in the audit trail anyway.</summary>
    private const int MostAnswers = 3;
    private string? _tenant;
    private bool _isActing;
    private ConfirmDialog? _confirm;

    // What was asked about is what is done, whatever the card shows by then.
    private IReadOnlyList<(TenantName Tenant, Guid Id)> _asked = [];
    private string _askedTitle = "";
    private bool _asksProbes;

    [Parameter, EditorRequired]
    public required RootCause Cause { get; set; }

    /// <summary>Its place, from 1: the first nine have a key.</summary>
    [Parameter]
    public int Number { get; set; }

    [Parameter]
    public bool IsFleet { get; set; }

    /// <summary>What the reader may do where.</summary>
    [Parameter, EditorRequired]
    public required IReadOnlyDictionary<TenantId, TenantAccess> Tenants { get; set; }

    /// <summary>Who looks.</summary>
    [Parameter]
    public Actor Me { get; set; } = Actor.System;

    [Parameter]
    public IReadOnlyList<long> Inflow { get; set; } = [];

    [Parameter]
    public DateTimeOffset Now { get; set; }

    /// <summary>After the first thing was done.</summary>
    [Parameter]
    public EventCallback OnActed { get; set; }

    [CascadingParameter]
    public ReaderZone Zone { get; set; } = ReaderZone.Utc;

    /// <summary>Set before each command: a cause may reach over several tenants.</summary>
    protected override string? TenantSlug => _tenant;

    private string? Key => Number is > 0 and < 10 ? Number.ToString(System.Globalization.CultureInfo.InvariantCulture) : null;

    private string Who
    {
        get
        {
            var syncs = Cause.Integrations.Count == 1 ? Cause.Integrations[0].Name : $"{Durations.Count(Cause.Integrations.Count)} integrations";
            return !IsFleet ? syncs : Cause.Tenants.Count == 1 ? $"{syncs} of {Cause.Tenants[0].Name}" : $"{syncs} of {Cause.Tenants.Count} tenants";
        }
    }

    private string Next => Cause.Next switch
    {
        null => "",
        { At: { } at, Words: var words } when at > Now => $"{words} in {Durations.Words(TimeSpan.FromSeconds(Math.Ceiling((at - Now).TotalSeconds)))}",
        { At: null, Words: var words } => words,
        { Words: var words } => $"{words} due",
    };

    private string Trend
    {
        get
        {
            var last = Inflow.TakeLast(StepsCompared).Sum();
            var before = Inflow.SkipLast(StepsCompared).TakeLast(StepsCompared).Sum();
            var minutes = (int)(StepsCompared * TriageReader.Step).TotalMinutes;
            return (last, before) switch
            {
                (0, _) => $"none new in {minutes} min",
                _ when last > before * 1.2 => $"rising: {Durations.Count(last)} in {minutes} min",
                _ when last < before * 0.8 => $"falling: {Durations.Count(last)} in {minutes} min",
                _ => $"steady: {Durations.Count(last)} in {minutes} min",
            };
        }
    }

    /// <summary>The tooltip of what the reader may not do in all of these tenants.</summary>
    private string? Denied(Permission permission, IEnumerable<TenantName> tenants) =>
        tenants.All(tenant => Tenants.TryGetValue(tenant.Id, out var access) && access.May(permission)) ? null : $"Needs the role {permission.NeededRole}";

    /// <summary>One click is enough for a few; what touches many is said first.</summary>
    private async Task BeginAsync()
    {
        if (!Cause.Remedy.IsAsked)
        {
            _asksProbes = Cause.Remedy.Kind is RemedyKind.Probe;
            await ActNowAsync(Cause.Remedy.Targets);
            return;
        }

        (_asked, _askedTitle, _asksProbes) = (Cause.Remedy.Targets, Cause.Remedy.Words, Cause.Remedy.Kind is RemedyKind.Probe);
        StateHasChanged();

        // Drawn first: the dialog is there only where something is asked.
        await Task.Yield();
        await _confirm!.OpenAsync();
    }

    private async Task ActNowAsync(IReadOnlyList<(TenantName Tenant, Guid Id)> targets)
    {
        if (_isActing)
        {
            return;
        }

        _isActing = true;
        var answers = new List<string>();
        foreach (var (tenant, id) in targets)
        {
            _tenant = tenant.Slug;
            await (_asksProbes
                ? ActAsync(Permission.Run, "probe a circuit", async actor => answers.Add(await probe.TryAsync(tenant.Id, id, actor, Leaving)))
                : ActAsync(Permission.Run, "run an integration", async actor => answers.Add((await runs.RequestAsync(tenant.Id, id, RunTrigger.Manual, actor, Leaving)).Answer)));
        }

        _isActing = false;
        foreach (var said in answers.GroupBy(answer => answer).OrderByDescending(said => said.Count()).Take(MostAnswers))
        {
            Toasts.Say(said.Count() == 1 ? said.Key : $"{said.Count()} times: {said.Key}", Tone.Info);
        }

        await OnActed.InvokeAsync();
    }

    private static string Reach(IReadOnlyList<(TenantName Tenant, Guid Id)> targets, string what)
    {
        var tenants = targets.Select(target => target.Tenant).Distinct().ToList();
        return $"{Durations.Exact(targets.Count)} {what}s of {(tenants.Count == 1 ? tenants[0].Name : $"{tenants.Count} tenants")}";
    }
}
