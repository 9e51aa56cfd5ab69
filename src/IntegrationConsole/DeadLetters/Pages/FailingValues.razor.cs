using IntegrationConsole.DeadLetters.Groups;
using IntegrationConsole.Mappings;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.DeadLetters.Pages;

/// <summary>The values at the place that fails, each with a way to send its letters with another one.</summary>
public sealed partial class FailingValues(GroupValues values, MappingStore mappings)
{
    private const int Shown = 5;

    private ValueSpread? _field;
    private Guid _group;
    private int _open;
    private int _looked;

    [Parameter, EditorRequired]
    public required FailureGroup Group { get; set; }

    private bool IsOnePlace => _field?.Path.Contains('[', StringComparison.Ordinal) == false;

    protected override Task OnParametersSetAsync()
    {
        // The records are opened for it: not anew with every refresh of the page.
        if (_group == Group.Id && _open == Group.Open)
        {
            return Task.CompletedTask;
        }

        (_group, _open) = (Group.Id, Group.Open);
        return LoadAsync(FetchAsync);
    }

    private async Task FetchAsync()
    {
        var published = await mappings.FindPublishedAsync(Id, Group.MappingId, Leaving);
        var spread = await values.SpreadAsync(Id, Group.Id, FailingPlace.Of(published?.Parsed, Group.Field), Leaving);
        _field = spread.Fields.FirstOrDefault(field => field.IsFailing);
        _looked = spread.Looked;
    }

    private string ReplayWith(string value) =>
        At($"replays/new?group={Group.Id}&replace={Uri.EscapeDataString($"/{_field!.Path.Replace('.', '/')}")}&was={Uri.EscapeDataString(value)}");
}
