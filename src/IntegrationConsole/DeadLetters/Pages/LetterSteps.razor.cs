using IntegrationConsole.Sync.Sends;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.DeadLetters.Pages;

/// <summary>What was made at the destination for the record of a letter, and taken back; nothing where it is a single call.</summary>
public sealed partial class LetterSteps(SendLedger ledger) : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _leaving = new();
    private IReadOnlyList<WriteStep> _steps = [];

    [Parameter]
    public required DeadLetter Letter { get; set; }

    protected override async Task OnParametersSetAsync() => _steps = await ledger.StepsAsync(Letter.TenantId, Letter.SyncId, Letter.RecordKey, _leaving.Token);

    public void Dispose()
    {
        _leaving.Cancel();
        _leaving.Dispose();
    }
}
