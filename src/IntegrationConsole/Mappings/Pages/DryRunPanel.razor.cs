using IntegrationConsole.Access;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Sync;
using IntegrationConsole.Sync.DryRuns;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Mappings.Pages;

/// <summary>Tries a mapping on the source's last records and the open dead letters, beside the page.</summary>
public sealed partial class DryRunPanel(DryRun dryRun)
{
    private static readonly int[] Counts = [100, DryRun.UsualRecords, 5_000, DryRun.MostRecords];

    private int _count = DryRun.UsualRecords;
    private CancellationTokenSource? _trying;
    private DryRunProgress _progress = new("", null);
    private DryRunReport? _report;
    private string _triedOn = "";
    private string _problem = "";

    [Parameter, EditorRequired]
    public required SyncDefinition Sync { get; set; }

    /// <summary>The mapping as it stands on the screen.</summary>
    [Parameter, EditorRequired]
    public required MappingDocument Document { get; set; }

    /// <summary>Whether the document has no problems.</summary>
    [Parameter]
    public bool IsUsable { get; set; }

    /// <summary>Stands in a dialog of a page that has another one.</summary>
    [Parameter]
    public bool IsInDialog { get; set; }

    private string Prefix => IsInDialog ? "publish-dry-run" : "dry-run";

    private Task TryAsync() => ActAsync(Permission.ViewPayload, "try a mapping on records", async _ =>
    {
        var document = Document;
        using var trying = CancellationTokenSource.CreateLinkedTokenSource(Leaving);
        (_trying, _report, _problem) = (trying, null, "");
        try
        {
            // Beside the page: expressions may keep a processor busy for long.
            _report = await Task.Run(() => dryRun.TryAsync(Sync, document, _count, Progress, trying.Token), trying.Token);
            _triedOn = document.ToJson();
        }
        catch (OperationCanceledException) when (trying.IsCancellationRequested && !Leaving.IsCancellationRequested)
        {
            _problem = "The dry run was stopped.";
        }
        catch (FailureException unusable)
        {
            _problem = unusable.Failure.Sentence;
        }
        finally
        {
            _trying = null;
        }
    });

    private void Progress(DryRunProgress progress) => _ = InvokeAsync(() =>
    {
        _progress = progress;
        StateHasChanged();
    });

    private Task StopAsync() => _trying?.CancelAsync() ?? Task.CompletedTask;
}
