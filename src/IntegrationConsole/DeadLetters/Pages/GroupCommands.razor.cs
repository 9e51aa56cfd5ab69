using System.Globalization;
using IntegrationConsole.Access;
using IntegrationConsole.Controls;
using IntegrationConsole.DeadLetters.Groups;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync.Approvals;
using IntegrationConsole.Sync.Replays;
using IntegrationConsole.Sync.Replays.Preparation;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.DeadLetters.Pages;

/// <summary>What can be done with one group or with several, with the questions that are asked first.</summary>
public sealed partial class GroupCommands(GroupDecisions decisions, GroupMerging merging, MappingStore mappings, SecondPerson person)
{
    private TagDialog? _tags;
    private SnoozeDialog? _snooze;
    private ResolveDialog? _resolve;
    private ReplayDialog? _replay;
    private ConfirmDialog? _assign;
    private ConfirmDialog? _merge;
    private DiscardDialog? _discard;
    private string _owner = "";

    [Parameter, EditorRequired]
    public required IReadOnlyList<FailureGroup> Groups { get; set; }

    /// <summary>Who may be named as owner.</summary>
    [Parameter, EditorRequired]
    public required IReadOnlyList<string> People { get; set; }

    /// <summary>The tags that are in use, for whoever types one.</summary>
    [Parameter]
    public IReadOnlyList<string> Tags { get; set; } = [];

    /// <summary>A connection whose circuit is not closed.</summary>
    [Parameter]
    public (Guid Id, string Name)? Circuit { get; set; }

    [Parameter]
    public EventCallback OnChanged { get; set; }

    private bool Blocked => IsBusy || !May(Permission.Replay);

    private int Letters => Groups.Sum(group => group.Open);

    private string LetterWords => $"{Durations.Exact(Letters)} {(Letters == 1 ? "letter" : "letters")}";

    private string Words => Groups.Count == 1 ? "this group" : $"{Groups.Count} groups";

    private bool CanMerge => Groups.Select(group => group.SyncId).Distinct().Count() == 1;

    private FailureGroup? Largest => Groups.MaxBy(group => group.Open);

    private IReadOnlyList<(string, string)> Owners => [("", "nobody"), .. People.Select(person => (person, person))];

    private Task AcknowledgeAsync() => DecideAsync("acknowledge failures", "acknowledged", (group, actor) => decisions.AcknowledgeAsync(Id, group.Id, actor, Leaving));

    private Task ReopenAsync() => DecideAsync("reopen failures", "open again", (group, actor) => decisions.ReopenAsync(Id, group.Id, actor, Leaving));

    private Task AssignAsync() => DecideAsync("assign failures", "assigned", (group, actor) => decisions.AssignAsync(Id, group.Id, _owner.Length == 0 ? null : _owner, actor, Leaving));

    private Task TagAsync(string tag) => DecideAsync("tag failures", $"tagged {tag}", (group, actor) => decisions.TagAsync(Id, group.Id, tag, actor, Leaving));

    private Task UntagAsync(string tag) => DecideAsync("remove a tag from failures", $"no longer tagged {tag}", (group, actor) => decisions.UntagAsync(Id, group.Id, tag, actor, Leaving));

    private Task SnoozeAsync((Snooze Snooze, string Words) choice) => DecideAsync("snooze failures", "snoozed", async (group, actor) =>
    {
        var snooze = choice.Snooze with
        {
            Seen = choice.Snooze.Seen is { } more ? group.Seen + more : null,
            Version = choice.Snooze.Version is null ? null : await PublishedAsync(group) + 1,
        };
        return await decisions.SnoozeAsync(Id, group.Id, snooze, choice.Words, actor, Leaving);
    });

    private Task ResolveAsync((string By, string Reason) choice) => DecideAsync("resolve failures", "resolved", async (group, actor) =>
    {
        int? version = choice.By.Length == 0 ? null : await PublishedAsync(group) + (choice.By == ResolveDialog.Next ? 1 : 0);
        return await decisions.ResolveAsync(Id, group.Id, choice.Reason, version, actor, Leaving);
    });

    private Task MergeAsync() => ActAsync(Permission.Replay, "merge failures", async actor =>
    {
        var merged = await merging.MergeAsync(Id, [.. Groups.Select(group => group.Id)], Largest!.Id, actor, Leaving);
        Toasts.Say(
            merged == 0 ? "They could not be merged: one of them changed meanwhile." : $"{merged + 1} groups are one.", merged == 0 ? Tone.Warn : Tone.Good,
            At($"failures/{Largest.Id}?tab=activity"), "Take apart");
        await OnChanged.InvokeAsync();
    });

    private static ReplaySelection Selection(FailureGroup group, bool unknown) => new(null, new DeadLetterFilter(Group: group.Id), unknown, group.Title);

    /// <summary>What is asked for one of them is asked for all: their letters are counted together.</summary>
    private Task<AgreementNeeded?> ForeseeAsync(RequestKind kind, bool unknown) => FindAsync(async () =>
    {
        AgreementNeeded? agreement = null;
        foreach (var group in Groups.Where(group => group.Open > 0))
        {
            agreement ??= await person.ForeseeAsync(Id, kind, Selection(group, unknown), Letters, Leaving);
        }

        return agreement;
    });

    private Task<ForeseenReplay?> ForeseeReplayAsync(bool unknown) =>
        FindAsync<ForeseenReplay>(async () => await person.ForeseeReplayAsync(Id, [.. Groups.Where(group => group.Open > 0).Select(group => Selection(group, unknown))], Letters, Leaving));

    private Task DiscardAsync(string reason) => ActAsync(Permission.Replay, "discard dead letters", async actor =>
    {
        var (all, waiting) = (0, 0);
        var decided = new List<Decision>();
        foreach (var group in Groups)
        {
            var asked = await person.DiscardAsync(Id, null, new DeadLetterFilter(Group: group.Id), group.Title, reason, actor, Letters, Leaving);
            if (asked.Waits)
            {
                waiting += asked.Letters;
                continue;
            }

            if (asked.Entry is { } entry)
            {
                decided.Add(new Decision(Id, Tenant, entry));
                await decisions.NoteDiscardAsync(Id, group.Id, asked.Letters, reason, actor, Leaving);
            }

            all += asked.Letters;
        }

        if (waiting > 0)
        {
            Toasts.Say($"{Durations.Exact(waiting)} {(waiting == 1 ? "letter waits" : "letters wait")} until somebody else agrees.");
        }
        else
        {
            UndoOffer.Say($"{Durations.Exact(all)} {(all == 1 ? "letter was" : "letters were")} discarded.", decided, At("dead-letters?state=discarded"), "See them");
        }

        await OnChanged.InvokeAsync();
    });

    /// <summary>One replay for each group, so that each can be followed and stopped by itself.</summary>
    private Task ReplayAsync(ReplayChoice choice) => ActAsync(Permission.Replay, "replay dead letters", async actor =>
    {
        var started = new List<Guid>();
        foreach (var group in Groups.Where(group => group.Open > 0))
        {
            if (await person.ReplayAsync(Id, Selection(group, choice.IncludeUnknown) with { AsOf = choice.Foreseen.AsOf }, choice.Options, choice.Reason, actor, Letters, Leaving) is { } replay)
            {
                started.Add(replay.Id);
            }
        }

        if (started.Count == 0)
        {
            Toasts.Say("Nothing to replay: none of them waits any more, or only such whose answer was lost.", Tone.Warn);
        }
        else
        {
            Navigation.NavigateTo(At(started.Count == 1 ? $"replays/{started[0]}" : "replays"));
        }
    });

    private Task DecideAsync(string attempt, string done, Func<FailureGroup, Actor, Task<long?>> decide) => ActAsync(Permission.Replay, attempt, async actor =>
    {
        var decided = new List<Decision>();
        foreach (var group in Groups)
        {
            if (await decide(group, actor) is { } entry)
            {
                decided.Add(new Decision(Id, Tenant, entry));
            }
        }

        if (decided.Count == 0)
        {
            Toasts.Say("Nothing changed: it is so already, or somebody else was faster.", Tone.Warn);
        }
        else
        {
            UndoOffer.Say(
                decided.Count == 1 ? $"The group is {done}." : string.Create(CultureInfo.InvariantCulture, $"{decided.Count} groups are {done}."), decided,
                Groups.Count == 1 ? At($"failures/{Groups[0].Id}?tab=activity") : null, "Activity");
        }

        await OnChanged.InvokeAsync();
    });

    private async Task<int> PublishedAsync(FailureGroup group) => (await mappings.FindPublishedAsync(Id, group.MappingId, Leaving))?.Number ?? 0;
}
