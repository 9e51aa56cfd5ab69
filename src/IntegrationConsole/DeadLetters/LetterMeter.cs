using System.Diagnostics;
using System.Diagnostics.Metrics;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.DeadLetters;

/// <summary>Counts what becomes of dead letters, for whoever listens to the instruments. Always after it was saved.</summary>
public static class LetterMeter
{
    private static readonly Meter Meter = new(CallMeter.MeterName);

    private static readonly Counter<long> Items = Meter.CreateCounter<long>("intconsole.deadletter.items", "{item}", "Dead letters, by what happened to them");

    private static readonly Counter<long> Replays = Meter.CreateCounter<long>("intconsole.replay.items", "{item}", "Letters that were replayed, by what became of them");

    private static readonly Counter<long> Rows = Meter.CreateCounter<long>("intconsole.retention.rows", "{row}", "What was removed because it had been kept long enough");

    public static void Added(TenantId tenant, Guid sync, FailureCause cause, long count) => Count(tenant, sync, cause, "added", count);

    public static void Discarded(TenantId tenant, Guid sync, FailureCause cause, long count) => Count(tenant, sync, cause, "discarded", count);

    public static void Expired(TenantId tenant, Guid sync, FailureCause cause, long count) => Count(tenant, sync, cause, "expired", count);

    /// <param name="tenant">Whose.</param>
    /// <param name="kind">What was removed for its age, such as <c>attempt</c>.</param>
    /// <param name="count">How many.</param>
    public static void Removed(TenantId tenant, string kind, long count)
    {
        if (count > 0)
        {
            Rows.Add(count, new TagList { { "tenant", tenant.Value }, { "kind", kind } });
        }
    }

    /// <param name="tenant">Whose.</param>
    /// <param name="sync">Whose letters they are.</param>
    /// <param name="failed">Those that failed again.</param>
    /// <param name="all">All that were sent.</param>
    public static void Replayed(TenantId tenant, Guid sync, long failed, long all)
    {
        Count(tenant, sync, null, "replayed", all - failed);
        Add("delivered", all - failed);
        Add("failed", failed);

        void Add(string outcome, long count)
        {
            if (count > 0)
            {
                Replays.Add(count, new TagList { { "tenant", tenant.Value }, { "outcome", outcome } });
            }
        }
    }

    private static void Count(TenantId tenant, Guid sync, FailureCause? cause, string what, long count)
    {
        if (count > 0)
        {
            Items.Add(count, new TagList { { "tenant", tenant.Value }, { "integration", sync }, { "cause", cause?.Code ?? "" }, { "event", what } });
        }
    }
}
