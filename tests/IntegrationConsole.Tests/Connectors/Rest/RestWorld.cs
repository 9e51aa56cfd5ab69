using System.Text.Json;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Rest;
using IntegrationConsole.Tests.Support;
using OutsideWorld;

namespace IntegrationConsole.Tests.Connectors.Rest;

/// <summary>An outside company for one test, and connections to it.</summary>
public abstract class RestWorld : IAsyncLifetime
{
    /// <summary>Port 1 is nobody's.</summary>
    protected const string Nowhere = "http://127.0.0.1:1";

    protected OutsideWorldServer Server { get; private set; } = null!;

    public async Task InitializeAsync() => Server = await OutsideWorldServer.StartAsync();

    public async Task DisposeAsync() => await Server.DisposeAsync();

    internal OpenConnection Connect(object stream, string? address = null, IAuthentication? authentication = null, int timeoutSeconds = 30, bool http2 = false, object? headers = null) =>
        Connection(new { baseAddress = address ?? Server.Address, timeoutSeconds, http2, headers = headers ?? new { }, streams = new[] { stream } }, authentication);

    internal static OpenConnection Connection(object settings, IAuthentication? authentication = null) =>
        new(new TenantId(Guid.Parse("0198a000-0000-7000-8000-000000000002")), Guid.Parse("0198a000-0000-7000-8000-000000000001"), "The shop", "rest", JsonSerializer.SerializeToElement(settings), authentication ?? new NoAuthentication());

    internal static RestConnector Connector(TestConsole console) => (RestConnector)console.Get<ConnectorCatalog>().Get("rest");

    /// <summary>The same settings with another base address.</summary>
    internal static OpenConnection At(OpenConnection connection, string address)
    {
        var settings = System.Text.Json.Nodes.JsonNode.Parse(connection.Settings.GetRawText())!;
        settings["baseAddress"] = address;
        return connection with { Settings = JsonSerializer.SerializeToElement(settings) };
    }
}
