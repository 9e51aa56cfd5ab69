using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Health.Verdicts;

/// <summary>How a sync's mapping is.</summary>
/// <param name="Published">The version that runs use; null where there is none.</param>
/// <param name="DraftSince">When somebody last changed what is not published; null where everything is.</param>
/// <param name="InUse">The version that the run uses which is going; null where none is.</param>
public sealed record MappingFact(int? Published, DateTimeOffset? DraftSince, int? InUse)
{
    public static readonly MappingFact Unknown = new(1, null, null);
}

/// <summary>Judges a sync by what somebody has to change, or to finish changing.</summary>
internal static class ConfigurationVerdicts
{
    /// <summary>Somebody may work at a mapping for a day.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromDays(1);

    public static Finding? Judge(SyncFacts sync, DateTimeOffset now) => sync switch
    {
        { Running: null, LastEnded: { IsGood: false, Cause: FailureCause.SchemaChange, Id: var run } } => Of(
            HealthState.Failing, "The source or the destination changed its shape, and runs stop at it: adapt the mapping or the schema.", new Evidence(EvidenceKind.Run, run)),
        _ when sync.Letters.Any(letter => letter is { Cause: FailureCause.SchemaChange, Count: > 0 }) => Of(
            HealthState.Degraded, "Records come in another shape than before: adapt the mapping or the schema.", new Evidence(EvidenceKind.DeadLetters)),
        { Running: null, LastEnded: { IsGood: false, Cause: FailureCause.Configuration, Id: var run } } => Of(
            HealthState.Failing, "Its settings do not work: the last run says why.", new Evidence(EvidenceKind.Run, run)),
        { Mapping: { InUse: { } used, Published: { } published }, Running: { } running } when used < published => Of(
            HealthState.Degraded, $"Run {running.Number} still uses version {used} of the mapping; version {published} is published. Stop and start it to use that.", new Evidence(EvidenceKind.Run, running.Id)),
        { Mapping: { Published: not null, DraftSince: { } since } } when now - since > Patience => Of(
            HealthState.Degraded, $"A draft of its mapping is not published, changed last {Moment.Ago(since)}: publish or discard it.", new Evidence(EvidenceKind.Mapping)),
        _ => null,
    };

    private static Finding Of(HealthState state, string reason, Evidence evidence) => new(HealthDimension.Configuration, state, reason, HealsItself: false, evidence);
}
