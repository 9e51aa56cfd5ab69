using IntegrationConsole.Access;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Controls;
using IntegrationConsole.Sync.Runs;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Credentials.Pages;

/// <summary>What was stopped because an outside system refused a credential, and the way on once it has a new secret.</summary>
public sealed partial class WaitingForSecret(StoppedSyncs stopped, RunQueue runs)
{
    private IReadOnlyList<StoppedSync> _waiting = [];

    /// <summary>The connections that use the credential.</summary>
    [Parameter, EditorRequired]
    public required IReadOnlyList<Connection> Connections { get; set; }

    /// <summary>Whether the secret was replaced on this page.</summary>
    [Parameter]
    public bool IsReplaced { get; set; }

    private List<StoppedSync> Stopped => [.. _waiting.Where(sync => sync.IsStopped)];

    private int Letters => _waiting.Sum(sync => sync.Letters);

    protected override Task OnParametersSetAsync() => LoadAsync(FetchAsync);

    private async Task FetchAsync() => _waiting = await stopped.ListAsync(Id, [.. Connections.Select(connection => connection.Id)], FailureCause.Auth, Leaving);

    private Task RunAsync() => ActAsync(Permission.Run, "run an integration", async actor =>
    {
        foreach (var sync in Stopped)
        {
            var request = await runs.RequestAsync(Id, sync.SyncId, RunTrigger.Manual, actor, Leaving);
            Toasts.Say($"{sync.Name}: {request.Answer}", request.RunId is null ? Tone.Bad : Tone.Good, link: request.RunId is { } run ? At($"runs/{run}") : null, linkText: "Watch it");
        }

        await FetchAsync();
    });
}
