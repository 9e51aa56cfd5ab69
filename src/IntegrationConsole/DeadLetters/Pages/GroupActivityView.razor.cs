using IntegrationConsole.Access;
using IntegrationConsole.Controls;
using IntegrationConsole.DeadLetters.Groups;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.DeadLetters.Pages;

/// <summary>What happened to a group and what was said about it, with a way back from the latest decision.</summary>
public sealed partial class GroupActivityView(GroupDecisions decisions, GroupMerging merging)
{
    private IReadOnlyList<GroupActivity> _steps = [];
    private IReadOnlyList<MergedGroup> _merged = [];
    private string _note = "";

    [Parameter, EditorRequired]
    public required FailureGroup Group { get; set; }

    [Parameter]
    public EventCallback OnChanged { get; set; }

    protected override Task OnParametersSetAsync() => LoadAsync(FetchAsync);

    private async Task FetchAsync()
    {
        _steps = await decisions.ListActivityAsync(Id, Group.Id, Leaving);
        _merged = await merging.ListAsync(Id, Group.Id, Leaving);
    }

    private Task NoteAsync() => ActAsync(Permission.Replay, "remark on a failure group", async actor =>
    {
        await decisions.NoteAsync(Id, Group.Id, _note.Trim(), actor, Leaving);
        _note = "";
        await ShowAsync();
    });

    private Task UndoAsync(GroupActivity step) => ActAsync(Permission.Replay, "undo a decision about failures", async actor =>
    {
        if (!await decisions.UndoAsync(Id, Group.Id, step.Seq, actor, Leaving))
        {
            Toasts.Say("Something happened to the group since; this is how it is now.", Tone.Warn);
        }

        await ShowAsync();
    });

    private Task PartAsync(MergedGroup merged) => ActAsync(Permission.Replay, "take failure groups apart", async actor =>
    {
        Toasts.Say(await merging.PartAsync(Id, merged.Id, actor, Leaving) ? "It is a group of its own again. Its letters follow in a moment." : "It was taken out already.", Tone.Info, At($"failures/{merged.Id}"), "Open it");
        await ShowAsync();
    });

    private async Task ShowAsync()
    {
        await FetchAsync();
        await OnChanged.InvokeAsync();
    }
}
