using System.Text.Json.Nodes;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Circuits;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Credentials;
using IntegrationConsole.Tests.Support;
using OutsideWorld;

namespace IntegrationConsole.Tests.Connectors.Circuits;

/// <summary>An outside company, a tenant's connection to it, and two nodes on one database and one clock.</summary>
internal sealed class CircuitWorld : IAsyncDisposable
{
    private const string Path = "/api/people";

    private readonly ManualClock? _clock;

    private CircuitWorld(TestConsole one, TestConsole other, ManualClock? clock, OutsideWorldServer server, TenantId tenant, Guid connection)
    {
        (One, Other, _clock, Server, Tenant, Connection) = (one, other, clock, server, tenant, connection);
    }

    public TestConsole One { get; }

    public TestConsole Other { get; }

    public ManualClock Clock => _clock ?? throw new InvalidOperationException("Time goes by itself here.");

    public OutsideWorldServer Server { get; }

    public TenantId Tenant { get; }

    public Guid Connection { get; }

    /// <summary>What the company has seen of us.</summary>
    public int Seen => Server.Traffic.CountOf(Path);

    /// <param name="limits">Settings of the connection besides its address and its stream.</param>
    /// <param name="isInRealTime">Time goes by itself.</param>
    public static async Task<CircuitWorld> StartAsync(JsonObject? limits = null, bool isInRealTime = false)
    {
        var clock = isInRealTime ? null : new ManualClock();
        var one = await TestConsole.StartAsync(clock);
        var other = await TestConsole.StartAsync(clock, beside: one);
        await one.ListenAsync();
        await other.ListenAsync();
        var server = await OutsideWorldServer.StartAsync();
        server.Put("people", ["""{"id":1}"""]);
        var tenant = await one.GivenATenantAsync();
        var settings = new JsonObject
        {
            ["baseAddress"] = server.Address,
            ["streams"] = new JsonArray(new JsonObject { ["name"] = "people", ["path"] = Path, ["keyFields"] = "id" }),
        };
        foreach (var (name, value) in limits ?? [])
        {
            settings[name] = value?.DeepClone();
        }

        var connection = await one.Get<ConnectionStore>().CreateAsync(tenant, new ConnectionDraft("erp", "rest", settings.ToJsonString(), null), TestConsole.Somebody, default);
        return new CircuitWorld(one, other, clock, server, tenant, connection!.Value);
    }

    public CircuitStore Circuits => One.Get<CircuitStore>();

    public async Task<Circuit> FindAsync() => (await Circuits.FindAsync(Tenant, Connection, default))!;

    public void GoDown() => Server.Faults.Add(new Fault("/api", FaultKind.Status));

    /// <summary>Fails often enough and long enough on one node.</summary>
    /// <param name="node">Which then makes one call at a time; the first one if none is named.</param>
    public async Task OpenAsync(TestConsole? node = null)
    {
        GoDown();
        for (var call = 0; call < 5; call++)
        {
            Assert.Null((await CallAsync(node ?? One))?.Hold);
            Clock.Advance(TimeSpan.FromSeconds(2));
        }
    }

    /// <summary>One call of a run, without trying again.</summary>
    /// <returns>What failed; null where it was answered.</returns>
    public async Task<Failure?> CallAsync(TestConsole node)
    {
        var open = (await node.Get<ConnectionOpener>().OpenAsync(Tenant, Connection, default))!;
        var calls = new IntegrationConsole.Connectors.Rest.RestCalls(
            node.Get<IntegrationConsole.Connectors.Outgoing.OutgoingHttp>(), node.Get<IntegrationConsole.Connectors.Outgoing.OutgoingGuard>(), node.Get<CallMeter>(), node.Get<Backoff>(),
            node.Get<IntegrationConsole.Connectors.Outgoing.CallGate>());
        var client = new IntegrationConsole.Connectors.Rest.RestClient(calls, open);
        var time = client.Time();
        var succeeded = false;
        try
        {
            using var response = await client.GetAsync(client.AddressOf(Path), time, default);
            succeeded = response.IsSuccessStatusCode;
            return succeeded ? null : FailureClassifier.OfStatus(response.StatusCode, "erp");
        }
        catch (FailureException failed)
        {
            return failed.Failure;
        }
        finally
        {
            time.End(succeeded);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Other.Get<ChangeBroadcaster>().StopAsync(default);
        await One.DisposeAsync();
        await Server.DisposeAsync();
    }
}
