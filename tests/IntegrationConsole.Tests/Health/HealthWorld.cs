using IntegrationConsole.Health;
using IntegrationConsole.Health.Evaluation;
using IntegrationConsole.Health.Limits;
using IntegrationConsole.Health.Triage;
using IntegrationConsole.Health.Verdicts;
using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Schedules;
using IntegrationConsole.Tenants;
using IntegrationConsole.Tests.Support;
using IntegrationConsole.Tests.Sync;
using Microsoft.Extensions.Options;

namespace IntegrationConsole.Tests.Health;

/// <summary>A tenant with one sync on a clock that stands still, and an evaluator that looks when it is told to.</summary>
internal sealed class HealthWorld : IAsyncDisposable
{
    private HealthWorld(SyncWorld world, ManualClock clock)
    {
        World = world;
        Clock = clock;
        Latest = new LatestHealth(clock);
        Evaluation = new HealthEvaluation(world.Console.Database, Latest, Options.Create(new DatabaseOptions { NodeName = "a" }), clock);
        Store = new HealthStore(world.Console.Database, clock);
    }

    public SyncWorld World { get; }

    public ManualClock Clock { get; }

    public LatestHealth Latest { get; }

    public HealthEvaluation Evaluation { get; }

    public HealthStore Store { get; }

    public static async Task<HealthWorld> StartAsync(Schedule? schedule = null)
    {
        var clock = new ManualClock();
        var world = await SyncWorld.StartAsync(clock: clock);
        if (schedule is not null)
        {
            await ScheduleAsync(world, schedule);
        }

        return new HealthWorld(world, clock);
    }

    /// <summary>Triage with nothing read so far.</summary>
    public SharedTriage Triage()
    {
        var database = World.Console.Database;
        return new SharedTriage(new TriageReader(database, Clock), new TriageAsideReader(database, new LimitReader(database, World.Console.Get<QuotaStore>(), World.Console.Get<IntegrationConsole.DeadLetters.Retention.ExpiringLetters>(), Clock), Clock), Clock);
    }

    /// <summary>Evaluates this tenant and reads how its sync is.</summary>
    public async Task<ObjectHealth> LookAsync()
    {
        Assert.True(await Evaluation.EvaluateAsync([World.Tenant], default));
        return await FindAsync(ObjectKind.Sync, World.Sync.Id);
    }

    public async Task<ObjectHealth> FindAsync(ObjectKind kind, Guid id) => (await Store.FindAsync(World.Tenant, kind, id, default))!;

    public Task<ObjectHealth> FindTenantAsync() => FindAsync(ObjectKind.Tenant, World.Tenant.Value);

    public async Task<ObjectHealth> FindConnectionAsync() => (await Store.ListAsync(World.Tenant, ObjectKind.Connection, default)).Values.Single();

    public async Task ExecuteAsync(string sql)
    {
        await using var session = await World.Console.Database.InTenantAsync(World.Tenant, default);
        await session.RunAsync(sql, null, default);
        await session.CommitAsync(default);
    }

    public Task RescheduleAsync(Schedule schedule) => ScheduleAsync(World, schedule);

    /// <summary>Calls to the sync's one connection, as if they had been recorded.</summary>
    public async Task GivenCallsAsync(DateTimeOffset minute, int calls, int failures)
    {
        await using var session = await World.Console.Database.InTenantAsync(World.Tenant, default);
        await session.RunAsync("""
            insert into connection_minute (tenant_id, connection_id, minute, calls, failures, durations)
            select tenant_id, id, date_trunc('minute', @minute::timestamptz), @calls, @failures, '{}' from connection where tenant_id = @tenant
            """, new { tenant = World.Tenant, minute, calls, failures }, default);
        await session.CommitAsync(default);
    }

    public ValueTask DisposeAsync() => World.DisposeAsync();

    private static async Task ScheduleAsync(SyncWorld world, Schedule schedule)
    {
        var syncs = world.Console.Get<SyncStore>();
        var now = (await syncs.FindAsync(world.Tenant, world.Sync.Id, default))!;
        var draft = new SyncDraft(
            now.Name, now.SourceConnectionId, now.SourceStream, now.ReadMode, now.DestinationConnectionId, now.DestinationStream, now.WriteMode, now.KeyFields,
            now.CreateDestination, schedule, now.Overlap);
        await syncs.UpdateAsync(world.Tenant, now.Id, now.Version, draft, TestConsole.Somebody, default);
    }
}
