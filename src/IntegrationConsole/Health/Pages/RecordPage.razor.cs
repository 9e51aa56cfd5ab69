using IntegrationConsole.Health.Records;
using IntegrationConsole.Webhooks.Deliveries;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Health.Pages;

/// <summary>One record over all integrations.</summary>
public sealed partial class RecordPage(RecordStories stories, DeliverySearch deliveries)
{
    private const int LongestKey = 500;
    private RecordStory? _story;
    private (string Key, FoundDeliveries Found)? _received;
    private string _typed = "";

    [SupplyParameterFromQuery(Name = "key")]
    public string? KeyInAddress { get; set; }

    private string Key => KeyInAddress?.Trim() is { Length: > 0 and <= LongestKey } key ? key : "";

    private string Sentence => _story switch
    {
        null => "",
        { Open.Count: > 0 } story => $"It waits: {(story.Open.Count == 1 ? "a dead letter is open" : $"{story.Open.Count} dead letters are open")}.",
        { Events: [var last, ..] } => $"The last that is known of it, in {last.Integration}: {last.Words.TrimEnd('.')}.",
        _ => "Nothing is known of it: it was never received, set aside, sent to an API, or found by a reconciliation.",
    };

    protected override async Task OnParametersSetAsync()
    {
        _typed = Key;
        await LoadAsync(FetchAsync);
    }

    private async Task FetchAsync()
    {
        if (Key.Length == 0)
        {
            _story = null;
            return;
        }

        // Opened once for a key: what comes in while the page is open is not looked through again at every change.
        var key = Key;
        _received = _received is { } known && known.Key == key ? known : (key, await deliveries.FindAsync(Id, key.Split(" · ")[0], Leaving));
        _story = (await stories.TellAsync(Id, key, Leaving)).With(_received.Value.Found);
    }

    private void Ask()
    {
        if (_typed.Trim() is { Length: > 0 and <= LongestKey } key)
        {
            Navigation.NavigateTo(At($"records?key={Uri.EscapeDataString(key)}"));
        }
    }
}
