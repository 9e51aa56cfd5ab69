using System.Net;
using System.Net.Sockets;
using System.Text;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Circuits;
using IntegrationConsole.Credentials;
using IntegrationConsole.Health.Probing;
using IntegrationConsole.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace IntegrationConsole.Tests.Health;

public sealed class Probing_connections
{
    [Fact]
    public async Task One_that_answers_is_known_to_and_one_that_does_not_is_missed_more_and_more_rarely()
    {
        await using var world = await World.StartAsync();
        using var shop = new Shop();
        var connection = await world.GivenRestAsync(shop.Port);

        await world.ProbeAsync();
        var there = await world.FindAsync(connection);
        shop.Dispose();
        var pauses = new List<TimeSpan>();
        for (var probe = 0; probe < 5; probe++)
        {
            await world.ProbeAsync();
            pauses.Add((await world.FindAsync(connection)).NextAt - world.Clock.GetUtcNow());
        }

        var gone = await world.FindAsync(connection);
        Assert.Equal((true, "127.0.0.1 answers."), (there.Reachable, there.Sentence));
        Assert.Equal((false, 5, "Nothing listens at 127.0.0.1: the connection was refused."), (gone.Reachable, gone.Misses, gone.Sentence));
        Assert.All(pauses.Take(3), pause => Assert.InRange(pause.TotalSeconds, 54, 66));
        Assert.InRange(pauses[3].TotalSeconds, 108, 132);
        Assert.InRange(pauses[4].TotalSeconds, 216, 264);
    }

    [Theory]
    [InlineData(AuthenticationKind.ApiKey, 401, false, 1)]
    [InlineData(AuthenticationKind.ApiKey, 200, true, 1)]
    [InlineData(AuthenticationKind.ApiKey, 404, null, 1)]
    [InlineData(AuthenticationKind.Basic, 401, null, 0)]
    public async Task Who_we_are_is_asked_but_where_asking_in_vain_locks_an_account(AuthenticationKind kind, int status, bool? accepted, int asked)
    {
        await using var world = await World.StartAsync();
        using var shop = new Shop { Status = status };
        var connection = await world.GivenRestAsync(shop.Port, kind);

        await world.ProbeAsync();

        var probe = await world.FindAsync(connection);
        Assert.Equal((true, accepted, accepted is false ? 1 : 0), (probe.Reachable, probe.Accepted, probe.Refusals));
        Assert.Equal(asked, shop.Requests);
    }

    [Fact]
    public async Task While_its_circuit_is_open_the_system_is_left_alone()
    {
        await using var world = await World.StartAsync();
        using var shop = new Shop();
        var connection = await world.GivenRestAsync(shop.Port);
        await world.ExecuteAsync($"""
            insert into circuit (tenant_id, connection_id, state, since, reason, actor, node, breaks, probe_at)
            values ('{world.Tenant.Value}', '{connection}', '{nameof(CircuitState.Open)}', now(), 'Down.', 'automatic', '', 1, '{world.Clock.GetUtcNow().AddMinutes(10):O}')
            """);

        await world.ProbeAsync();

        var probe = await world.FindAsync(connection);
        Assert.Null(probe.ProbedAt);
        Assert.InRange((probe.NextAt - world.Clock.GetUtcNow()).TotalMinutes, 5, 7);
        Assert.Equal(0, shop.Connections);
    }

    [Fact]
    public async Task Set_off_it_is_not_probed_and_what_was_known_is_forgotten()
    {
        await using var world = await World.StartAsync();
        using var shop = new Shop();
        var connection = await world.GivenRestAsync(shop.Port);
        await world.ProbeAsync();

        await world.Probes.SetOnAsync(world.Tenant, connection, on: false, TestConsole.Somebody, default);
        await world.ProbeAsync();

        Assert.Equal((false, (DateTimeOffset?)null), ((await world.FindAsync(connection)).IsOn, (await world.FindAsync(connection)).ProbedAt));
    }

    [Fact]
    public async Task Thousands_are_spread_over_the_interval_and_each_is_taken_once()
    {
        await using var world = await World.StartAsync();
        await world.ExecuteAsync($"""
            insert into connection (tenant_id, id, name, kind, settings, created_at, updated_at, version)
            select '{world.Tenant.Value}', gen_random_uuid(), 'connection ' || n, 'rest', '{"{}"}', now(), now(), 1 from generate_series(1, 600) n
            """);

        await world.Probes.MeetAsync(default);
        var atOnce = await world.Probes.TakeAsync(1000, default);
        world.Clock.Advance(TimeSpan.FromSeconds(10));
        var both = await Task.WhenAll(world.Probes.TakeAsync(1000, default), world.Probes.TakeAsync(1000, default));

        Assert.InRange(atOnce.Count, 0, 5);
        Assert.InRange(both.Sum(taken => taken.Count), 50, 150);
        Assert.Equal(both.Sum(taken => taken.Count), both.SelectMany(taken => taken).Select(due => due.ConnectionId).Distinct().Count());
    }

    [Fact]
    public async Task A_database_is_probed_up_to_its_door()
    {
        await using var world = await World.StartAsync();
        var server = new Npgsql.NpgsqlConnectionStringBuilder(world.Console.Database.Source.ConnectionString);
        var open = await world.GivenAsync("postgres", $$"""{"host":"127.0.0.1","port":{{server.Port}},"database":"x","tls":"none"}""");
        var locked = await world.GivenAsync("postgres", $$"""{"host":"127.0.0.1","port":{{server.Port}},"database":"x","tls":"verify"}""");

        await world.ProbeAsync();

        Assert.Equal((true, "127.0.0.1 answers."), ((await world.FindAsync(open)).Reachable, (await world.FindAsync(open)).Sentence));
        Assert.False((await world.FindAsync(locked)).Reachable);
    }

    /// <summary>Listens, counts, and answers every request with one status.</summary>
    private sealed class Shop : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private int _requests;
        private int _connections;

        public Shop()
        {
            _listener.Start();
            _ = ServeAsync();
        }

        public int Status { get; init; } = 200;

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public int Requests => _requests;

        public int Connections => _connections;

        public void Dispose() => _listener.Stop();

        private async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    using var client = await _listener.AcceptTcpClientAsync();
                    Interlocked.Increment(ref _connections);
                    await AnswerAsync(client.GetStream());
                }
            }
            catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                // Nobody listens any more.
            }
        }

        private async Task AnswerAsync(NetworkStream stream)
        {
            try
            {
                var buffer = new byte[4096];
                if (await stream.ReadAsync(buffer) > 0)
                {
                    Interlocked.Increment(ref _requests);
                    await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {Status} Said\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
                }
            }
            catch (IOException)
            {
                // The other side is gone; the next one may come.
            }
        }
    }

    private sealed class World : IAsyncDisposable
    {
        private int _connections;

        public required TestConsole Console { get; init; }

        public required ManualClock Clock { get; init; }

        public required TenantId Tenant { get; init; }

        public ProbeStore Probes => Console.Get<ProbeStore>();

        public static async Task<World> StartAsync()
        {
            var clock = new ManualClock();
            var console = await TestConsole.StartAsync(clock, configure: services => services.AddSingleton<ProbeStore>().AddSingleton<ConnectionProbes>());
            return new World { Console = console, Clock = clock, Tenant = await console.GivenATenantAsync() };
        }

        public async Task<Guid> GivenRestAsync(int port, AuthenticationKind? kind = null)
        {
            Guid? credential = kind is not { } known ? null : await Console.Get<CredentialStore>().CreateAsync(
                Tenant, new CredentialDraft("key", known, new Dictionary<string, string> { ["user"] = "ann", ["place"] = "header", ["name"] = "X-Key" }, "secret", null), TestConsole.Somebody, default);
            return await GivenAsync("rest", $$"""{"baseAddress":"http://127.0.0.1:{{port}}","testPath":"/me","streams":[]}""", credential);
        }

        public async Task<Guid> GivenAsync(string kind, string settings, Guid? credential = null) =>
            (await Console.Get<ConnectionStore>().CreateAsync(Tenant, new ConnectionDraft($"connection {++_connections}", kind, settings, credential), TestConsole.Somebody, default))!.Value;

        /// <summary>When everybody's turn has come.</summary>
        public async Task ProbeAsync()
        {
            await Probes.MeetAsync(default);
            Clock.Advance(TimeSpan.FromMinutes(5));
            await Console.Get<ConnectionProbes>().ProbeAsync(default);
        }

        public async Task<ConnectionProbe> FindAsync(Guid connection) => (await Probes.FindAsync(Tenant, connection, default))!;

        public async Task ExecuteAsync(string sql)
        {
            await using var session = await Console.Database.InTenantAsync(Tenant, default);
            await session.RunAsync(sql, null, default);
            await session.CommitAsync(default);
        }

        public ValueTask DisposeAsync() => Console.DisposeAsync();
    }
}
