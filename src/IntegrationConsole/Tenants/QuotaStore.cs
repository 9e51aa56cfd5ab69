using System.Globalization;
using IntegrationConsole.Access;
using Microsoft.Extensions.Options;

namespace IntegrationConsole.Tenants;

/// <summary>The quotas of all tenants.</summary>
public sealed class QuotaStore(ConsoleDatabase database, AuditTrail audit, IOptions<QuotaOptions> defaults, TimeProvider clock)
{
    private const string Query = """
        select concurrent_runs, records_per_minute, calls_per_minute, letter_megabytes, version, changed_at, changed_by from tenant_quota where tenant_id = @tenant
        """;

    public QuotaOptions Defaults => defaults.Value;

    public async Task<TenantQuota> FindAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await FindAsync(session, tenant, cancellationToken);
    }

    /// <summary>The same inside a caller's transaction.</summary>
    public async Task<TenantQuota> FindAsync(DatabaseSession session, TenantId tenant, CancellationToken cancellationToken)
    {
        var row = await session.FindAsync<Row>(Query, new { tenant }, cancellationToken);
        var own = row?.Settings ?? QuotaSettings.Default;
        return new TenantQuota(
            own, own.ConcurrentRuns ?? Defaults.ConcurrentRuns, own.RecordsPerMinute ?? Defaults.RecordsPerMinute, own.CallsPerMinute ?? Defaults.CallsPerMinute,
            own.LetterMegabytes ?? Defaults.LetterMegabytes, row?.Version ?? 0, row?.ChangedAt, row?.ChangedBy);
    }

    public async Task<Saved> UpdateAsync(TenantId tenant, int version, QuotaSettings settings, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var name = await session.FindAsync<string>("select name from tenant where id = @tenant for no key update", new { tenant }, cancellationToken);
        var before = await FindAsync(session, tenant, cancellationToken);
        if (name is null || before.Version != version)
        {
            return Saved.Outdated;
        }

        await session.RunAsync("""
            insert into tenant_quota (tenant_id, concurrent_runs, records_per_minute, calls_per_minute, letter_megabytes, version, changed_at, changed_by)
            values (@tenant, @runs, @records, @calls, @letters, 1, @now, @actor)
            on conflict (tenant_id) do update
            set concurrent_runs = excluded.concurrent_runs, records_per_minute = excluded.records_per_minute, calls_per_minute = excluded.calls_per_minute,
                letter_megabytes = excluded.letter_megabytes, version = tenant_quota.version + 1, changed_at = excluded.changed_at, changed_by = excluded.changed_by
            """,
            new
            {
                tenant, runs = settings.ConcurrentRuns, records = settings.RecordsPerMinute, calls = settings.CallsPerMinute, letters = settings.LetterMegabytes,
                now = clock.GetUtcNow(), actor = actor.Name,
            },
            cancellationToken);

        // What waits for the old pace is reckoned anew.
        await session.RunAsync("delete from record_pace where tenant_id = @tenant", new { tenant }, cancellationToken);
        await audit.AppendAsync(session, tenant, actor, new AuditEvent("change", "quotas", tenant.ToString(), name, Difference(before.Own, settings)), cancellationToken);
        await session.NotifyAsync(new Change(TenantStore.Topic, tenant), cancellationToken);
        await session.CommitAsync(cancellationToken);
        return Saved.Done;
    }

    private static string Difference(QuotaSettings before, QuotaSettings after)
    {
        (string What, int? Old, int? New)[] fields =
        [
            ("runs at the same time", before.ConcurrentRuns, after.ConcurrentRuns), ("records per minute", before.RecordsPerMinute, after.RecordsPerMinute),
            ("calls per minute", before.CallsPerMinute, after.CallsPerMinute), ("megabytes of dead letters", before.LetterMegabytes, after.LetterMegabytes),
        ];
        return string.Join("; ", fields.Where(field => field.Old != field.New).Select(field => $"{field.What}: {Words(field.Old)} to {Words(field.New)}"));
    }

    private static string Words(int? value) => value switch
    {
        null => "the default",
        0 => "no limit",
        { } number => number.ToString("N0", CultureInfo.InvariantCulture),
    };

    private sealed record Row(
        int? ConcurrentRuns, int? RecordsPerMinute, int? CallsPerMinute, int? LetterMegabytes, int Version, DateTimeOffset ChangedAt, string ChangedBy)
    {
        public QuotaSettings Settings => new(ConcurrentRuns, RecordsPerMinute, CallsPerMinute, LetterMegabytes);
    }
}
