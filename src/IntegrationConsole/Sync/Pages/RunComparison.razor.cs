using System.Globalization;
using IntegrationConsole.Controls;
using IntegrationConsole.DeadLetters.Groups;
using IntegrationConsole.Sync.Runs;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Sync.Pages;

/// <summary>A run beside another one, or beside the last that was as it should be, and what somebody changed between the two.</summary>
public sealed partial class RunComparison(RunStore runs, GroupChanges changes)
{
    private const int MostChanges = 10;

    private Run? _other;
    private IReadOnlyList<GroupChange> _changes = [];

    [Parameter, EditorRequired]
    public required Run Run { get; set; }

    /// <summary>The other one; null for the last good one.</summary>
    [Parameter]
    public Guid? With { get; set; }

    private string Called => With is null ? ", good" : _other?.SyncId == Run.SyncId ? "" : $" of {_other?.SyncName}";

    protected override Task OnParametersSetAsync() => LoadAsync(FetchAsync);

    private async Task FetchAsync()
    {
        _other = With is { } id ? await runs.FindAsync(Id, id, Leaving) : await runs.FindLastGoodAsync(Run, Leaving);
        _changes = [];
        if (_other is { } other && other.SyncId == Run.SyncId)
        {
            var (earlier, later) = other.QueuedAt <= Run.QueuedAt ? (other, Run) : (Run, other);
            _changes = await changes.BetweenAsync(Id, Run.SyncId, earlier.StartedAt ?? earlier.QueuedAt, later.StartedAt ?? later.QueuedAt, MostChanges, Leaving);
        }
    }

    private IEnumerable<(string Name, string Other, string This, string Words)> Lines(Run other)
    {
        yield return Figure("Read", other.RecordsRead, Run.RecordsRead);
        yield return Figure("Written", other.Written, Run.Written);
        yield return Figure("Unchanged", other.Unchanged, Run.Unchanged);
        yield return Figure("Left out by conditions", other.Filtered, Run.Filtered);
        yield return Figure("Set aside", other.Counts.SetAside, Run.Counts.SetAside);
        yield return Figure("Bytes read", other.BytesRead, Run.BytesRead);
        yield return ("Took", Took(other), Took(Run), "");
        yield return Text("Mapping", Version(other), Version(Run));
        yield return Text("Started by", other.Kind, Run.Kind);
        yield return Text("Ended", other.State.Words, Run.State.Words);
    }

    private static (string, string, string, string) Figure(string name, long before, long now) =>
        (name, Durations.Exact(before), Durations.Exact(now), before == now ? "the same" : before == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{100.0 * now / before:0} %"));

    private static (string, string, string, string) Text(string name, string before, string now) => (name, before, now, before == now ? "the same" : "differs");

    private static string Took(Run run) => run is { StartedAt: { } started, FinishedAt: { } finished } ? Durations.Words(finished - started) : "–";

    private static string Version(Run run) => run.MappingVersion is { } version ? string.Create(CultureInfo.InvariantCulture, $"v{version}") : "–";
}
