using IntegrationConsole.Health;
using IntegrationConsole.Health.Evaluation;
using IntegrationConsole.Health.Verdicts;
using IntegrationConsole.Tests.Support;
using Microsoft.Extensions.Options;

namespace IntegrationConsole.Tests.Health;

public sealed class Evaluating_a_fleet
{
    [Fact]
    public async Task Forty_tenants_with_a_thousand_syncs_are_judged_by_as_many_statements_as_one()
    {
        var one = await EvaluateAsync(tenants: 1, syncs: 5);

        var fleet = await EvaluateAsync(tenants: 40, syncs: 25);

        Assert.InRange(one, 5, 60);
        Assert.Equal(one, fleet);
    }

    /// <returns>The statements of an evaluation of what did not change since the last one.</returns>
    private static async Task<int> EvaluateAsync(int tenants, int syncs)
    {
        await using var console = await TestConsole.StartAsync();
        await GivenAFleetAsync(console.Database, tenants, syncs);
        var latest = new LatestHealth(TimeProvider.System);
        var evaluation = new HealthEvaluation(console.Database, latest, Options.Create(new DatabaseOptions()), TimeProvider.System);
        await evaluation.EvaluateAsync(null, default);

        using var statements = new StatementCount();
        await evaluation.EvaluateAsync(null, default);
        var count = statements.Value;

        var counts = await new HealthStore(console.Database, TimeProvider.System).CountAsync([.. latest.Known.Keys], ObjectKind.Sync, default);
        Assert.Equal(tenants, counts.Count);
        Assert.Equal(tenants * syncs, counts.Values.Sum(states => states.Values.Sum()));
        Assert.Equal(tenants, counts.Values.Sum(states => states.GetValueOrDefault(HealthState.Degraded)));
        return count;
    }

    /// <summary>Each tenant with five connections in use, syncs on different schedules that ran a minute ago, and letters in one of them.</summary>
    private static async Task GivenAFleetAsync(ConsoleDatabase database, int tenants, int syncs)
    {
        await using var session = await database.AcrossTenantsAsync(default);
        await session.RunAsync("""
            insert into tenant (id, slug, name, time_zone, contacts, created_at, version)
            select gen_random_uuid(), 'fleet-' || n, 'Fleet ' || n, 'Europe/Berlin', '', now(), 1 from generate_series(1, @tenants) n;

            insert into connection (tenant_id, id, name, kind, settings, created_at, updated_at, version)
            select t.id, gen_random_uuid(), 'connection ' || n, 'fake', '{}', now(), now(), 1 from tenant t, generate_series(1, 5) n;

            insert into connection_minute (tenant_id, connection_id, minute, calls, failures, durations)
            select tenant_id, id, date_trunc('minute', now()) - n * interval '1 minute', 10, 0, array_fill(1, array[22]) from connection, generate_series(0, 59) n;

            insert into mapping (tenant_id, id, name, created_at) select id, gen_random_uuid(), 'mapping', now() from tenant;

            insert into sync_definition (tenant_id, id, slug, name, source_connection_id, source_stream, read_mode, destination_connection_id, destination_stream, write_mode,
                key_fields, create_destination, mapping_id, schedule, overlap, last_run_number, created_at, updated_at, version)
            select c.tenant_id, gen_random_uuid(), 'sync-' || c.name || n, 'Sync ' || n, c.id, 'a', 'Full', c.id, 'b', 'Upsert', '{id}', false, m.id,
                   jsonb_build_object('kind', 'Cron', 'expression', n || ' * * * *'), 'Queue', 10, now(), now(), 1
            from connection c join mapping m on m.tenant_id = c.tenant_id, generate_series(1, @syncs / 5) n;

            insert into run (tenant_id, id, sync_id, number, trigger, requested_by, state, queued_at, start_after, started_at, finished_at)
            select s.tenant_id, gen_random_uuid(), s.id, n, 'Schedule', 'schedule', case when n % 3 = 0 then 'Failed' else 'Succeeded' end,
                   now() - (11 - n) * interval '1 minute', now(), now(), now() - (11 - n) * interval '1 minute'
            from sync_definition s, generate_series(1, 10) n;

            insert into dead_letter (tenant_id, id, sync_id, record_key, stage, cause, outcome, code, field, message, state, attempts, payload, payload_size, payload_print,
                first_run_id, last_run_id, first_failed_at, last_failed_at, version)
            select s.tenant_id, gen_random_uuid(), s.id, n::text, 'Map', 'Mapping', 'Rejected', '', '', '', 'Waiting', 1, '', 0, '', s.id, s.id, now(), now(), 1
            from (select distinct on (tenant_id) * from sync_definition order by tenant_id, id) s, generate_series(1, 50) n;
            """, new { tenants, syncs }, default);
        await session.CommitAsync(default);
        await using var analyze = database.Source.CreateCommand("analyze");
        await analyze.ExecuteNonQueryAsync();
    }
}
