using IntegrationConsole.Access;
using IntegrationConsole.Controls;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Mappings.Studio;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;

namespace IntegrationConsole.Mappings.Pages;

/// <summary>Chooses where the studio's source records come from: the source itself, a file, a dead letter, or the keyboard.</summary>
public sealed partial class SourceChoice(DeadLetterStore letters, Reveals reveals, TimeProvider clock) : ComponentBase, IDisposable
{
    private const int MostLetters = 20;

    private readonly CancellationTokenSource _leaving = new();
    private Origin _origin;
    private IReadOnlyList<DeadLetter>? _letters;
    private Guid? _letter;
    private string _typed = "";
    private string? _problem;

    private enum Origin
    {
        Live,
        File,
        Letter,
        Typed,
    }

    [Parameter, EditorRequired]
    public required TenantId Tenant { get; set; }

    [Parameter, EditorRequired]
    public required Guid SyncId { get; set; }

    /// <summary>How many records are looked at.</summary>
    [Parameter, EditorRequired]
    public required int Count { get; set; }

    /// <summary>The record on the screen: what somebody who types begins with.</summary>
    [Parameter]
    public byte[]? Shown { get; set; }

    /// <summary>The role it takes, for somebody who may not see records; null for those who may.</summary>
    [Parameter]
    public string? Denied { get; set; }

    /// <summary>Carries out what shows records, for somebody who may see them.</summary>
    [Parameter, EditorRequired]
    public required Func<Func<Actor, Task>, Task> Act { get; set; }

    [Parameter]
    public EventCallback OnLive { get; set; }

    [Parameter]
    public EventCallback<StreamSample> OnSample { get; set; }

    public void Dispose()
    {
        // Not disposed: what is still on its way asks it for its token.
        _leaving.Cancel();
    }

    private async Task ChooseAsync(ChangeEventArgs change)
    {
        _origin = Enum.Parse<Origin>(change.Value?.ToString() ?? nameof(Origin.Live));
        (_problem, _letter, _letters) = (null, null, null);
        switch (_origin)
        {
            case Origin.Live:
                await OnLive.InvokeAsync();
                break;
            case Origin.Letter:
                _letters = (await letters.ListAsync(Tenant, new DeadLetterFilter(SyncId), null, MostLetters, _leaving.Token)).Items;
                break;
            case Origin.Typed:
                _typed = Shown is null ? "" : JsonMarkup.Indented(Shown);
                break;
            case Origin.File:
                break;
        }
    }

    private Task UploadAsync(InputFileChangeEventArgs change) => Act(async _ =>
    {
        if (change.File.Size > GivenSample.MostBytes)
        {
            _problem = $"{change.File.Name} is larger than {Durations.Bytes(GivenSample.MostBytes)}: a sample needs only some records.";
            return;
        }

        try
        {
            using var content = new MemoryStream();
            await using var file = change.File.OpenReadStream(GivenSample.MostBytes, _leaving.Token);
            await file.CopyToAsync(content, _leaving.Token);
            await TakeAsync(await GivenSample.OfFileAsync(change.File.Name, content.ToArray(), Count, clock, _leaving.Token), $"{change.File.Name} holds no records.");
        }
        catch (IOException broken)
        {
            _problem = $"The file could not be read: {broken.Message}";
        }
    });

    private Task OpenAsync(ChangeEventArgs change) => Act(async reader =>
    {
        _letter = Guid.TryParse(change.Value?.ToString(), out var id) ? id : null;
        if (_letter is { } chosen)
        {
            var content = await letters.OpenAsync(Tenant, chosen, _leaving.Token);
            var key = _letters?.FirstOrDefault(letter => letter.Id == chosen)?.KeyText ?? "";
            await reveals.NoteAsync(Tenant, reader, new AuditEvent("reveal", "dead letter", chosen.ToString(), key, "as a sample record"), chosen, _leaving.Token);
            await TakeAsync(new StreamSample(content is null ? [] : [content.Current], null), "This dead letter is gone meanwhile.");
        }
    });

    /// <summary>What somebody types shows them nothing that they do not know: nobody is asked, at every keystroke.</summary>
    private async Task TypeAsync(string text)
    {
        _typed = text;
        await TakeAsync(await GivenSample.OfTextAsync(_typed, Count, clock, _leaving.Token), "Type a record, such as {\"id\": 1}.");
    }

    /// <summary>What cannot be read leaves the records on the screen as they are.</summary>
    private async Task TakeAsync(StreamSample sample, string nothing)
    {
        _problem = sample.Failure?.Sentence ?? (sample.Records.Count == 0 ? nothing : null);
        if (_problem is null)
        {
            await OnSample.InvokeAsync(sample);
        }
    }
}
