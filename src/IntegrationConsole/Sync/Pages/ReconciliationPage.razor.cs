using IntegrationConsole.Access;
using IntegrationConsole.Connectors;
using IntegrationConsole.Controls;
using IntegrationConsole.Sync.Reconciliations;
using IntegrationConsole.Sync.Runs;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Sync.Pages;

/// <summary>One comparison of both sides: how far it is, what it found, and the button that puts it right.</summary>
public sealed partial class ReconciliationPage(ReconciliationStore reconciliations)
{
    private Reconciliation? _one;
    private IReadOnlyList<DifferingKey> _keys = [];
    private IReadOnlyList<Run> _repairs = [];
    private IReadOnlyList<string> _keyFields = [];
    private ConfirmDialog? _repair;

    [Parameter]
    public Guid ReconciliationId { get; set; }

    [SupplyParameterFromQuery(Name = "kind")]
    public string? KindInAddress { get; set; }

    private bool IsRepairing => _repairs.Any(run => run.IsOpen);

    /// <summary>The one asked for, or the first of which there are any.</summary>
    private DifferenceKind Kind => Enum.TryParse<DifferenceKind>(KindInAddress, ignoreCase: true, out var kind) && Enum.IsDefined(kind) ? kind
        : Enum.GetValues<DifferenceKind>().FirstOrDefault(kind => _one?.Of(kind) > 0);

    protected override Task OnParametersSetAsync() => LoadAsync(FetchAsync);

    private async Task FetchAsync()
    {
        _one = await reconciliations.FindAsync(Id, ReconciliationId, Leaving);
        _keys = _one is { State: ReconciliationState.Done } ? await reconciliations.ListKeysAsync(Id, ReconciliationId, Kind, ReconciliationRules.ListedKeys, Leaving) : [];
        _repairs = await reconciliations.ListRepairsAsync(Id, ReconciliationId, Leaving);
        _keyFields = _one is { } one && await Syncs.FindAsync(Id, one.SyncId, Leaving) is { } sync ? sync.KeyFields : [];
    }

    private string Show(DifferenceKind kind) => $"{Here}/reconciliations/{ReconciliationId}?kind={kind.ToString().ToLowerInvariant()}";

    private static List<string> Notes(Reconciliation one)
    {
        var notes = new List<string>();
        if (one.Unmapped > 0)
        {
            notes.Add($"{Durations.Exact(one.Unmapped)} {(one.Unmapped == 1 ? "record makes" : "records make")} no row that the destination could hold: rows of theirs, if there are any, are counted as in excess.");
        }

        if (one.Held > 0)
        {
            notes.Add($"{Durations.Exact(one.Held)} of the missing and different ones wait as dead letters.");
        }

        if (one.Missing > ReconciliationRules.MostKeys || one.Different > ReconciliationRules.MostKeys)
        {
            notes.Add($"The first {Durations.Exact(ReconciliationRules.MostKeys)} keys of each kind are kept and repaired. Where this many differ, a full run of the integration may be the shorter way.");
        }

        return notes;
    }

    private Task CancelAsync() => ActAsync(Permission.Run, "cancel a reconciliation", async actor =>
    {
        Toasts.Say(await reconciliations.CancelAsync(Id, ReconciliationId, actor, Leaving), Tone.Info);
        await FetchAsync();
    });

    private Task RepairAsync() => ActAsync(Permission.Run, "repair a destination", async actor =>
    {
        var request = await reconciliations.RepairAsync(Id, ReconciliationId, actor, Leaving);
        Toasts.Say(request.Answer, request.RunId is null ? Tone.Bad : Tone.Good, link: request.RunId is { } run ? At($"runs/{run}") : null, linkText: "Watch it");
        await FetchAsync();
    });
}
