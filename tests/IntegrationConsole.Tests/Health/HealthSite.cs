using System.Net;
using IntegrationConsole.Access;
using IntegrationConsole.Connectors;
using IntegrationConsole.Credentials;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Health;
using IntegrationConsole.Health.Evaluation;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync;
using IntegrationConsole.Tenants;
using IntegrationConsole.Tests.Support;
using IntegrationConsole.Tests.Sync;
using IntegrationConsole.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace IntegrationConsole.Tests.Health;

/// <summary>The console's rooms up to Health on a real port, without pages; signing in takes a name only.</summary>
internal sealed class HealthSite : IAsyncDisposable
{
    private readonly WebApplication _app;

    private HealthSite(WebApplication app, ConsoleDatabase database)
    {
        _app = app;
        Database = database;
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = new Uri(app.Urls.First()) };
    }

    public ConsoleDatabase Database { get; }

    /// <summary>Keeps cookies, follows no redirects.</summary>
    public HttpClient Client { get; }

    public FakeOutsideSystem System { get; private init; } = new();

    public T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    public static async Task<HealthSite> StartAsync(Dictionary<string, string?>? settings = null, bool isWorker = true)
    {
        var cluster = await TestCluster.GetAsync();
        var database = await DatabaseStart.OpenAsync(
            await cluster.CreateConsoleDatabaseAsync(), new DatabaseOptions(), keepRunning: true, NullLoggerFactory.Instance, CancellationToken.None);
        var system = new FakeOutsideSystem();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(settings ?? []);
        builder.Services.AddSingleton(TimeProvider.System).AddSingleton(new Random(42)).AddSingleton<IConnector>(system);
        builder.Services.AddDatabase(database, new MasterKey(new byte[Sealed.KeyBytes]));
        builder.Services.AddAccess().AddTenants().AddConnectors().AddCredentials().AddMappings().AddWebhooks().AddDeadLetters().AddSync(builder.Configuration, isWorker).AddHealth(isWorker);
        var app = builder.Build();
        app.UseAccess();
        app.MapHealth();
        app.MapMappings();
        app.MapDeadLetters();
        app.MapSync();
        app.MapGet("/sign-in-as/{email}", async (string email, SignIn signIn, People people) =>
        {
            await signIn.BeginAsync((await people.FindByEmailAsync(email))!);
            return Results.Ok();
        }).AllowAnonymous();
        await app.StartAsync();
        return new HealthSite(app, database) { System = system };
    }

    /// <returns>Who is signed in now.</returns>
    public async Task<Guid> SignInAsync(bool platformAdmin)
    {
        var email = $"{Guid.NewGuid():n}@example.com";
        Guid user;
        await using (var scope = _app.Services.CreateAsyncScope())
        {
            user = (await scope.ServiceProvider.GetRequiredService<People>().InviteAsync(email, "", platformAdmin, TestConsole.Somebody, default)).Id!.Value;
        }

        (await Client.GetAsync($"/sign-in-as/{email}")).EnsureSuccessStatusCode();
        return user;
    }

    /// <summary>Health as it is now: the node evaluates by itself as well, and one evaluation goes on at a time.</summary>
    public async Task EvaluateAsync()
    {
        while (!await Get<HealthEvaluation>().EvaluateAsync(null, default))
        {
            await Task.Yield();
        }
    }

    public async Task StopAsync() => await _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        var name = Database.Source.ConnectionString;
        await Database.DisposeAsync();
        await (await TestCluster.GetAsync()).DropAsync(name);
    }
}
