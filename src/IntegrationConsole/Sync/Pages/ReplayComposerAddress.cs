using System.Globalization;
using IntegrationConsole.Connectors.Failures;
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
    public string? SyncInAddressText { get; set; }

    private Guid? SyncInAddress => AddressText.Id(SyncInAddressText);

    [SupplyParameterFromQuery(Name = "cause")]
    public string? CauseInAddress { get; set; }

    [SupplyParameterFromQuery(Name = "run")]
    public string? RunInAddressText { get; set; }

    private Guid? RunInAddress => AddressText.Id(RunInAddressText);

    [SupplyParameterFromQuery(Name = "q")]
    public string? TextInAddress { get; set; }

    [SupplyParameterFromQuery(Name = "from")]
    public string? FromInAddressText { get; set; }

    private DateOnly? FromInAddress => AddressText.Day(FromInAddressText);

    [SupplyParameterFromQuery(Name = "to")]
    public string? ToInAddressText { get; set; }

    private DateOnly? ToInAddress => AddressText.Day(ToInAddressText);

    [SupplyParameterFromQuery(Name = "group")]
    public string? GroupInAddressText { get; set; }

    private Guid? GroupInAddress => AddressText.Id(GroupInAddressText);

    [SupplyParameterFromQuery(Name = "unknown")]
    public string? UnknownInAddress { get; set; }

    [SupplyParameterFromQuery(Name = "preset")]
    public string? PresetInAddress { get; set; }

    [SupplyParameterFromQuery(Name = "mapping")]
    public string? MappingInAddress { get; set; }

    [SupplyParameterFromQuery(Name = "origin")]
    public string? OriginInAddress { get; set; }

    /// <summary>Letters of which no rows are kept are mapped again.</summary>
    [SupplyParameterFromQuery(Name = "rest")]
    public string? RestInAddress { get; set; }

    [SupplyParameterFromQuery(Name = "pace")]
    public string? PaceInAddress { get; set; }

    [SupplyParameterFromQuery(Name = "parallel")]
    public string? ParallelInAddress { get; set; }

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
    public string? DraftInAddressText { get; set; }

    private Guid? DraftInAddress => AddressText.Id(DraftInAddressText);

    /// <summary>A replay whose letters and options these are, unless the address says otherwise.</summary>
    [SupplyParameterFromQuery(Name = "like")]
    public string? LikeInAddressText { get; set; }

    private Guid? LikeInAddress => AddressText.Id(LikeInAddressText);

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

    /// <summary>
    /// What chooses letters and cannot be read. Left out, the composer would choose others than were meant, so it chooses none.
    /// </summary>
    private IReadOnlyList<string> Unread
    {
        get
        {
            var query = PageQuery.Of(Navigation.Uri);
            foreach (var name in (string[])["sync", "run", "group", "draft", "like"])
            {
                query.Id(name);
            }

            query.Choice("cause", Enum.GetValues<FailureCause>().Select(cause => cause.Code));
            query.Day("from");
            query.Day("to");
            query.Read("ids", text => text.Split(',').All(id => Guid.TryParse(id, out _)) ? true : (bool?)null);
            new DeadLetterFilter().Narrowed(query, clock.GetUtcNow());
            return [.. query.Unreadable, .. (ValuesInAddress ?? []).Any(text => FieldCondition.Parse(text) is null) ? (string[])[DeadLetterFilter.Addresses.Value] : []];
        }
    }

    private bool IncludesUnknown => UnknownInAddress is "1";

    private IReadOnlyList<Guid>? Ids => IdsInAddress is null ? null : [.. IdsInAddress.Split(',').Select(text => Guid.TryParse(text, out var id) ? id : Guid.Empty).Where(id => id != Guid.Empty)];

    private DeadLetterFilter Filter => _like?.Selection.Filter ?? InAddress with { Among = _finding?.Ids ?? (Conditions.Count > 0 ? [] : null) };

    /// <summary>The same before it was looked into the records.</summary>
    private DeadLetterFilter InAddress => DeadLetterFilter.FromAddress(
        null, SyncInAddress, CauseInAddress, TextInAddress, RunInAddress, FromInAddress is { } from ? Zone.StartOf(from) : null,
        ToInAddress is { } to && to < DateOnly.MaxValue ? Zone.StartOf(to.AddDays(1)) : null, GroupInAddress).Narrowed(PageQuery.Of(Navigation.Uri), _asOf == default ? clock.GetUtcNow() : _asOf);

    private ReplayOptions Preset => Presets.FirstOrDefault(preset => preset.Key == PresetInAddress).Options ?? _like?.Options ?? ReplayOptions.Standard;

    private ReplayOptions Options => Preset with
    {
        Mapping = MappingText switch { "published" => ReplayMapping.Published, "original" => ReplayMapping.Original, "draft" => ReplayMapping.Draft, _ => ReplayMapping.Chosen },
        MappingVersion = int.TryParse(MappingText, CultureInfo.InvariantCulture, out var version) ? version : null,
        Origin = OriginText switch { "mapped" => ReplayOrigin.Mapped, "cause" => ReplayOrigin.ByCause, _ => ReplayOrigin.Record },
        MapsRest = RestInAddress is "map",
        Pace = double.TryParse(PaceInAddress, NumberStyles.Float, CultureInfo.InvariantCulture, out var pace) && double.IsFinite(pace) ? Math.Clamp(pace, 0, 10_000) : Preset.Pace,
        Parallel = int.TryParse(ParallelInAddress, CultureInfo.InvariantCulture, out var parallel) ? Math.Clamp(parallel, 0, ReplayOptions.MostParallel) : Preset.Parallel,
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

    /// <summary>Where the destination was at fault it gets the same rows again, unless somebody chose a mapping for them.</summary>
    private string UsualOrigin => _like is { } like ? like.Options.Origin switch { ReplayOrigin.Mapped => "mapped", ReplayOrigin.ByCause => "cause", ReplayOrigin.Record => "record" } : _count is { Rows.KeptOfDestination: > 0 } && MappingInAddress is null ? "cause" : "record";

    private string UsualMapping => _like?.Options switch
    {
        { Mapping: ReplayMapping.Original } => "original",
        { Mapping: ReplayMapping.Chosen, MappingVersion: { } version } => Text(version),
        _ => "published",
    };

    private string MappingText => string.IsNullOrEmpty(MappingInAddress) ? UsualMapping : MappingInAddress;

    private string OriginText => OriginInAddress is "record" or "mapped" or "cause" ? OriginInAddress : UsualOrigin;

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
        ["preset"] = preset, ["pace"] = null, ["parallel"] = null, ["share"] = null, ["stop"] = null, ["stages"] = null, ["same"] = null,
    }), replace: true);
}
