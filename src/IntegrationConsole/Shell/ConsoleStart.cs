using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using IntegrationConsole.Access;
using IntegrationConsole.Configuration.Sample;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Logging.Abstractions;

namespace IntegrationConsole.Shell;

/// <summary>What has to be known before anything is built, and what is said when everything runs.</summary>
public sealed partial record ConsoleStart(DatabaseOptions Database, string? ConnectionString, bool IsWeb, bool IsWorker, bool HasSample)
{
    public static ConsoleStart Read(IConfiguration configuration)
    {
        var database = configuration.GetSection(DatabaseOptions.Section).Get<DatabaseOptions>() ?? new DatabaseOptions();
        var roles = (configuration[$"{DatabaseOptions.Section}:Roles"] ?? "web,worker").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (roles.Length == 0 || roles.Except(["web", "worker"], StringComparer.OrdinalIgnoreCase).Any())
        {
            throw new StartProblem("Console__Roles holds web, worker, or both with a comma between them.");
        }

        return new ConsoleStart(
            database, configuration.GetConnectionString("Console"), roles.Contains("web", StringComparer.OrdinalIgnoreCase), roles.Contains("worker", StringComparer.OrdinalIgnoreCase),
            configuration.GetValue($"{DatabaseOptions.Section}:Sample", false));
    }

    /// <summary>Before anything is started for nothing: whether the address is free.</summary>
    public static void RequireFreeAddress(IConfiguration configuration)
    {
        foreach (var address in AddressesOf(configuration))
        {
            if (!Uri.TryCreate(Everywhere().Replace(address, "0.0.0.0"), UriKind.Absolute, out var url))
            {
                throw new StartProblem($"{address} in ASPNETCORE_URLS is not an address such as http://localhost:5080.");
            }

            try
            {
                using var listener = new TcpListener(url.IsLoopback ? IPAddress.Loopback : IPAddress.Any, url.Port);
                listener.Start();
            }
            catch (SocketException busy) when (busy.SocketErrorCode is SocketError.AddressAlreadyInUse)
            {
                throw InUse(FromHere(address), busy);
            }
            catch (SocketException refused) when (refused.SocketErrorCode is SocketError.AccessDenied)
            {
                throw new StartProblem($"Port {url.Port} may only be used by root: choose another address with ASPNETCORE_URLS, such as http://localhost:5080.", refused);
            }
        }
    }

    /// <summary>Ports count only where no address is named, as in the container image.</summary>
    private static IEnumerable<string> AddressesOf(IConfiguration configuration)
    {
        IEnumerable<string> Listed(string setting) => (configuration[setting] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var addresses = Listed("urls").ToList();
        return addresses.Count > 0 ? addresses : Listed("http_ports").Select(port => $"http://*:{port}").Concat(Listed("https_ports").Select(port => $"https://*:{port}"));
    }

    public static Random Randomness() => new(RandomNumberGenerator.GetInt32(int.MaxValue));

    public Task<ConsoleDatabase> OpenDatabaseAsync(bool keepRunning) =>
        DatabaseStart.OpenAsync(ConnectionString, Database, keepRunning, NullLoggerFactory.Instance, CancellationToken.None);

    /// <summary>Starts, says where, and stays until it is told to stop.</summary>
    public async Task<int> RunAsync(WebApplication app)
    {
        try
        {
            await app.StartAsync();
        }
        catch (IOException busy) when (busy.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            throw InUse(app.Configuration["urls"] ?? "the address", busy);
        }

        var address = FromHere(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "");
        var sample = HasSample && Uri.TryCreate(address, UriKind.Absolute, out var here) ? await app.Services.GetRequiredService<SampleWorkspace>().EnsureAsync(here, CancellationToken.None) : null;
        await SayAsync(app, address);
        if (sample is not null)
        {
            // Behind the address: it waits for the sample's runs.
            await app.Services.GetRequiredService<SampleColleague>().VisitAsync(sample, app.Lifetime.ApplicationStopping);
        }

        await app.WaitForShutdownAsync();
        return 0;
    }

    /// <summary>An address that a browser on this machine can open: one that stands for all addresses cannot be called.</summary>
    internal static string FromHere(string address) => Everywhere().Replace(address, "localhost");

    [GeneratedRegex(@"(?<=://)(\*|\+|0\.0\.0\.0|\[::\])(?=[:/]|$)", RegexOptions.ExplicitCapture)]
    private static partial Regex Everywhere();

    private static StartProblem InUse(string address, Exception busy) =>
        new($"Another program uses {address}: stop it, or choose another address with ASPNETCORE_URLS, such as http://localhost:5081.", busy);

    private static async Task SayAsync(WebApplication app, string address)
    {
        await using var scope = app.Services.CreateAsyncScope();
        var links = scope.ServiceProvider.GetRequiredService<AccessLinks>();
        var output = Console.Out;
        await output.WriteLineAsync();
        await output.WriteLineAsync($"  IntegrationConsole is running at {address}");
        if (await links.NeedsFirstAdministratorAsync(CancellationToken.None))
        {
            await output.WriteLineAsync();
            await output.WriteLineAsync("  Nobody can sign in yet. Choose the first administrator's password here (works once):");
            await output.WriteLineAsync($"  {address}{await links.CreateAsync(null, CancellationToken.None)}");
        }

        await output.WriteLineAsync();
        await output.WriteLineAsync("  Ctrl-C stops it.");
        await output.WriteLineAsync();
        await output.FlushAsync();
    }
}
