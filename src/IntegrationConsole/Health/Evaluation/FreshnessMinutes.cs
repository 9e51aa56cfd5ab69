using IntegrationConsole.Health.Verdicts;
using Npgsql;
using NpgsqlTypes;

namespace IntegrationConsole.Health.Evaluation;

/// <summary>
/// Takes down in which minutes a sync is late that promises to be in time for a share of them. A bit of its hour is set,
/// and setting it again changes nothing.
/// </summary>
internal static class FreshnessMinutes
{
    public static DateTimeOffset Minute(DateTimeOffset at) => new(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerMinute), TimeSpan.Zero);

    public static DateTimeOffset Hour(DateTimeOffset at) => new(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero);

    public static long Bit(DateTimeOffset minute) => 1L << minute.UtcDateTime.Minute;

    /// <summary>Minutes in which it is paused, or runs are held, count for neither side.</summary>
    public static async Task SaveAsync(DatabaseSession session, IEnumerable<(TenantId Tenant, SyncHealth Sync)> judged, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var counted = judged.Where(one => one.Sync.Facts is { Objective.Freshness: not null, Pause: null } facts && facts.Maintenance?.HoldsRunsAt(now) != true).ToList();
        if (counted.Count == 0)
        {
            return;
        }

        await using var write = new NpgsqlCommand("""
            insert into sync_freshness as f (tenant_id, sync_id, hour, seen, late)
            select tenant_id, sync_id, $3, $4, late from unnest($1, $2, $5) as n (tenant_id, sync_id, late)
            on conflict (tenant_id, sync_id, hour) do update set seen = f.seen | excluded.seen, late = f.late | excluded.late
            where f.seen & excluded.seen = 0 or (excluded.late <> 0 and f.late & excluded.late = 0)
            """, session.Connection);
        write.Parameters.Add(new NpgsqlParameter { Value = counted.Select(one => one.Tenant.Value).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        write.Parameters.Add(new NpgsqlParameter { Value = counted.Select(one => one.Sync.Facts.Id).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        write.Parameters.Add(new NpgsqlParameter { Value = Hour(now).UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        write.Parameters.Add(new NpgsqlParameter { Value = Bit(now), NpgsqlDbType = NpgsqlDbType.Bigint });
        write.Parameters.Add(new NpgsqlParameter { Value = counted.Select(one => IsLate(one.Sync.Verdict) ? Bit(now) : 0L).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
        await write.ExecuteNonQueryAsync(cancellationToken);
    }

    private static bool IsLate(Verdict verdict) => verdict.Findings.Any(finding => finding is { Dimension: HealthDimension.Freshness, SeenState: HealthState.Failing or HealthState.Degraded });
}
