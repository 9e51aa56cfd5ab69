using System.Collections.Concurrent;
using System.Globalization;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Tenants;

namespace IntegrationConsole.DeadLetters;

/// <summary>
/// Keeps a tenant's open dead letters within its quota. What they take up is measured now and then, and again before
/// anything is refused; several nodes may exceed the quota by what they set aside in these seconds.
/// </summary>
public sealed class LetterStorage(QuotaStore quotas, TimeProvider clock)
{
    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<TenantId, Measured> _measured = new();

    /// <summary>What the records of a tenant's open letters take up.</summary>
    internal static Task<long> MeasureAsync(DatabaseSession session, TenantId tenant, CancellationToken cancellationToken) => session.OneAsync<long>(
        "select coalesce(sum(payload_size), 0)::bigint from dead_letter where tenant_id = @tenant and state in ('Waiting', 'Queued', 'Replaying')", new { tenant }, cancellationToken);

    /// <summary>What of it came in some time and is still there.</summary>
    internal static Task<long> MeasureNewAsync(DatabaseSession session, TenantId tenant, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) => session.OneAsync<long>("""
        select coalesce(sum(payload_size), 0)::bigint from dead_letter
        where tenant_id = @tenant and state in ('Waiting', 'Queued', 'Replaying') and first_failed_at >= @from and first_failed_at < @to
        """, new { tenant, from, to }, cancellationToken);

    /// <summary>Takes note of letters that a transaction has just set aside.</summary>
    /// <param name="session">Has them already, and is undone when there is no room.</param>
    /// <param name="tenant">Whose.</param>
    /// <param name="bytes">How large their records are.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="FailureException">The quota is used up.</exception>
    internal async Task TakeAsync(DatabaseSession session, TenantId tenant, long bytes, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (!_measured.TryGetValue(tenant, out var known) || now - known.At > GoodFor || known.Bytes + bytes > known.Most)
        {
            var most = (await quotas.FindAsync(session, tenant, cancellationToken)).LetterBytes ?? long.MaxValue;
            known = new Measured(now, most is long.MaxValue ? 0 : await MeasureAsync(session, tenant, cancellationToken) - bytes, most);
            if (known.Bytes + bytes > most)
            {
                throw new FailureException(UsedUp(known.Bytes, most));
            }
        }

        _measured[tenant] = known with { Bytes = known.Bytes + bytes };
    }

    private static Failure UsedUp(long bytes, long most) => new(
        FailureCause.Quota,
        string.Create(CultureInfo.InvariantCulture, $"The tenant's dead letters take up {Math.Max(0, bytes) / TenantQuota.Megabyte:N0} of the {most / TenantQuota.Megabyte:N0} MB that they may, and this batch needs more. Replay or discard letters, or have the quota raised, and run again: the batch is not recorded, and is read again."),
        "dead-letter-storage")
    {
        IsRetryable = false,
    };

    private sealed record Measured(DateTimeOffset At, long Bytes, long Most);
}
