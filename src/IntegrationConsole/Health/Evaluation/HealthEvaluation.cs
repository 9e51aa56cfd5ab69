using IntegrationConsole.Health.Verdicts;
using IntegrationConsole.Sync.Schedules;
using Microsoft.Extensions.Options;

namespace IntegrationConsole.Health.Evaluation;

/// <summary>
/// Looks at the facts of some or all tenants, judges them and keeps the verdicts, in one transaction. One node at a
/// time; a second one that comes right after finds nothing to write, and so learns what its own gauges show.
/// </summary>
public sealed class HealthEvaluation(ConsoleDatabase database, LatestHealth latest, IOptions<DatabaseOptions> node, TimeProvider clock) : IDisposable
{
    /// <summary>Said when health changed, once for each tenant.</summary>
    public const string Topic = "health";

    private const long LockKey = 0x1C0_0008;

    private readonly SlowFacts _slow = new();
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <param name="tenants">Null for all.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>False when another node is at it: try again shortly.</returns>
    public async Task<bool> EvaluateAsync(IReadOnlyCollection<TenantId>? tenants, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return await LookAsync(tenants, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<bool> LookAsync(IReadOnlyCollection<TenantId>? tenants, CancellationToken cancellationToken)
    {
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        if (!await session.OneAsync<bool>("select pg_try_advisory_xact_lock(@key)", new { key = LockKey }, cancellationToken))
        {
            return false;
        }

        var now = clock.GetUtcNow();
        var ids = tenants?.Select(tenant => tenant.Value).ToArray();
        var before = await HealthLedger.ReadAsync(session, ids, cancellationToken);
        var records = await FactReader.ReadAsync(
            session, ids, (sync, schedule, pause) => PromisedSince(before, sync, PromiseOf(schedule, pause), now),
            (tenant, kind, id) => before.GetValueOrDefault((tenant, kind, id)) is { } known ? SideMemory.Parse(known.Memory) : SideMemory.Empty, _slow, now, cancellationToken);
        var found = records.Select(record => Judge(record, now)).ToList();
        await FreshnessMinutes.SaveAsync(session, found.SelectMany(tenant => tenant.Syncs.Select(sync => (tenant.Facts.Id, sync))), now, cancellationToken);
        var changed = await HealthLedger.SaveAsync(session, before, [.. found.SelectMany(tenant => Judged(tenant, now))], node.Value.NodeName, now, cancellationToken);
        await session.NotifyAsync(changed.Select(tenant => new Change(Topic, tenant)), cancellationToken);

        await session.CommitAsync(cancellationToken);
        latest.Put(found, tenants, now);
        return true;
    }

    public void Dispose() => _turn.Dispose();

    private static TenantHealth Judge(TenantRecord record, DateTimeOffset now)
    {
        var used = record.Syncs.SelectMany(sync => (Guid[])[sync.SourceId, sync.DestinationId]).ToHashSet();
        var connections = record.Connections.Select(connection => connection with { IsUsed = used.Contains(connection.Id) })
            .Select(connection => new ConnectionHealth(connection, ConnectionVerdicts.Judge(connection, now))).ToList();
        var syncs = record.Syncs.Select(sync => new SyncHealth(sync, SyncVerdicts.Judge(sync, connections, now))).ToList();
        return new TenantHealth(record.Tenant, TenantVerdicts.Judge(record.Tenant, syncs, connections), syncs, connections);
    }

    private static IEnumerable<Judged> Judged(TenantHealth tenant, DateTimeOffset now)
    {
        var (id, zone) = (tenant.Facts.Id, tenant.Facts.Zone);
        return tenant.Syncs.Select(sync => new Judged(
                id, ObjectKind.Sync, sync.Facts.Id, sync.Verdict, zone, PromiseOf(sync.Facts.Maintenance?.HoldsRunsAt(now) == true ? null : sync.Facts.Schedule, sync.Facts.Pause), sync.Facts.PromisedSince))
            .Concat(tenant.Connections.Select(connection => new Judged(id, ObjectKind.Connection, connection.Facts.Id, connection.Verdict, zone)))
            .Append(new Judged(id, ObjectKind.Tenant, id.Value, tenant.Verdict, zone));
    }

    /// <summary>What a sync promises, in a form that shows when it changes; a paused one promises nothing.</summary>
    private static string PromiseOf(Schedule? schedule, Pause? pause) => pause is null && schedule is not null ? schedule.ToString() : "";

    /// <summary>
    /// A promise that was made anew, by a new schedule or by the end of a pause, counts from the evaluation that met it
    /// first. A sync that was never looked at made its promise when it was created.
    /// </summary>
    private static DateTimeOffset PromisedSince(
        Dictionary<(TenantId, ObjectKind, Guid), Recorded> before, FactReader.SyncRow sync, string promise, DateTimeOffset now) =>
        before.GetValueOrDefault((sync.TenantId, ObjectKind.Sync, sync.Id)) is not { } known ? sync.CreatedAt
            : known.Promise == promise && known.PromisedSince is { } since ? since
            : now;
}
