using System.Globalization;
using IntegrationConsole.Controls;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.DeadLetters.Search;
using IntegrationConsole.Sync.Replays;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Sync.Pages;

/// <summary>What stands in the composer's address: the selection as on the page of dead letters, and every option, so that it can be handed on.</summary>
public sealed partial class ReplayComposerPage
{
    [SupplyParameterFromQuery(Name = "ids")]
    public string? IdsInAddress { get; set; }

    [SupplyParameterFromQuery(Name = "sync")]
    public Guid? SyncInAddress { get; set; }

    [SupplyParameterFromQuery(Name = "cause")]
    public string? CauseInAddress { get; set; }

    [SupplyParameterFromQuery(Name = "run")]
    public Guid? RunInAddress { get; set; }

    [SupplyParameterFromQuery(Name = "q")]
    public string? TextInAddress { get; set; }

    [SupplyParameterFromQuery(Name = "from")]
    public DateOnly? FromInAddress { get; set; }

    [SupplyParameterFromQuery(Name = "to")]
    public DateOnly? ToInAddress { get; set; }

    [SupplyParameterFromQuery(Name = "group")]
    public Guid? GroupInAddress { get; set; }

    [SupplyParameterFromQuery(Name = "unknown")]
    public string? UnknownInAddress { get; set; }

    [SupplyParameterFromQuery(Name = "preset")]
    public string? PresetInAddress { get; set; }

    [SupplyParameterFromQuery(Name = "mapping")]
    public string? MappingInAddress { get; set; }

    [SupplyParameterFromQuery(Name = "pace")]
    public string? PaceInAddress { get; set; }

    [SupplyParameterFromQuery(Name = "share")]
    public string? ShareInAddress { get; set; }

    [SupplyParameterFromQuery(Name = "stages")]
    public string? StagesInAddress { get; set; }

    [SupplyParameterFromQuery(Name = "stop")]
    public string? StopInAddress { get; set; }

    [SupplyParameterFromQuery(Name = "same")]
    public string? SameInAddress { get; set; }

    [SupplyParameterFromQuery(Name = "start")]
    public string? StartInAddress { get; set; }

    [SupplyParameterFromQuery(Name = "at")]
    public string? AtInAddress { get; set; }

    /// <summary>A draft, beside whose address stands what may be in none.</summary>
    [SupplyParameterFromQuery(Name = "draft")]
    public Guid? DraftInAddress { get; set; }

    /// <summary>The field in which a value is to be replaced by another one.</summary>
    [SupplyParameterFromQuery(Name = "replace")]
    public string? ReplaceInAddress { get; set; }

    /// <summary>The value that is to be replaced.</summary>
    [SupplyParameterFromQuery(Name = "was")]
    public string? WasInAddress { get; set; }

    /// <summary>What fields of the records have to hold.</summary>
    [SupplyParameterFromQuery(Name = DeadLetterFilter.Addresses.Value)]
    public string[]? ValuesInAddress { get; set; }

    /// <summary>Of a draft: by which fields its letters were found.</summary>
    [SupplyParameterFromQuery(Name = "found")]
    public string? FoundInAddress { get; set; }

    private IReadOnlyList<FieldCondition> Conditions => IdsInAddress is null ? [.. (ValuesInAddress ?? []).Select(FieldCondition.Parse).OfType<FieldCondition>()] : [];

    private bool IncludesUnknown => UnknownInAddress is "1";

    private IReadOnlyList<Guid>? Ids => IdsInAddress is null ? null : [.. IdsInAddress.Split(',').Select(text => Guid.TryParse(text, out var id) ? id : Guid.Empty).Where(id => id != Guid.Empty)];

    private DeadLetterFilter Filter => InAddress with { Among = _finding?.Ids ?? (Conditions.Count > 0 ? [] : null) };

    /// <summary>The same before it was looked into the records.</summary>
    private DeadLetterFilter InAddress => DeadLetterFilter.FromAddress(
        null, SyncInAddress, CauseInAddress, TextInAddress, RunInAddress, FromInAddress is { } from ? Zone.StartOf(from) : null,
        ToInAddress is { } to && to < DateOnly.MaxValue ? Zone.StartOf(to.AddDays(1)) : null, GroupInAddress).Narrowed(PageQuery.Of(Navigation.Uri), _asOf == default ? clock.GetUtcNow() : _asOf);

    private ReplayOptions Preset => Presets.FirstOrDefault(preset => preset.Key == PresetInAddress).Options ?? ReplayOptions.Standard;

    private ReplayOptions Options => Preset with
    {
        Mapping = MappingInAddress switch { null => ReplayMapping.Published, "original" => ReplayMapping.Original, "draft" => ReplayMapping.Draft, _ => ReplayMapping.Chosen },
        MappingVersion = int.TryParse(MappingInAddress, CultureInfo.InvariantCulture, out var version) ? version : null,
        Pace = double.TryParse(PaceInAddress, NumberStyles.Float, CultureInfo.InvariantCulture, out var pace) && double.IsFinite(pace) ? Math.Clamp(pace, 0, 10_000) : Preset.Pace,
        BudgetShare = int.TryParse(ShareInAddress, CultureInfo.InvariantCulture, out var share) ? Math.Clamp(share, 1, 100) : Preset.BudgetShare,
        StopPercent = int.TryParse(StopInAddress, CultureInfo.InvariantCulture, out var stop) ? Math.Clamp(stop, 0, 100) : Preset.StopPercent,
        IsStaged = StagesInAddress is null ? Preset.IsStaged : StagesInAddress is "on",
        StopsOnSame = SameInAddress is null ? Preset.StopsOnSame : SameInAddress is "on",
        Start = StartText switch
        {
            "closed" => ReplayStart.CircuitsClosed, "at" => ReplayStart.At, "maintenance" => ReplayStart.MaintenanceOver, "budget" => ReplayStart.BudgetResets, _ => ReplayStart.Now,
        },
        StartAt = StartInAddress is "at" && DateTime.TryParse(AtInAddress, CultureInfo.InvariantCulture, DateTimeStyles.None, out var at)
            ? new DateTimeOffset(DateTime.SpecifyKind(at, DateTimeKind.Unspecified), Zone.Zone.GetUtcOffset(at)) : null,
    };

    /// <summary>Behind an open circuit it begins when that is closed, unless somebody chose otherwise.</summary>
    private string UsualStart => _openCircuits.Count > 0 ? "closed" : "now";

    private string StartText => StartInAddress is "now" or "closed" or "at" or "maintenance" or "budget" ? StartInAddress : UsualStart;

    /// <summary>The address as a draft keeps it: what is replaced by what may be of records, and is kept sealed.</summary>
    private string AddressOfDraft => $"{At("replays/new")}" + Navigation.ToAbsoluteUri(Navigation.GetUriWithQueryParameters(new Dictionary<string, object?>
    {
        ["draft"] = null, ["replace"] = null, ["was"] = null, [DeadLetterFilter.Addresses.Value] = null,
        ["found"] = FoundBy is { Length: > 0 } fields ? fields : null,
    })).Query;

    /// <summary>The fields without what stands in them.</summary>
    private string FoundBy => Conditions.Count > 0 ? string.Join(", ", Conditions.Select(condition => condition.Field).Distinct(StringComparer.Ordinal)) : FoundInAddress ?? "";

    private string PaceText => Options.Pace.ToString("0.###", CultureInfo.InvariantCulture);

    private void Go(string parameter, string? value) =>
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameter(parameter, string.IsNullOrEmpty(value) ? null : value), replace: true);

    /// <summary>A preset takes the place of what was chosen one by one.</summary>
    private void Take(string preset) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(new Dictionary<string, object?>
    {
        ["preset"] = preset, ["pace"] = null, ["share"] = null, ["stop"] = null, ["stages"] = null, ["same"] = null,
    }), replace: true);
}
