using IntegrationConsole.Access;
using IntegrationConsole.Alerts;
using IntegrationConsole.Configuration;
using IntegrationConsole.Connectors;
using IntegrationConsole.Controls;
using IntegrationConsole.Credentials;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Health;
using IntegrationConsole.Mappings;
using IntegrationConsole.Shell;
using IntegrationConsole.Sync;
using IntegrationConsole.Tenants;
using IntegrationConsole.Webhooks;

try
{
    if (await CommandLine.RunAloneAsync(args, Console.Out, Console.Error, CancellationToken.None) is { } exitCode)
    {
        return exitCode;
    }

    var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
    builder.AddLogging();
    var start = ConsoleStart.Read(builder.Configuration);
    if (!CommandLine.IsCommand(args))
    {
        ConsoleStart.RequireFreeAddress(builder.Configuration);
    }

    await using var database = await start.OpenDatabaseAsync(keepRunning: CommandLine.IsCommand(args));
    var key = MasterKey.Load(start.Database);
    await key.ProveAsync(database, CancellationToken.None);

    builder.WebHost.UseStaticWebAssets();
    builder.Services.AddClock(await DatabaseClock.StartAsync(database, CancellationToken.None));
    builder.Services.AddSingleton(_ => ConsoleStart.Randomness());
    builder.Services
        .AddDatabase(database, key)
        .AddControls()
        .AddAccess(start.IsWorker)
        .AddTenants()
        .AddConnectors()
        .AddCredentials()
        .AddMappings()
        .AddWebhooks()
        .AddDeadLetters(start.IsWorker)
        .AddSync(builder.Configuration, start.IsWorker)
        .AddHealth(start.IsWorker)
        .AddAlerts(start.IsWorker)
        .AddConfiguration()
        .AddShell();

    await using var app = builder.Build();
    WrongSettings.Refuse(app.Services);
    if (CommandLine.IsCommand(args))
    {
        return await CommandLine.RunAsync(app.Services, args, Console.Out, CancellationToken.None);
    }

    app.UseShell().UseAccess();
    app.MapHealth();
    if (start.IsWeb)
    {
        app.MapAccess();
        app.MapMappings();
        app.MapWebhooks();
        app.MapDeadLetters();
        app.MapSync();
        app.MapConfiguration();
        app.MapShell();
    }

    return await start.RunAsync(app);
}
catch (Exception problem) when (WrongSettings.SentenceOf(problem) is { } sentence)
{
    await Console.Error.WriteLineAsync($"IntegrationConsole cannot start. {sentence}");
    return 1;
}

/// <summary>Named, so that tests can start it.</summary>
public partial class Program;
