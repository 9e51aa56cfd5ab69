using System.Text.Json.Nodes;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Circuits;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Outgoing;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Credentials;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Line;
using IntegrationConsole.Sync.Replays;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Sync.Schedules;
using IntegrationConsole.Tenants;
using IntegrationConsole.Tests.Connectors.Postgres;
using IntegrationConsole.Tests.Support;
using OutsideWorld;

namespace IntegrationConsole.Tests.Sync.Faults;

/// <summary>Where a sync's records go.</summary>
public enum Target
{
    Database,

    /// <summary>An API that can be told to create or replace.</summary>
    List,

    /// <summary>An API that makes a new record of all it is given.</summary>
    CreatingList,
}

/// <summary>
/// A sync from a company's shop to another of its systems, both real and on real sockets, and the product's own line
/// between them. The first twenty people have arrived before anything goes wrong, and forty more are there to come;
/// where everything is appended, only those forty are there.
/// </summary>
internal sealed class FaultWorld : IAsyncDisposable
{
    /// <summary>The cursor behind those who arrived before.</summary>
    private const string Delivered = "20";

    private readonly TestConsole _console;
    private readonly CapturedLog _log;
    private readonly TenantId _tenant;
    private readonly Target _target;
    private readonly SyncDefinition _sync;

    private FaultWorld(TestConsole console, CapturedLog log, SwiftClock clock, Company company, TenantId tenant, Target target, SyncDefinition sync)
    {
        _console = console;
        _log = log;
        Clock = clock;
        Company = company;
        _tenant = tenant;
        _target = target;
        _sync = sync;
    }

    public SwiftClock Clock { get; }

    public Company Company { get; }

    public Guid Source => _sync.SourceConnectionId;

    public Guid Destination => _sync.DestinationConnectionId;

    /// <param name="target">Where to.</param>
    /// <param name="door">How the shop lets people in: basic or oauth.</param>
    /// <param name="mode">How they are written.</param>
    public static async Task<FaultWorld> StartAsync(Target target = Target.Database, string door = "basic", WriteMode mode = WriteMode.Upsert)
    {
        var clock = new SwiftClock();
        var log = new CapturedLog();

        // By this clock a large answer takes hours.
        var settings = new Dictionary<string, string?> { [$"{OutgoingOptions.Section}:AllowedNetworks:0"] = "127.0.0.0/8", [$"{OutgoingOptions.Section}:{nameof(OutgoingOptions.AnswerWithin)}"] = "1.00:00:00" };
        var console = await TestConsole.StartAsync(clock, settings, configure: log.AddTo);
        var company = new Company(await OutsideWorldServer.StartAsync(), await CustomerDatabase.GivenAsync(console));
        var tenant = await console.GivenATenantAsync();
        var login = await company.PrepareDatabaseAsync();
        var source = await ConnectAsync("shop", "rest", company.ShopSettings($"/secure/{door}"), door == "oauth" ? company.Client("shop") : Company.Basic("shop"));
        var destination = target is Target.Database
            ? await ConnectAsync("database", "postgres", company.DatabaseSettings(), login)
            : await ConnectAsync("list", "rest", company.ListSettings(target is Target.List), Company.Basic("list"));
        var draft = new SyncDraft(
            "People", source, "people", mode is WriteMode.Append ? ReadMode.Full : ReadMode.Incremental, destination, "people", mode, mode is WriteMode.Append ? [] : ["id"], false,
            Schedule.Manual, OverlapRule.Queue);
        var sync = await console.Get<SyncStore>().CreateAsync(tenant, draft, new MappingDocument(Fields, []), TestConsole.Somebody, default);
        await console.Get<MappingStore>().PublishAsync(tenant, sync.MappingId, 1, "", TestConsole.Somebody, default);
        var world = new FaultWorld(console, log, clock, company, tenant, target, sync);
        if (mode is not WriteMode.Append)
        {
            await world.BringTheFirstAsync();
        }

        company.Has(21, 60);
        return world;

        async Task<Guid> ConnectAsync(string name, string kind, JsonObject settings, CredentialDraft credential)
        {
            var proof = await console.Get<CredentialStore>().CreateAsync(tenant, credential, TestConsole.Somebody, default);
            return (await console.Get<ConnectionStore>().CreateAsync(tenant, new ConnectionDraft(name, kind, settings.ToJsonString(), proof), TestConsole.Somebody, default))!.Value;
        }
    }

    private static FieldRule[] Fields =>
    [
        new() { Name = "id", Type = FieldType.Integer, Source = "id" }, new() { Name = "name", Source = "name" }, new() { Name = "email", Source = "email" },
        new() { Name = "age", Type = FieldType.Integer, Source = "age" }, new() { Name = "amount", Type = FieldType.Decimal, Source = "amount" },
    ];

    /// <summary>Changes one of a connection's settings, as somebody does in its form.</summary>
    public async Task SetAsync(Guid connection, string setting, JsonNode value)
    {
        var now = (await _console.Get<ConnectionStore>().FindAsync(_tenant, connection, default))!;
        var settings = JsonNode.Parse(now.Settings)!;
        settings[setting] = value;
        Assert.Equal(Saved.Done, await _console.Get<ConnectionStore>().UpdateAsync(
            _tenant, connection, now.Version, new ConnectionDraft(now.Name, now.Kind, settings.ToJsonString(), now.CredentialId), TestConsole.Somebody, default));
    }

    /// <summary>Replaces the secret of a connection's credential.</summary>
    public async Task SetSecretAsync(Guid connection, string secret)
    {
        var id = (await _console.Get<ConnectionStore>().FindAsync(_tenant, connection, default))!.CredentialId!.Value;
        var now = (await _console.Get<CredentialStore>().FindAsync(_tenant, id, default))!;
        var draft = new CredentialDraft(now.Name, now.Kind, System.Text.Json.JsonSerializer.Deserialize<Dictionary<string, string>>(now.Settings)!, secret, null);
        Assert.Equal(Saved.Done, await _console.Get<CredentialStore>().UpdateAsync(_tenant, id, now.Version, draft, TestConsole.Somebody, default));

        // As long as a node may keep a secret that was replaced while it did not listen.
        Clock.Advance(TimeSpan.FromMinutes(1));
    }

    /// <summary>Asks for a run and moves it until it ends, through every time that it is put back.</summary>
    public async Task<Run> RunAsync()
    {
        var request = await _console.Get<RunQueue>().RequestAsync(_tenant, _sync.Id, RunTrigger.Manual, TestConsole.Somebody, default);
        return await MoveAsync(request.RunId ?? throw new InvalidOperationException(request.Answer), toTheEnd: true);
    }

    /// <summary>Asks for a run and moves it once.</summary>
    public async Task<Run> TryAsync()
    {
        var request = await _console.Get<RunQueue>().RequestAsync(_tenant, _sync.Id, RunTrigger.Manual, TestConsole.Somebody, default);
        return await MoveAsync(request.RunId ?? throw new InvalidOperationException(request.Answer), toTheEnd: false);
    }

    public async Task<Run> MoveAsync(Guid id, bool toTheEnd)
    {
        while (true)
        {
            var run = await FindAsync(id);
            Clock.Advance(Max(run.StartAfter - Clock.GetUtcNow(), TimeSpan.Zero) + TimeSpan.FromMilliseconds(1));
            if (await _console.Get<RunQueue>().ClaimAsync(_tenant, _sync.Id, id, default) is not { } claimed)
            {
                // Kept back until a circuit lets it through.
                Assert.True((await FindAsync(id)).StartAfter > run.StartAfter, "The run could not be claimed.");
                continue;
            }

            await _console.Get<SyncRunner>().RunAsync(claimed, default);
            run = await FindAsync(id);
            Assert.True(run.Counts.Balances, $"{run.Counts}");
            if (!toTheEnd || run.State is not RunState.Queued)
            {
                return run;
            }
        }
    }

    /// <summary>Replays what is set aside, and moves the replay to its end.</summary>
    public async Task<Replay> ReplayAsync(bool includeUnknown = false)
    {
        var started = await _console.Get<ReplayStore>().StartAsync(
            _tenant, new ReplaySelection(null, new DeadLetterFilter(), includeUnknown, "letters"), "", false, TestConsole.Somebody, default)
            ?? throw new InvalidOperationException("There was nothing to replay.");
        foreach (var run in await _console.Get<ReplayStore>().ListRunsAsync(_tenant, started.Id, default))
        {
            await MoveAsync(run.Id, toTheEnd: true);
        }

        return (await _console.Get<ReplayStore>().FindAsync(_tenant, started.Id, default))!;
    }

    public async Task<IReadOnlyList<DeadLetter>> LettersAsync() =>
        (await _console.Get<DeadLetterStore>().ListAsync(_tenant, new DeadLetterFilter(), null, 1000, default)).Items;

    public async Task<string?> CursorAsync() => (await _console.Get<SyncStore>().FindAsync(_tenant, _sync.Id, default))!.Cursor;

    public async Task<IReadOnlyList<string>> ArrivedAsync() => _target is Target.Database ? await Company.InDatabaseAsync() : Company.InList();

    /// <summary>The run failed as a whole: it says why and where, nothing was set aside, and the next one starts where this one did.</summary>
    public async Task FailedAsync(Run run, FailureCause cause, params string[] says)
    {
        Assert.Equal((RunState.Failed, cause), (run.State, run.Cause));
        Assert.All(says, text => Assert.Contains(text, run.Reason));
        Assert.Equal(!cause.IsTransient, run.NeedsPerson);
        Assert.Empty(await LettersAsync());
        Assert.Equal(Delivered, await CursorAsync());
        await NothingIsToldAsync(run);
    }

    /// <summary>The run went to its end and set exactly these records aside.</summary>
    public async Task SetAsideAsync(Run run, params (int Id, FailureCause Cause, string Field)[] records)
    {
        Assert.Equal(RunState.Partial, run.State);
        Assert.Equal(records.Length, run.Counts.SetAside);
        Assert.Equal(
            records.Select(record => ($"{record.Id}", record.Cause, record.Field)),
            (await LettersAsync()).OrderBy(letter => int.Parse(letter.RecordKey, System.Globalization.CultureInfo.InvariantCulture)).Select(letter => (letter.RecordKey, letter.Cause, letter.Field)));
        await NothingIsToldAsync(run);
    }

    /// <summary>Without its fault the next run brings everybody, each once and as the shop has them, and leaves no letter open.</summary>
    public async Task HealsAsync()
    {
        var run = await RunAsync();
        Assert.True(run.State is RunState.Succeeded, run.Reason);
        await EverybodyIsThereAsync();
        await NothingIsToldAsync(run);
    }

    public async Task EverybodyIsThereAsync()
    {
        Assert.Equal(Company.Expected(), await ArrivedAsync());
        Assert.Empty(await LettersAsync());
    }

    /// <summary>Neither a secret nor anything of a record is in what operators read or the process logs.</summary>
    public async Task NothingIsToldAsync(Run run)
    {
        var lines = (await _console.Get<RunStore>().ReadLogAsync(_tenant, run.Id, null, 1000, default)).Lines;
        var letters = await LettersAsync();
        string[] shown = [run.Reason, .. lines.Select(line => line.Message), .. letters.SelectMany(letter => (string[])[letter.Message, letter.Code, letter.Field]), .. _log.Lines];
        Assert.NotEmpty(lines);
        foreach (var secret in Company.Secrets)
        {
            Assert.DoesNotContain(shown, text => text.Contains(secret, StringComparison.Ordinal));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _console.DisposeAsync();
        await Company.Server.DisposeAsync();
    }

    private async Task BringTheFirstAsync()
    {
        Company.Has(1, 20);
        await HealsAsync();
        Assert.Equal(Delivered, await CursorAsync());
    }

    public Task<ClaimedRun?> ClaimNowAsync(Guid id) => _console.Get<RunQueue>().ClaimAsync(_tenant, _sync.Id, id, default);

    public Task CloseAsync(Guid connection) => _console.Get<CircuitStore>().CloseAsync(_tenant, connection, TestConsole.Somebody, default);

    /// <summary>What every worker does every few seconds for runs that wait for a circuit.</summary>
    public async Task<int> ReleaseAsync()
    {
        await using var session = await _console.Database.AcrossTenantsAsync(default);
        var released = await RunHolds.ReleaseAsync(session, Clock.GetUtcNow(), default);
        await session.CommitAsync(default);
        return released;
    }

    public async Task<Run> FindAsync(Guid id) => (await _console.Get<RunStore>().FindAsync(_tenant, id, default))!;

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
