using System.Text;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.DeadLetters.Retention;
using IntegrationConsole.Tenants.Keeping;
using IntegrationConsole.Tests.Support;
using IntegrationConsole.Tests.Sync;

namespace IntegrationConsole.Tests.DeadLetters.Retention;

/// <summary>A tenant with dead letters, and a clock that stands still until it is moved by days.</summary>
internal sealed class RetentionWorld : IAsyncDisposable
{
    private readonly SyncWorld _world;

    private RetentionWorld(SyncWorld world, ManualClock clock)
    {
        _world = world;
        Clock = clock;
    }

    public ManualClock Clock { get; }

    public TestConsole Console => _world.Console;

    public TenantId Tenant => _world.Tenant;

    public Guid Sync => _world.Sync.Id;

    public DeadLetterStore Store => Console.Get<DeadLetterStore>();

    public KeepingStore Keeping => Console.Get<KeepingStore>();

    public static async Task<RetentionWorld> StartAsync()
    {
        var clock = new ManualClock();
        return new RetentionWorld(await SyncWorld.StartAsync(clock: clock), clock);
    }

    public void Pass(double days) => Clock.Advance(TimeSpan.FromDays(days));

    public Task<LettersRemoved> RemoveAsync() => Console.Get<LetterRetention>().RemoveAsync(default);

    public Task ParkAsync(params string[] keys) => ParkAsync(keys, "No.");

    public async Task ParkAsync(
        IReadOnlyList<string> keys, string message, LetterOutcome outcome = LetterOutcome.Rejected, string? order = null, FailureCause cause = FailureCause.Validation)
    {
        await using var session = await Console.Database.InTenantAsync(Tenant, default);
        await Console.Get<DeadLetterParking>().ParkAsync(
            session, new LetterContext(Tenant, Sync, Guid.NewGuid(), 1, "node", "somebody"),
            [.. keys.Select(key => new Casualty(key, LetterStage.Write, outcome, new Failure(cause, message, "", "name"), Encoding.UTF8.GetBytes($$"""{"key":"{{key}}"}""")) { OrderKey = order })], default);
        await session.CommitAsync(default);
    }

    public Task DiscardAsync(params string[] keys) => EachAsync(keys, id => Store.DiscardAsync(Tenant, [id], "test data", TestConsole.Somebody, default));

    public async Task CloseAsync(LetterState state, params string[] keys) => await EachAsync(keys, id => ExecuteAsync(
        "update dead_letter set state = @state, closed_at = @now, closed_by = 'somebody', close_reason = 'so' where id = @id", new { id, state = state.ToString(), now = Clock.GetUtcNow() }));

    public async Task<Guid> IdAsync(string key) => (await AllAsync()).Where(letter => letter.RecordKey == key).MaxBy(letter => letter.LastFailedAt)!.Id;

    public async Task<IReadOnlyList<DeadLetter>> AllAsync() => (await Store.ListAsync(Tenant, new DeadLetterFilter(AnyState: true), null, 20_000, default)).Items;

    /// <summary>The letters that are there, by their keys: "a Waiting, b Expired".</summary>
    public async Task<string> TellAsync() => string.Join(", ", (await AllAsync()).OrderBy(letter => letter.RecordKey).Select(letter => $"{letter.RecordKey} {letter.State}"));

    public async Task<int> ExecuteAsync(string sql, object? args = null)
    {
        await using var session = await Console.Database.InTenantAsync(Tenant, default);
        var changed = await session.RunAsync(sql, args, default);
        await session.CommitAsync(default);
        return changed;
    }

    public async Task<T> AskAsync<T>(string sql)
    {
        await using var session = await Console.Database.InTenantAsync(Tenant, default);
        return await session.OneAsync<T>(sql, null, default);
    }

    /// <summary>"soon/very soon", or "nothing".</summary>
    public async Task<string> WarnedAsync() =>
        (await Console.Get<ExpiringLetters>().ReadAsync([Tenant], default)).Select(warning => $"{warning.InTwoWeeks}/{warning.InThreeDays}").SingleOrDefault() ?? "nothing";

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    private async Task EachAsync(string[] keys, Func<Guid, Task> act)
    {
        foreach (var key in keys)
        {
            await act(await IdAsync(key));
        }
    }
}
