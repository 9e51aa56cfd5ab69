using IntegrationConsole.Access;
using IntegrationConsole.Controls;
using IntegrationConsole.DeadLetters.Groups;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.DeadLetters.Pages;

/// <summary>The legal hold of one group.</summary>
public sealed partial class GroupHold(GroupDecisions decisions)
{
    private ConfirmDialog? _hold;
    private ConfirmDialog? _lift;

    [Parameter, EditorRequired]
    public required FailureGroup Group { get; set; }

    [Parameter]
    public EventCallback OnChanged { get; set; }

    private Task HoldAsync(string why) => SetAsync("put a legal hold on failures", why, "The group is held.");

    private Task LiftAsync(string reason) => SetAsync("lift a legal hold of failures", null, "The hold is lifted.");

    private Task SetAsync(string attempt, string? why, string done) => ActAsync(Permission.Administer, attempt, async actor =>
    {
        var changed = await decisions.HoldAsync(Id, Group.Id, why, actor, Leaving);
        Toasts.Say(changed ? done : "Somebody else did that meanwhile.", changed ? Tone.Good : Tone.Warn);
        await OnChanged.InvokeAsync();
    });
}
