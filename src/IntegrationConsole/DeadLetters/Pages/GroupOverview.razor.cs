using IntegrationConsole.Access;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Controls;
using IntegrationConsole.DeadLetters.Groups;
using IntegrationConsole.DeadLetters.Runbooks;
using IntegrationConsole.Health.Response;
using IntegrationConsole.Mappings;
using IntegrationConsole.Mappings.Plan;
using IntegrationConsole.Sync;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.DeadLetters.Pages;

/// <summary>A group at one look: what to do, since when, what changed before, and where else it happens.</summary>
public sealed partial class GroupOverview(FailureGroupStore groups, GroupChanges changes, DeadLetterStore letters, MappingStore mappings, MappingPlans plans)
{
    private const int Samples = 5;
    private const int MostElsewhere = 8;
    private const int MostSimilar = 5;

    private static readonly IReadOnlyList<ChartSeries> Counted = [new("Letters", "var(--bad)")];

    private IReadOnlyList<GroupChange> _changes = [];
    private IReadOnlyList<VersionCount> _versions = [];
    private IReadOnlyList<(FailureGroup Group, TenantAccess Tenant)> _elsewhere = [];
    private IReadOnlyList<FailureGroup> _similar = [];
    private IReadOnlyList<Tried>? _tried;
    private Runbook? _runbook;
    private ResponseMoments? _moments;
    private ConfirmDialog? _classify;
    private string _cause = "";

    [Parameter, EditorRequired]
    public required FailureGroup Group { get; set; }

    [Parameter, EditorRequired]
    public required GroupTrend Trend { get; set; }

    [Parameter, EditorRequired]
    public required SyncDefinition? Sync { get; set; }

    [Inject]
    public required TimeProvider Clock { get; set; }

    [Inject]
    public required RunbookStore Runbooks { get; set; }

    [Inject]
    public required ResponseReader Responses { get; set; }

    [Inject]
    public required GroupDecisions Decisions { get; set; }

    [Parameter]
    public EventCallback OnChanged { get; set; }

    /// <summary>What waits behind another failed with nothing of its own.</summary>
    private static IReadOnlyList<(string, string)> Causes { get; } =
        [.. Enum.GetValues<FailureCause>().Where(cause => cause is not FailureCause.Held).Select(cause => (cause.Code, cause.Words))];

    private GroupAdvice Advice => GroupAdvice.For(Group, Sync);

    private IReadOnlyList<ChartPoint> Points =>
        [.. Trend.Hours.Select((count, hour) => new ChartPoint(Clock.GetUtcNow().AddHours(hour - GroupTrend.Length), [Trend.Total == 0 ? null : count]))];

    private IReadOnlyList<ChartMark> Marks => [.. _changes.Select(change => new ChartMark(change.At, $"{change.Words} ({change.Actor})"))];

    protected override Task OnParametersSetAsync() => LoadAsync(async () =>
    {
        _changes = await changes.ListAsync(Id, [Group.Id], 6, Leaving);
        _versions = await groups.CountByVersionAsync(Id, Group.Id, Leaving);
        _runbook = await Runbooks.ForGroupAsync(Id, Group.Id, Leaving);
        _moments = await Responses.FindAsync(Id, Group.Id, Leaving);
        _similar = await groups.ListAsync(Id, new GroupFilter(Like: Group), MostSimilar, Leaving);
        var tenants = (await Gatekeeper.TenantsAsync(Leaving)).ToDictionary(tenant => tenant.Id);
        var same = await groups.ListAcrossAsync(tenants.Keys, new GroupFilter(Pattern: Group.Pattern), MostElsewhere + 1, Leaving);
        _elsewhere = [.. same.Where(group => group.Id != Group.Id).Take(MostElsewhere).Select(group => (group, tenants[group.TenantId]))];
    });

    private Task AskCauseAsync()
    {
        _cause = Group.Cause.Code;
        return _classify!.OpenAsync();
    }

    private Task ClassifyAsync() => ActAsync(Permission.Replay, "set the cause of failures", async actor =>
    {
        var cause = FailureCauses.FromCode(_cause)!.Value;
        if (await Decisions.ClassifyAsync(Id, Group.Id, cause, actor, Leaving) is { } entry)
        {
            UndoOffer.Say($"The cause of the group is now “{cause.Words}”.", [new Decision(Id, Tenant, entry)], At($"failures/{Group.Id}?tab=activity"), "Activity");
        }
        else
        {
            Toasts.Say("Nothing changed: it is so already.", Tone.Warn);
        }

        await OnChanged.InvokeAsync();
    });

    /// <summary>Nothing is sent: the newest letters are mapped as a replay would map them.</summary>
    private Task ProveAsync() => ActAsync(Permission.ViewPayload, "try records of a failure group", async _ =>
    {
        if (Sync is null || await mappings.FindPublishedAsync(Id, Group.MappingId, Leaving) is not { } version)
        {
            Toasts.Say("There is no published mapping.", Tone.Warn);
            return;
        }

        try
        {
            var plan = await plans.PreviewAsync(Id, version.Parsed, Sync.KeyFields, Leaving);
            var newest = await letters.ListAsync(Id, new DeadLetterFilter(Group: Group.Id), null, Samples, Leaving);
            var tried = new List<Tried>();
            foreach (var letter in newest.Items)
            {
                if (await letters.OpenAsync(Id, letter.Id, Leaving) is { } content)
                {
                    tried.Add(TriedOf(letter, await Task.Run(() => plan.Preview(content.Current, Leaving), Leaving)));
                }
            }

            _tried = tried;
        }
        catch (FailureException unusable)
        {
            Toasts.Say(unusable.Failure.Sentence, Tone.Warn);
        }
    });

    /// <summary>In what another group differs from this one.</summary>
    private string DifferenceOf(FailureGroup other) => string.Join(", ", new[]
    {
        other.SyncId != Group.SyncId ? other.SyncName : null, other.Field != Group.Field ? other.Field.Length > 0 ? $"at {other.Field}" : "at no field" : null,
        other.Code != Group.Code ? other.Code.Length > 0 ? $"code {other.Code}" : "without a code" : null, other.Stage != Group.Stage ? other.Stage.Words.ToLowerInvariant() : null,
    }.OfType<string>());

    private static Tried TriedOf(DeadLetter letter, RecordPreview preview) =>
        preview.Problem.Length > 0 ? new(letter.Id, letter.KeyText, false, preview.Problem)
            : preview.IsSetAside ? new(letter.Id, letter.KeyText, false, preview.Fields.FirstOrDefault(field => field.Problem is not null)?.Problem?.Sentence ?? "It would be rejected again.")
            : new(letter.Id, letter.KeyText, true, preview.Filtered ? "The conditions leave it out." : "It passes.");

    private sealed record Tried(Guid Id, string Key, bool Passes, string Words);
}
