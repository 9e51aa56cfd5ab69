using System.Globalization;
using IntegrationConsole.Controls;
using IntegrationConsole.DeadLetters.Groups;
using IntegrationConsole.Sync.Runs;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Sync.Pages;

/// <summary>A run beside the last one that was as it should be, and what somebody changed between the two.</summary>
public sealed partial class RunComparison(RunStore runs, GroupChanges changes)
{
    private const int MostChanges = 10;

    private Run? _good;
    private IReadOnlyList<GroupChange> _changes = [];

    [Parameter, EditorRequired]
    public required Run Run { get; set; }

    protected override Task OnParametersSetAsync() => LoadAsync(FetchAsync);

    private async Task FetchAsync()
    {
        _good = await runs.FindLastGoodAsync(Run, Leaving);
        _changes = _good is null ? [] : await changes.BetweenAsync(Id, Run.SyncId, _good.StartedAt ?? _good.QueuedAt, Run.StartedAt ?? Run.QueuedAt, MostChanges, Leaving);
    }

    private IEnumerable<(string Name, string Good, string This, string Words)> Lines(Run good)
    {
        yield return Figure("Read", good.RecordsRead, Run.RecordsRead);
        yield return Figure("Written", good.Written, Run.Written);
        yield return Figure("Unchanged", good.Unchanged, Run.Unchanged);
        yield return Figure("Left out by conditions", good.Filtered, Run.Filtered);
        yield return Figure("Set aside", good.Counts.SetAside, Run.Counts.SetAside);
        yield return Figure("Bytes read", good.BytesRead, Run.BytesRead);
        yield return ("Took", Took(good), Took(Run), "");
        yield return Text("Mapping", Version(good), Version(Run));
        yield return Text("Started by", good.Kind, Run.Kind);
        yield return Text("Ended", good.State.Words, Run.State.Words);
    }

    private static (string, string, string, string) Figure(string name, long good, long now) =>
        (name, Durations.Exact(good), Durations.Exact(now), good == now ? "the same" : good == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{100.0 * now / good:0} %"));

    private static (string, string, string, string) Text(string name, string good, string now) => (name, good, now, good == now ? "the same" : "differs");

    private static string Took(Run run) => run is { StartedAt: { } started, FinishedAt: { } finished } ? Durations.Words(finished - started) : "–";

    private static string Version(Run run) => run.MappingVersion is { } version ? string.Create(CultureInfo.InvariantCulture, $"v{version}") : "–";
}
