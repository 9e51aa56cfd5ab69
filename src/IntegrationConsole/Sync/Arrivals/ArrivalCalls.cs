using System.Threading.Channels;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Webhooks;
using IntegrationConsole.Webhooks.Reading;

namespace IntegrationConsole.Sync.Arrivals;

/// <summary>
/// Calls a run when something arrived for a sync that is to run then. It looks when somebody kept a delivery, and every
/// few seconds besides: what is unread and not called for is in the database, so a notice that was lost, or a node that
/// died, costs seconds and no delivery. What arrives while a run goes is left to the next one.
/// </summary>
public sealed class ArrivalCalls(ConsoleDatabase database, RunQueue queue, ChangeBroadcaster changes, TimeProvider clock, ILogger<ArrivalCalls> logger) : BackgroundService
{
    private static readonly TimeSpan LooksAgain = TimeSpan.FromSeconds(5);

    /// <summary>After a look, however many notices come meanwhile.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>From one run to the next while deliveries come one after the other: each run takes all there are.</summary>
    private static readonly TimeSpan Gather = TimeSpan.FromSeconds(5);

    /// <summary>After a run that failed: what arrives meanwhile would fail as well, unless somebody changed something.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(1);

    /// <summary>After which what is still unread is called for again, unless a person has to act first.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromMinutes(5);

    private readonly Channel<bool> _wakes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private IDisposable? _arrivals;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _arrivals = changes.Subscribe(change =>
        {
            if (change.Topic is WebhookStore.ArrivalTopic or Change.Everything)
            {
                _wakes.Writer.TryWrite(true);
            }
        });
        return base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _arrivals?.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var timer = clock.CreateTimer(_ => _wakes.Writer.TryWrite(true), null, TimeSpan.Zero, LooksAgain);
        await foreach (var wake in _wakes.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                await CallAsync(stoppingToken);
            }
            catch (Exception problem) when (!stoppingToken.IsCancellationRequested)
            {
                logger.LogError(problem, "Looking for deliveries that wait for a run failed; looking again in {Pause}", LooksAgain);
            }

            await Task.Delay(Pause, clock, stoppingToken);
        }
    }

    /// <returns>How many runs were called.</returns>
    internal async Task<int> CallAsync(CancellationToken cancellationToken)
    {
        var called = 0;
        foreach (var due in await ListDueAsync(cancellationToken))
        {
            called += await queue.ArriveAsync(due.TenantId, due.SyncId, due.Seq, cancellationToken) ? 1 : 0;
        }

        return called;
    }

    private async Task<IReadOnlyList<Due>> ListDueAsync(CancellationToken cancellationToken)
    {
        await using var session = await database.PreparedAcrossTenantsAsync(cancellationToken);
        return await session.ListAsync<Due>($"""
            select s.tenant_id, s.id as sync_id, p.arrived_seq as seq
            from {ArrivalReaders.From}
            join tenant t on t.id = s.tenant_id
            join mapping_version v on v.tenant_id = s.tenant_id and v.mapping_id = s.mapping_id and v.state = 'Published'
            join webhook_position p on p.tenant_id = e.tenant_id and p.endpoint_id = e.id
            left join lateral (
                select o.state, o.needs_person, o.queued_at, o.finished_at from run o
                where o.tenant_id = s.tenant_id and o.sync_id = s.id and not o.beside and o.parent_id is null and o.state <> 'Skipped' order by o.number desc limit 1) r on true
            where s.on_arrival and s.deleted_at is null and s.paused_at is null and t.paused_at is null
              and exists (
                  select from webhook_delivery d
                  where d.tenant_id = e.tenant_id and d.endpoint_id = e.id and d.seq > coalesce({ArrivalReaders.ReadTo}, 0) and not d.trial)
              and r.state is distinct from 'Queued'
              and case when p.arrived_seq > s.arrival_seq
                       then r.queued_at is null or (r.queued_at <= @gathered and (r.state <> 'Failed' or r.queued_at <= @rested or r.queued_at < greatest(s.updated_at, v.published_at)))
                       else (r.state = 'Failed' and r.finished_at < greatest(s.updated_at, v.published_at)) or (r.finished_at <= @again and r.state <> 'Cancelled' and not r.needs_person) end
            """,
            new { kind = WebhookConnector.Kind, gathered = clock.GetUtcNow() - Gather, rested = clock.GetUtcNow() - Rest, again = clock.GetUtcNow() - Again }, cancellationToken);
    }

    private sealed record Due(TenantId TenantId, Guid SyncId, long Seq);
}
