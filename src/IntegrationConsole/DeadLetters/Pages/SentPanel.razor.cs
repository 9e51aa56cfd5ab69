using IntegrationConsole.Access;
using IntegrationConsole.Sync.DryRuns;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.DeadLetters.Pages;

/// <summary>What the last try of a letter sent, looked for when somebody wants to see it.</summary>
public sealed partial class SentPanel(SentRecords records)
{
    private SentRecord? _sent;
    private string _problem = "";
    private bool _wasOpened;

    [Parameter, EditorRequired]
    public required DeadLetter Letter { get; set; }

    [Parameter, EditorRequired]
    public required LetterContent Content { get; set; }

    private Task ToggledAsync()
    {
        if (_wasOpened)
        {
            return Task.CompletedTask;
        }

        _wasOpened = true;
        return ActAsync(Permission.ViewPayload, "look at what was sent", async _ => (_sent, _problem) = await records.FindAsync(Letter, Content, Leaving));
    }
}
