using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Outgoing;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Line;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Sync.Schedules;
using IntegrationConsole.Tests.Support;
using IntegrationConsole.Tests.Sync;
using IntegrationConsole.Webhooks;
using IntegrationConsole.Webhooks.Deliveries;
using IntegrationConsole.Webhooks.Receiving;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace IntegrationConsole.Tests.Webhooks;

/// <summary>A tenant with an endpoint, the letterbox behind a real server on a real socket, and a sender who has the secret.</summary>
internal sealed class LetterboxWorld : IAsyncDisposable
{
    public const string Secret = "a-secret-of-the-sender";
    public const string Header = "X-Signature";
    public const string IdHeader = "X-Id";

    public static readonly WebhookSettings ByHeader = new() { Scheme = WebhookScheme.Hmac, Header = Header, IdHeader = IdHeader };

    private readonly WebApplication _server;

    private LetterboxWorld(TestConsole console, FakeOutsideSystem system, TenantId tenant, WebhookEndpoint endpoint, WebApplication server)
    {
        Console = console;
        System = system;
        Tenant = tenant;
        Endpoint = endpoint;
        _server = server;
        Http = new HttpClient { BaseAddress = new Uri(server.Urls.Single()) };
    }

    public TestConsole Console { get; }

    /// <summary>Where the records of deliveries go.</summary>
    public FakeOutsideSystem System { get; }

    public TenantId Tenant { get; }

    public WebhookEndpoint Endpoint { get; private set; }

    public HttpClient Http { get; }

    public static async Task<LetterboxWorld> StartAsync(WebhookSettings? settings = null, TimeProvider? clock = null, params (string Name, string Value)[] options)
    {
        var system = new FakeOutsideSystem();
        var configuration = options.ToDictionary(option => $"{LetterboxOptions.Section}:{option.Name}", option => (string?)option.Value);
        configuration[$"{OutgoingOptions.Section}:AllowedNetworks:0"] = "127.0.0.0/8";
        var console = await TestConsole.StartAsync(clock, configuration, services => services.AddSingleton<IConnector>(system));
        var tenant = await console.GivenATenantAsync();
        var endpoint = await GivenAnEndpointAsync(console, tenant, "hook", settings ?? ByHeader);
        return new LetterboxWorld(console, system, tenant, endpoint, await ServeAsync(console));
    }

    public static async Task<WebhookEndpoint> GivenAnEndpointAsync(TestConsole console, TenantId tenant, string name, WebhookSettings settings)
    {
        var id = await console.Get<WebhookSecretStore>().CreateAsync(tenant, new WebhookDraft(name, "", settings, Enabled: true), Secret, TestConsole.Somebody, default);
        return (await console.Get<WebhookStore>().FindAsync(tenant, id!.Value, default))!;
    }

    /// <summary>A console's letterbox on a socket of its own.</summary>
    public static async Task<WebApplication> ServeAsync(TestConsole console)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(console.Get<Letterbox>());
        builder.Services.AddSingleton(console.Get<TrialMark>());
        var server = builder.Build();
        server.MapWebhooks();
        await server.StartAsync();
        return server;
    }

    /// <summary>Sends what the endpoint's header scheme expects.</summary>
    public async Task<HttpResponseMessage> SendAsync(string body, string? id = null, string secret = Secret, string? path = null, HttpClient? http = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path ?? Endpoint.Path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add(Header, Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(body))));
        if (id is not null)
        {
            request.Headers.Add(IdHeader, id);
        }

        return await (http ?? Http).SendAsync(request);
    }

    public async Task<HttpStatusCode> StatusAsync(string body, string? id = null, string secret = Secret, string? path = null)
    {
        using var response = await SendAsync(body, id, secret, path);
        return response.StatusCode;
    }

    public Task<IReadOnlyList<Delivery>> DeliveriesAsync() => Console.Get<DeliveryStore>().ListAsync(Tenant, Endpoint.Id, null, 10_000, default);

    public async Task<string> BodyAsync(Delivery delivery) =>
        Encoding.UTF8.GetString((await Console.Get<DeliveryStore>().OpenAsync(Tenant, Endpoint.Id, delivery.Seq, delivery.Seq, default)).Values.Single().Body.Span);

    public async Task<WebhookActivity> ActivityAsync()
    {
        await Console.Get<RefusalCounts>().SaveAsync(default);
        return (await Console.Get<WebhookFigures>().OfDayAsync(Tenant, default))[Endpoint.Id];
    }

    public async Task ChangeAsync(Func<WebhookDraft, WebhookDraft> change)
    {
        var draft = change(new WebhookDraft(Endpoint.Name, Endpoint.Slug, Endpoint.Rules, Endpoint.Enabled));
        await Console.Get<WebhookStore>().UpdateAsync(Tenant, Endpoint.Id, Endpoint.Version, draft, null, TestConsole.Somebody, default);
        await LookAgainAsync();
    }

    public async Task LookAgainAsync() => Endpoint = (await Console.Get<WebhookStore>().FindAsync(Tenant, Endpoint.Id, default))!;

    /// <summary>A sync that reads the endpoint and writes the records' id and name.</summary>
    public async Task<SyncDefinition> GivenASyncAsync(WriteMode mode = WriteMode.Upsert, bool onArrival = false, OverlapRule overlap = OverlapRule.Queue)
    {
        var source = await Console.Get<ConnectionStore>().CreateAsync(Tenant, new ConnectionDraft("Webhooks", "webhook", "{}", null), TestConsole.Somebody, default);
        var destination = await Console.Get<ConnectionStore>().CreateAsync(Tenant, new ConnectionDraft("fake", "fake", "{}", null), TestConsole.Somebody, default);
        var draft = new SyncDraft(
            "Arrivals", source!.Value, Endpoint.Slug, ReadMode.Incremental, destination!.Value, "things", mode, mode is WriteMode.Append ? [] : ["id"], false, Schedule.Manual, overlap)
        { OnArrival = onArrival };
        var document = new MappingDocument([new() { Name = "id", Source = "body.id", Required = true }, new() { Name = "name", Source = "body.name" }], []);
        var sync = await Console.Get<SyncStore>().CreateAsync(Tenant, draft, document, TestConsole.Somebody, default);
        await Console.Get<MappingStore>().PublishAsync(Tenant, sync.MappingId, 1, "", TestConsole.Somebody, default);
        return sync;
    }

    /// <summary>Asks for a run of a sync and moves it to its end.</summary>
    public async Task<Run> RunAsync(SyncDefinition sync)
    {
        var request = await Console.Get<RunQueue>().RequestAsync(Tenant, sync.Id, RunTrigger.Manual, TestConsole.Somebody, default);
        return await MoveAsync(sync, request.RunId ?? throw new InvalidOperationException(request.Answer));
    }

    public async Task<Run> MoveAsync(SyncDefinition sync, Guid run)
    {
        var claimed = await Console.Get<RunQueue>().ClaimAsync(Tenant, sync.Id, run, default) ?? throw new InvalidOperationException("The run could not be claimed.");
        await Console.Get<SyncRunner>().RunAsync(claimed, default);
        return (await Console.Get<RunStore>().FindAsync(Tenant, run, default))!;
    }

    public async Task<IReadOnlyList<DeadLetter>> LettersAsync() => (await Console.Get<DeadLetterStore>().ListAsync(Tenant, new DeadLetterFilter(), null, 100, default)).Items;

    public static string Record(int id) => string.Create(CultureInfo.InvariantCulture, $$"""{"id":"{{id}}","name":"name {{id}}"}""");

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _server.DisposeAsync();
        await Console.DisposeAsync();
    }
}
