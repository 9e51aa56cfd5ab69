using IntegrationConsole.Access;
using IntegrationConsole.Controls;
using IntegrationConsole.DeadLetters.Groups;
using IntegrationConsole.Mappings;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.DeadLetters.Pages;

/// <summary>One record of a failure group as an example, with what is at fault in it: the newest, or the one that the address names.</summary>
public sealed partial class SamplePanel(DeadLetterStore letters, LetterNeighbours neighbours, MappingStore mappings, Reveals reveals)
{
    private DeadLetter? _sample;
    private LetterContent? _content;
    private (Guid? Previous, Guid? Next) _beside;
    private string _marked = "";
    private bool _isReplaced;

    [Parameter, EditorRequired]
    public required FailureGroup Group { get; set; }

    [SupplyParameterFromQuery(Name = "sample")]
    public string? InAddressText { get; set; }

    private Guid? InAddress => AddressText.Id(InAddressText);

    private bool IsPinned => _sample?.Id == InAddress;

    protected override Task OnParametersSetAsync() => LoadAsync(FetchAsync);

    private string To(Guid? sample) => Navigation.GetUriWithQueryParameter("sample", sample);

    private async Task FetchAsync()
    {
        var pinned = InAddress is { } id ? await letters.FindAsync(Id, id, Leaving) : null;
        var named = pinned is { BodyDeletedAt: null } && pinned.GroupId == Group.Id ? pinned : null;
        var sample = named ?? ((await letters.ListAsync(Id, new DeadLetterFilter(Group: Group.Id), null, 1, Leaving)).Items is [var newest] ? newest : null);
        _isReplaced = InAddress is not null && named is null;
        if (sample?.Id != _sample?.Id || sample?.Version != _sample?.Version)
        {
            await ShowAsync(sample);
        }

        _beside = sample is null ? default : await neighbours.FindAsync(sample, Leaving);
    }

    /// <summary>The trail says who looked, before it is shown.</summary>
    private async Task ShowAsync(DeadLetter? sample)
    {
        var content = sample is null ? null : await letters.OpenAsync(Id, sample.Id, Leaving);
        if (sample is not null && content is not null)
        {
            await reveals.NoteAsync(
                Id, await Gatekeeper.WhoAsync(), new AuditEvent("reveal", "dead letter", sample.Id.ToString(), sample.KeyText, "as the sample of a failure group"), sample.Id, CancellationToken.None);
            var version = await mappings.FindPublishedAsync(Id, Group.MappingId, Leaving);
            _marked = version is null ? "" : FailingPlace.PropertyOf(version.Parsed, sample);
        }

        (_sample, _content) = (sample, content);
    }
}
