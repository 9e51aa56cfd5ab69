using System.Globalization;
using System.Text.Json;
using IntegrationConsole.Alerts;
using IntegrationConsole.Alerts.Channels;
using IntegrationConsole.Alerts.Incidents;
using IntegrationConsole.Alerts.Notices;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Health.Evaluation;
using IntegrationConsole.Health.Verdicts;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Schedules;
using IntegrationConsole.Tests.Support;
using IntegrationConsole.Tests.Sync;
using Microsoft.Extensions.DependencyInjection;
using OutsideWorld;
using Finding = IntegrationConsole.Health.Verdicts.Finding;

namespace IntegrationConsole.Tests.Alerts;

/// <summary>A tenant with one connection and some integrations over it, whose health is as the test says, and channels into the outside world.</summary>
internal sealed class AlertWorld : IAsyncDisposable
{
    public static readonly TimeSpan Look = TimeSpan.FromSeconds(15);

    private AlertWorld(TestConsole console, ManualClock clock, TenantId tenant, Guid connection, OutsideWorldServer outside)
    {
        Console = console;
        Clock = clock;
        Tenant = tenant;
        Connection = connection;
        Outside = outside;
    }

    public TestConsole Console { get; }

    public ManualClock Clock { get; }

    public TenantId Tenant { get; }

    public Guid Connection { get; }

    public OutsideWorldServer Outside { get; }

    public List<SyncDefinition> Syncs { get; } = [];

    public Guid Sync => Syncs[0].Id;

    public IncidentStore Incidents => Console.Get<IncidentStore>();

    public static async Task<AlertWorld> StartAsync(int syncs = 1, DateTimeOffset? at = null)
    {
        var clock = at is { } start ? new ManualClock(start) : new ManualClock();
        var console = await TestConsole.StartAsync(clock, configure: services => services.AddSingleton<IConnector>(new FakeOutsideSystem()).AddAlerts(isWorker: false));
        var tenant = await console.GivenATenantAsync();
        var connection = await console.Get<ConnectionStore>().CreateAsync(tenant, new ConnectionDraft("Shop API", "fake", "{}", null), TestConsole.Somebody, default);
        var world = new AlertWorld(console, clock, tenant, connection!.Value, await OutsideWorldServer.StartAsync());
        for (var number = 1; number <= syncs; number++)
        {
            var draft = new SyncDraft($"Orders {number}", world.Connection, "things", ReadMode.Full, world.Connection, "things", WriteMode.Upsert, ["id"], false, Schedule.Manual, OverlapRule.Queue);
            world.Syncs.Add(await console.Get<SyncStore>().CreateAsync(tenant, draft, new MappingDocument([new() { Name = "id", Type = FieldType.Integer, Source = "id" }], []), TestConsole.Somebody, default));
        }

        return world;
    }

    /// <summary>A channel that posts to a hook of the outside world.</summary>
    public async Task<Guid> GivenAHookAsync(string name, Severity least = Severity.Low, int after = 0, bool workingHours = false) =>
        (await Console.Get<ChannelStore>().CreateAsync(
            Tenant,
            new ChannelDraft(
                name, ChannelKind.Webhook, new Dictionary<string, string> { [ChannelSettings.Address] = $"{Outside.Address}/hook/{name}" },
                new Dictionary<string, string> { [ChannelSettings.Key] = "a key of the tenant's own" }, least, after, workingHours, true),
            "https://console.example", TestConsole.Somebody, default))!.Value;

    /// <summary>A channel that mails, to a tenant in Tokyo.</summary>
    public async Task<Guid> GivenAMailChannelAsync(MailServer server, string hour, bool onQuietDays = false, TenantId? tenant = null)
    {
        var draft = new ChannelDraft(
            $"mail {Guid.NewGuid()}", ChannelKind.Email,
            new Dictionary<string, string>
            {
                [ChannelSettings.Host] = "127.0.0.1", [ChannelSettings.Port] = server.Port.ToString(CultureInfo.InvariantCulture), [ChannelSettings.Security] = ChannelSettings.NoTls,
                [ChannelSettings.From] = "console@north.example", [ChannelSettings.To] = "otto@north.example", [ChannelSettings.Certificate] = "",
                [ChannelSettings.DigestHour] = hour, [ChannelSettings.DigestOnQuietDays] = onQuietDays ? ChannelSettings.Yes : "",
            },
            new Dictionary<string, string> { [ChannelSettings.User] = "", [ChannelSettings.Password] = "" }, Severity.Low, 0, false, true);
        Assert.Empty(ChannelRules.Check(draft, isNew: true));
        var id = (await Console.Get<ChannelStore>().CreateAsync(tenant ?? Tenant, draft, "https://console.example", TestConsole.Somebody, default))!.Value;
        await using var session = await Console.Database.AcrossTenantsAsync(default);
        await session.RunAsync("update tenant set time_zone = 'Asia/Tokyo'", null, default);
        await session.CommitAsync(default);
        return id;
    }

    /// <summary>What health found of an integration.</summary>
    public Task GivenSyncAsync(HealthState state, HealthDimension dimension = HealthDimension.Runs, string reason = "The last run failed.", int number = 1, Evidence? evidence = null) =>
        GivenAsync(ObjectKind.Sync, Syncs[number - 1].Id, state, new Finding(dimension, state, reason, false, evidence ?? Evidence.None));

    public Task GivenConnectionAsync(HealthState state, HealthDimension dimension = HealthDimension.Resilience, string reason = "The circuit is open.") =>
        GivenAsync(ObjectKind.Connection, Connection, state, new Finding(dimension, state, reason, true, Evidence.None));

    public async Task GivenAsync(ObjectKind kind, Guid id, HealthState state, params Finding[] findings)
    {
        await using var session = await Console.Database.InTenantAsync(Tenant, default);
        var from = await session.FindAsync<string>("select state from health_state where tenant_id = @tenant and object_id = @id", new { tenant = Tenant, id }, default);
        await session.RunAsync("""
            insert into health_state (tenant_id, object_kind, object_id, state, reason, heals_itself, evidence_kind, findings, print, since)
            values (@tenant, @kind, @id, @state, @reason, false, 'None', @findings::jsonb, '', @now)
            on conflict (tenant_id, object_kind, object_id) do update set state = excluded.state, reason = excluded.reason, findings = excluded.findings,
                since = case when health_state.state = excluded.state then health_state.since else excluded.since end
            """,
            new { tenant = Tenant, kind = kind.ToString(), id, state = state.ToString(), reason = findings[0].Reason, findings = JsonSerializer.Serialize(findings, HealthLedger.Json), now = Clock.GetUtcNow() },
            default);
        if (from != state.ToString())
        {
            await session.RunAsync("""
                insert into health_transition (tenant_id, object_kind, object_id, at, from_state, to_state, reason, dimension) values (@tenant, @kind, @id, @now, @from, @state, @reason, @dimension)
                on conflict do nothing
                """,
                new { tenant = Tenant, kind = kind.ToString(), id, now = Clock.GetUtcNow(), from, state = state.ToString(), reason = findings[0].Reason, dimension = findings[0].Dimension.ToString() }, default);
        }

        await session.CommitAsync(default);
    }

    /// <summary>Looks again some times, a look's distance apart; health was computed each time.</summary>
    public async Task LookAsync(int times = 1, bool isComputed = true)
    {
        for (var time = 0; time < times; time++)
        {
            Clock.Advance(Look);
            if (isComputed)
            {
                await ComputedAsync();
            }

            Assert.True(await Console.Get<AlertEvaluation>().EvaluateAsync(default));
        }
    }

    /// <summary>Lets time go by without anybody looking, then looks once.</summary>
    public Task LookAfterAsync(TimeSpan time)
    {
        Clock.Advance(time - Look);
        return LookAsync();
    }

    /// <summary>Sends what is due, as long as anything is.</summary>
    public async Task SendAsync()
    {
        while (await Console.Get<NoticeSender>().SendSomeAsync(default) > 0)
        {
            // On to the next.
        }
    }

    /// <summary>Looks, and gives what a channel was sent since, in order: its kind and its title.</summary>
    public async Task<IReadOnlyList<string>> HeardAsync(string hook)
    {
        await SendAsync();
        var heard = new List<string>();
        while (Outside.Hooks[hook].TryDequeue(out var received))
        {
            using var body = JsonDocument.Parse(received.Body);
            heard.Add($"{body.RootElement.GetProperty("kind").GetString()}: {body.RootElement.GetProperty("title").GetString()}");
        }

        return heard;
    }

    public async Task<IReadOnlyList<Alert>> AlertsAsync() => await Incidents.ListActiveAsync(Tenant, default);

    public async Task<IncidentView> IncidentAsync() => Assert.Single(await Incidents.ListOpenAsync(Tenant, default));

    public async ValueTask DisposeAsync()
    {
        await Outside.DisposeAsync();
        await Console.DisposeAsync();
    }

    private async Task ComputedAsync()
    {
        await using var session = await Console.Database.InTenantAsync(Tenant, default);
        await session.RunAsync(
            "insert into health_evaluation (tenant_id, evaluated_at) values (@tenant, @now) on conflict (tenant_id) do update set evaluated_at = excluded.evaluated_at",
            new { tenant = Tenant, now = Clock.GetUtcNow() }, default);
        await session.CommitAsync(default);
    }
}
