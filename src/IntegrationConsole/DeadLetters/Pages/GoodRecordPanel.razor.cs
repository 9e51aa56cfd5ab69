using IntegrationConsole.Access;
using IntegrationConsole.Controls;
using IntegrationConsole.Mappings.Plan;
using IntegrationConsole.Sync;
using IntegrationConsole.Sync.DryRuns;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.DeadLetters.Pages;

/// <summary>A letter's record beside one that is as it should be. Looked for when somebody opens it, since it may have to be asked of the source.</summary>
public sealed partial class GoodRecordPanel(GoodRecords records, SyncStore syncs)
{
    private const int MostSentences = 12;

    private GoodRecord? _good;
    private IReadOnlyList<string> _contrast = [];
    private string _problem = "";
    private bool _wasOpened;

    [Parameter, EditorRequired]
    public required DeadLetter Letter { get; set; }

    [Parameter, EditorRequired]
    public required MappingPlan Plan { get; set; }

    [Parameter, EditorRequired]
    public required byte[] Record { get; set; }

    private async Task ToggledAsync()
    {
        if (_wasOpened)
        {
            return;
        }

        _wasOpened = true;
        await ActAsync(Permission.ViewPayload, "compare a dead letter", async _ =>
        {
            if (await syncs.FindAsync(Id, Letter.SyncId, Leaving) is not { } sync)
            {
                _problem = "The integration was deleted.";
                return;
            }

            (_good, _problem) = await records.FindAsync(Letter, sync, Plan, Record, Leaving);
            _contrast = _good is null ? [] : [.. RecordContrast.Of(_good.Record, Record).Take(MostSentences)];
        });
    }
}
