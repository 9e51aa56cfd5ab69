using IntegrationConsole.Access;
using IntegrationConsole.Connectors.Circuits;
using IntegrationConsole.Connectors;
using IntegrationConsole.Controls;
using IntegrationConsole.DeadLetters.Groups;
using IntegrationConsole.Sync;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.DeadLetters.Pages;

/// <summary>One reason for which records fail: what, since when, what changed before, what the records have in common, and what is to be done.</summary>
public sealed partial class FailurePage(FailureGroupStore groups, SyncStore syncs, CircuitStore circuits, ConnectionStore connections, AccessStore access)
{
    /// <summary>As many as the list shows.</summary>
    private const int MostBeside = 200;

    private FailureGroup? _group;
    private SyncDefinition? _sync;
    private GroupTrend _trend = GroupTrend.Quiet;
    private (Guid? Previous, Guid? Next) _beside;
    private GroupProof? _proof;
    private int _waiting;
    private (Guid Id, string Name)? _circuit;
    private IReadOnlyList<string> _people = [];
    private IReadOnlyList<string> _tags = [];

    [Parameter]
    public Guid GroupId { get; set; }

    [SupplyParameterFromQuery(Name = "tab")]
    public string? TabInAddress { get; set; }

    private string Current => TabInAddress is "items" or "values" or "activity" ? TabInAddress : "overview";

    private IReadOnlyList<(string, string, string)> TabItems =>
    [
        ("overview", "Overview", Tab(null)), ("items", $"Letters {Durations.Count(_group?.Open ?? 0)}", Tab("items")), ("values", "Values", Tab("values")), ("activity", "Activity", Tab("activity")),
    ];

    protected override Task OnParametersSetAsync() => LoadAsync(FetchAsync);

    private string Tab(string? tab) => At($"failures/{GroupId}{(tab is null ? "" : $"?tab={tab}")}");

    private async Task FetchAsync()
    {
        _group = await groups.FindAsync(Id, GroupId, Leaving);
        if (_group is null)
        {
            return;
        }

        var me = (await Gatekeeper.WhoAsync()).Name;
        _people = [.. (await access.ListMembersAsync(Id, Leaving)).Select(member => member.User.Email).Append(me).Where(name => name.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase)];
        _tags = await groups.ListTagsAsync(Id, Leaving);
        _sync = await syncs.FindAsync(Id, _group.SyncId, Leaving);
        _trend = (await groups.TrendAsync(Id, [GroupId], Leaving)).GetValueOrDefault(GroupId) ?? GroupTrend.Quiet;
        _waiting = (await groups.WaitingBehindAsync(Id, [GroupId], Leaving)).GetValueOrDefault(GroupId);
        _proof = _group is { State: GroupState.Resolved, ResolvedVersion: not null } ? await groups.ProofAsync(_group, Leaving) : null;
        _circuit = await OpenCircuitAsync();
        _beside = Beside(await groups.ListAsync(Id, new GroupFilter(), MostBeside, Leaving));
    }

    /// <summary>The groups beside it in the list as it is when it is opened; none where it is not in it.</summary>
    private (Guid?, Guid?) Beside(IReadOnlyList<FailureGroup> list)
    {
        var at = list.Select(group => group.Id).ToList().IndexOf(GroupId);
        return (at > 0 ? list[at - 1].Id : null, at >= 0 && at + 1 < list.Count ? list[at + 1].Id : null);
    }

    /// <summary>An end of the integration that is not called at the moment: waiting for it may be all there is to do.</summary>
    private async Task<(Guid, string)?> OpenCircuitAsync()
    {
        Guid[] ends = _sync is null ? [] : [_sync.DestinationConnectionId, _sync.SourceConnectionId];
        foreach (var end in ends)
        {
            if (await circuits.FindAsync(Id, end, Leaving) is { State: not CircuitState.Closed } && await connections.FindAsync(Id, end, Leaving) is { } connection)
            {
                return (end, connection.Name);
            }
        }

        return null;
    }
}
