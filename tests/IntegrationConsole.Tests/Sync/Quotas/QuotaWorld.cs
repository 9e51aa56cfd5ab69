using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Line;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Sync.Schedules;
using IntegrationConsole.Tenants;
using IntegrationConsole.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace IntegrationConsole.Tests.Sync.Quotas;

/// <summary>Two nodes on one database, of which the other is called <c>b</c>, and tenants with as many integrations as are wanted.</summary>
internal sealed class QuotaWorld : IAsyncDisposable
{
    private QuotaWorld(TestConsole one, TestConsole other, FakeOutsideSystem system) => (One, Other, System) = (one, other, system);

    public TestConsole One { get; }

    public TestConsole Other { get; }

    public FakeOutsideSystem System { get; }

    public static async Task<QuotaWorld> StartAsync(TimeProvider? clock = null)
    {
        var system = new FakeOutsideSystem();
        var one = await TestConsole.StartAsync(clock, configure: services => services.AddSingleton<IConnector>(system));
        return new QuotaWorld(one, await TestConsole.StartAsync(
            clock, beside: one, configure: services => services.AddSingleton<IConnector>(system).PostConfigure<DatabaseOptions>(node => node.NodeName = "b")), system);
    }

    /// <summary>A tenant with integrations that are called Job 1, Job 2 and so on.</summary>
    public async Task<QuotaTenant> GivenATenantAsync(int syncs, QuotaSettings? quota = null, int partitions = 1)
    {
        var tenant = await One.GivenATenantAsync();
        var connection = await One.Get<ConnectionStore>().CreateAsync(tenant, new ConnectionDraft("fake", "fake", "{}", null), TestConsole.Somebody, default);
        var made = new List<SyncDefinition>();
        for (var number = 1; number <= syncs; number++)
        {
            var draft = new SyncDraft(
                $"Job {number}", connection!.Value, "things", ReadMode.Full, connection.Value, "things", WriteMode.Upsert, ["id"], false, Schedule.Manual, OverlapRule.Queue)
            {
                Partitions = partitions,
            };
            var document = new MappingDocument([new() { Name = "id", Type = FieldType.Integer, Source = "id" }, new() { Name = "name", Source = "name" }], []);
            var sync = await One.Get<SyncStore>().CreateAsync(tenant, draft, document, TestConsole.Somebody, default);
            await One.Get<MappingStore>().PublishAsync(tenant, sync.MappingId, 1, "", TestConsole.Somebody, default);
            made.Add(sync);
        }

        if (quota is not null)
        {
            await One.Get<QuotaStore>().UpdateAsync(tenant, 0, quota, TestConsole.Somebody, default);
        }

        return new QuotaTenant(this, tenant, made);
    }

    /// <summary>What every worker does every few seconds.</summary>
    public Task<int> RecoverAsync() => new RunRecovery(
        One.Database, One.Get<ClaimedRuns>(), Options.Create(new DatabaseOptions()), One.Get<TimeProvider>(), NullLogger<RunRecovery>.Instance).RecoverAsync(mine: false, default);

    public async ValueTask DisposeAsync()
    {
        await Other.DisposeAsync();
        await One.DisposeAsync();
    }
}

/// <summary>One of the tenants, and what is asked of its integrations by their number, from 1.</summary>
internal sealed class QuotaTenant(QuotaWorld world, TenantId id, IReadOnlyList<SyncDefinition> syncs)
{
    public TenantId Id => id;

    public Task<RunRequest> RequestAsync(int number) => world.One.Get<RunQueue>().RequestAsync(id, syncs[number - 1].Id, RunTrigger.Manual, TestConsole.Somebody, default);

    /// <summary>Asks for a run of each of the first so many.</summary>
    public async Task<IReadOnlyList<Guid>> RequestAllAsync(int count)
    {
        var runs = new List<Guid>();
        for (var number = 1; number <= count; number++)
        {
            runs.Add((await RequestAsync(number)).RunId!.Value);
        }

        return runs;
    }

    public Task<ClaimedRun?> ClaimAsync(int number, Guid run, TestConsole? node = null) => (node ?? world.One).Get<RunQueue>().ClaimAsync(id, syncs[number - 1].Id, run, default);

    public Task FallDueAsync(int number) => world.One.Get<RunQueue>().FallDueAsync(id, syncs[number - 1].Id, default);

    public async Task<Run> MoveAsync(int number, Guid run)
    {
        await world.One.Get<SyncRunner>().RunAsync(await ClaimAsync(number, run) ?? throw new InvalidOperationException("The run could not be claimed."), default);
        return await FindAsync(run);
    }

    public async Task<Run> FindAsync(Guid run) => (await world.One.Get<RunStore>().FindAsync(id, run, default))!;

    public async Task<RunWait?> WhyAsync(Guid run) => await world.One.Get<RunWaits>().FindAsync(await FindAsync(run), default);

    public async Task<IReadOnlyList<Run>> ListAsync(RunTrigger trigger) =>
        (await world.One.Get<RunStore>().ListAsync(id, new RunFilter(Trigger: trigger), null, 100, default)).Items;

    public async Task RaiseAsync(QuotaSettings quota)
    {
        var before = await world.One.Get<QuotaStore>().FindAsync(id, default);
        await world.One.Get<QuotaStore>().UpdateAsync(id, before.Version, quota, TestConsole.Somebody, default);
    }

    /// <summary>The runs whose turn it is.</summary>
    public async Task<IReadOnlyList<Guid>> CalledAsync()
    {
        await using var session = await world.One.Database.InTenantAsync(id, default);
        return await session.ListAsync<Guid>("select id from run where tenant_id = @id and state = 'Queued' and called_at is not null order by id", new { id }, default);
    }
}
