using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Mappings.Plan;

namespace IntegrationConsole.Sync.Reconciliations;

public enum ReconciliationState
{
    /// <summary>Until a worker takes it up.</summary>
    Waiting,
    Comparing,
    Done,
    Failed,
    Cancelled,
}

/// <summary>One comparison of both sides of a sync: what is missing at the destination, what is there in excess, and what differs.</summary>
/// <param name="Number">Counts a sync's comparisons from 1.</param>
/// <param name="Step">What it does at the moment, or how it ended, in words.</param>
/// <param name="Look">How often the source was read.</param>
/// <param name="Read">Records of the source in the present look.</param>
/// <param name="Compared">Rows at the destination.</param>
/// <param name="Filtered">Records that the mapping leaves out: they should have no row.</param>
/// <param name="Unmapped">Records that make no row because something is wrong with them.</param>
/// <param name="Held">Missing or different ones that wait as dead letters.</param>
/// <param name="Moving">Keys that changed at each look, and were not judged.</param>
public sealed record Reconciliation(
    TenantId TenantId, Guid Id, Guid SyncId, string SyncName, string SyncSlug, long Number, string RequestedBy, DateTimeOffset RequestedAt, ReconciliationState State, string Step,
    FailureCause? Cause, int? MappingVersion, string[] Fields, int Look, long Read, long? Expected, long Compared, long Filtered, long Unmapped, long Held, long Missing,
    long Extra, long Different, long Moving, string? CancelRequestedBy, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt)
{
    public bool IsOpen => State is ReconciliationState.Waiting or ReconciliationState.Comparing;

    public bool IsClean => State is ReconciliationState.Done && Missing + Extra + Different == 0;

    /// <summary>What another pass over the line puts right.</summary>
    public long Repairable => Missing + Different;

    public double? Share => Expected is > 0 and var all ? Math.Min(1, (double)Read / all) : null;

    public long Of(DifferenceKind kind) => kind switch
    {
        DifferenceKind.Missing => Missing,
        DifferenceKind.Extra => Extra,
        DifferenceKind.Different => Different,
    };
}

/// <summary>One key that differs.</summary>
public sealed record DifferingKey(DifferenceKind Kind, int Place, string RecordKey, string[] Fields)
{
    public string KeyText => RecordKey.Replace(MappingPlan.KeySeparator.ToString(), " · ", StringComparison.Ordinal);
}

public static class ReconciliationWords
{
    extension(ReconciliationState state)
    {
        public string Words => state switch
        {
            ReconciliationState.Waiting => "Waiting",
            ReconciliationState.Comparing => "Comparing",
            ReconciliationState.Done => "Done",
            ReconciliationState.Failed => "Failed",
            ReconciliationState.Cancelled => "Cancelled",
        };
    }

    extension(DifferenceKind kind)
    {
        public string Words => kind switch
        {
            DifferenceKind.Missing => "Missing",
            DifferenceKind.Extra => "In excess",
            DifferenceKind.Different => "Different",
        };

        public string Explanation => kind switch
        {
            DifferenceKind.Missing => "in the source, and not at the destination",
            DifferenceKind.Extra => "at the destination, and not in the source",
            DifferenceKind.Different => "at both, with different values",
        };
    }
}
