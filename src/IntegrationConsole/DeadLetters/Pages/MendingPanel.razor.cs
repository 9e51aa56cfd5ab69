using IntegrationConsole.Access;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters.Groups;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync.Replays.Preparation;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.DeadLetters.Pages;

/// <summary>Beside a mapping: the failures that somebody came to mend, the way back to the version that did not have them, and a replay once it is mended.</summary>
public sealed partial class MendingPanel(FailureGroupStore groups, ProvenReplay replay)
{
    private const int MostChanges = 3;

    private FailureGroup? _group;
    private IReadOnlyList<string> _changes = [];
    private RehearsalReport? _trial;
    private string _problem = "";

    [Parameter, EditorRequired]
    public Guid GroupId { get; set; }

    [Parameter, EditorRequired]
    public Guid MappingId { get; set; }

    /// <summary>The newest first.</summary>
    [Parameter, EditorRequired]
    public required IReadOnlyList<MappingVersion> Versions { get; set; }

    /// <summary>Goes back to a version at once.</summary>
    [Parameter]
    public EventCallback<MappingVersion> OnRollBack { get; set; }

    private MappingVersion? Published => Versions.FirstOrDefault(version => version.State is VersionState.Published);

    /// <summary>Whether something newer is published than what failed last.</summary>
    private bool IsNewer => Published is { } now && now.Number > (_group?.LastVersion ?? int.MaxValue);

    /// <summary>The last version before the failures began, while the one that failed is still published.</summary>
    private MappingVersion? RollBackTo => _group is not { FirstVersion: { } first } || IsNewer ? null
        : Versions.FirstOrDefault(version => version.State is VersionState.Retired && version.Number < first);

    protected override Task OnParametersSetAsync() => LoadAsync(FetchAsync);

    private async Task FetchAsync()
    {
        var group = await groups.FindAsync(Id, GroupId, Leaving);
        _group = group is { MergedInto: { } home } ? await groups.FindAsync(Id, home, Leaving) : group;
        if (_group?.MappingId != MappingId)
        {
            _group = null;
        }

        _changes = RollBackTo is { } target && Published is { } published ? MappingDiff.Between(published.Parsed, target.Parsed) : [];
    }

    private Task ReplayAsync() => ActAsync(Permission.Replay, "replay dead letters", async actor =>
    {
        try
        {
            var started = await replay.StartAsync(Id, _group!.Id, actor, Leaving);
            (_trial, _problem) = (started.Trial, started.Problem);
            if (started.ReplayId is { } id)
            {
                Navigation.NavigateTo(At($"replays/{id}"));
            }
        }
        catch (FailureException unusable)
        {
            (_trial, _problem) = (null, unusable.Failure.Sentence);
        }
    });
}
