using System.Text;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.DeadLetters.Groups;
using IntegrationConsole.Mappings;
using IntegrationConsole.Tests.Support;
using IntegrationConsole.Tests.Sync;

namespace IntegrationConsole.Tests.DeadLetters.Groups;

/// <summary>A console with one integration whose records fail as a test says.</summary>
internal sealed class GroupWorld : IAsyncDisposable
{
    private readonly SyncWorld _world;

    private GroupWorld(SyncWorld world, ManualClock clock)
    {
        _world = world;
        Clock = clock;
    }

    public ManualClock Clock { get; }

    public TestConsole Console => _world.Console;

    public TenantId Tenant => _world.Tenant;

    public Guid Sync => _world.Sync.Id;

    public Guid Destination => _world.Sync.DestinationConnectionId;

    public Guid Mapping => _world.Sync.MappingId;

    public DeadLetterStore Letters => Console.Get<DeadLetterStore>();

    public FailureGroupStore Groups => Console.Get<FailureGroupStore>();

    public GroupDecisions Decisions => Console.Get<GroupDecisions>();

    public GroupKeeper Keeper => Console.Get<GroupKeeper>();

    public GroupBacklog Backlog => Console.Get<GroupBacklog>();

    public static async Task<GroupWorld> StartAsync()
    {
        var clock = new ManualClock();
        return new GroupWorld(await SyncWorld.StartAsync(clock: clock), clock);
    }

    public Task FailAsync(string message, int? version, params string[] keys) => FailAsync(message, version, FailureCause.Validation, [.. keys.Select(key => (key, (string?)null))]);

    public Task FailAsync(string message, int? version, FailureCause cause, params (string Key, string? OrderKey)[] records) => FailAsync(message, version, cause, records, true);

    public Task FailAndRollBackAsync(string message, int? version, string key) => FailAsync(message, version, FailureCause.Validation, [(key, null)], false);

    public Task FailWithAsync(string message, string key, string payload) => FailAsync(message, 1, FailureCause.Validation, [(key, null)], true, payload);

    public Task FailAsync(Failure failure, string key) => FailAsync(failure, 1, [(key, null)], true, null);

    public async Task<Guid> GivenAGroupAsync(string message = "no")
    {
        await FailAsync(message, 1, message);
        return (await ListAsync(new GroupFilter(Text: message))).Single().Id;
    }

    public Task<IReadOnlyList<FailureGroup>> ListAsync(GroupFilter filter) => Groups.ListAsync(Tenant, filter, 100, default);

    public async Task<FailureGroup> FindAsync(Guid id) => (await Groups.FindAsync(Tenant, id, default))!;

    public async Task<IReadOnlyList<string>> LettersAsync(DeadLetterFilter filter) => [.. (await Letters.ListAsync(Tenant, filter, null, 5_000, default)).Items.Select(letter => letter.RecordKey)];

    public async Task<int> PublishedAsync() => (await Console.Get<MappingStore>().FindPublishedAsync(Tenant, _world.Sync.MappingId, default))!.Number;

    /// <summary>The next mapping version, whatever is in it.</summary>
    public async Task PublishAsync()
    {
        await RunAsync($"""
            update mapping_version set state = 'Retired' where mapping_id = '{_world.Sync.MappingId}' and state = 'Published';
            insert into mapping_version (tenant_id, mapping_id, number, state, document, note, edited_by, edited_at, published_by, published_at)
            select tenant_id, mapping_id, number + 1, 'Published', document, note, edited_by, edited_at, published_by, '{Clock.GetUtcNow():O}' from mapping_version
            where mapping_id = '{_world.Sync.MappingId}' order by number desc limit 1
            """);
    }

    public Task SetCircuitAsync(string state) => RunAsync($"""
        insert into circuit (tenant_id, connection_id, state, since, reason, actor, node, breaks) values ('{Tenant}', '{Destination}', '{state}', now(), '', 'automatic', 'node', 1)
        on conflict (tenant_id, connection_id) do update set state = excluded.state
        """);

    public async Task RunAsync(string sql)
    {
        await using var session = await Console.Database.InTenantAsync(Tenant, default);
        await session.RunAsync(sql, null, default);
        await session.CommitAsync(default);
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    private Task FailAsync(string message, int? version, FailureCause cause, (string Key, string? OrderKey)[] records, bool commits, string? payload = null) =>
        FailAsync(new Failure(cause, message), version, records, commits, payload);

    private async Task FailAsync(Failure failure, int? version, (string Key, string? OrderKey)[] records, bool commits, string? payload)
    {
        await using var session = await Console.Database.InTenantAsync(Tenant, default);
        var casualties = records.Select(record => new Casualty(
            record.Key, LetterStage.Write, failure.Cause is FailureCause.Held ? LetterOutcome.Failed : LetterOutcome.Rejected, failure, Encoding.UTF8.GetBytes(payload ?? $$"""{"key":"{{record.Key}}"}"""))
        { OrderKey = record.OrderKey }).ToList();
        await Console.Get<DeadLetterParking>().ParkAsync(session, new LetterContext(Tenant, Sync, Guid.NewGuid(), version, "node", "somebody"), casualties, default);
        if (commits)
        {
            await session.CommitAsync(default);
        }
    }
}
