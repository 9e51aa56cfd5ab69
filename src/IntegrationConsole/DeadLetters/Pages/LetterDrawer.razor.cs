using IntegrationConsole.Access;
using IntegrationConsole.DeadLetters.Groups;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.DeadLetters.Pages;

/// <summary>One letter beside the list, to look from one to the next. What can be done with it stands on its page and in the list.</summary>
public sealed partial class LetterDrawer(DeadLetterStore letters, SyncStore syncs, MappingStore mappings, Reveals reveals)
{
    private DeadLetter? _letter;
    private LetterContent? _content;
    private string _marked = "";
    private Guid? _shown;

    [Parameter, EditorRequired]
    public required Guid LetterId { get; set; }

    [Parameter]
    public EventCallback OnClose { get; set; }

    protected override Task OnParametersSetAsync() => _shown == LetterId ? Task.CompletedTask : LoadAsync(FetchAsync);

    private async Task FetchAsync()
    {
        var wanted = _shown = LetterId;
        var letter = await letters.FindAsync(Id, LetterId, Leaving);
        var (content, marked) = letter is not null && May(Permission.ViewPayload) ? await OpenAsync(letter) : (null, "");

        // Of those that were asked for in quick succession the last one is shown, whichever answers last.
        if (wanted == LetterId)
        {
            (_letter, _content, _marked) = (letter, content, marked);
        }
    }

    /// <summary>The trail says who looked at the record, before it is shown.</summary>
    private async Task<(LetterContent? Content, string Marked)> OpenAsync(DeadLetter letter)
    {
        if (await letters.OpenAsync(Id, letter.Id, Leaving) is not { } content)
        {
            return (null, "");
        }

        var what = new AuditEvent("reveal", "dead letter", letter.Id.ToString(), letter.KeyText, "the record, beside the list");
        await reveals.NoteAsync(Id, await Gatekeeper.WhoAsync(), what, letter.Id, CancellationToken.None);
        var version = await syncs.FindAsync(Id, letter.SyncId, Leaving) is { } sync ? await mappings.FindPublishedAsync(Id, sync.MappingId, Leaving) : null;
        return (content, version is null ? "" : FailingPlace.PropertyOf(version.Parsed, letter));
    }
}
