using System.Diagnostics;
using IntegrationConsole.Access;
using IntegrationConsole.Database;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace IntegrationConsole.Journeys.AccessWalk;

/// <summary>What the console answers, and to whom, as it says itself: its own program is started here and asked.</summary>
internal static class ConsoleEndpoints
{
    public const string Anyone = "anyone";
    public const string SignedIn = "signed in";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>A line for each address: its methods, the route, and what it needs.</summary>
    public static async Task<IReadOnlyList<string>> ListAsync()
    {
        var endpoints = await StartAndAskAsync();

        // The build's own output serves assets straight from the sources as well; a published console does not.
        return [.. endpoints.OfType<RouteEndpoint>().Where(endpoint => endpoint.RoutePattern.RawText != "{**path:file}").Select(Describe).Distinct().Order(StringComparer.Ordinal)];
    }

    private static async Task<IReadOnlyList<Microsoft.AspNetCore.Http.Endpoint>> StartAndAskAsync()
    {
        var folder = Directory.CreateTempSubdirectory("console-routes-").FullName;
        try
        {
            var built = new TaskCompletionSource<IHost>(TaskCreationOptions.RunContinuationsAsynchronously);
            using var listening = DiagnosticListener.AllListeners.Subscribe(new Watcher<DiagnosticListener>(listener =>
            {
                if (listener.Name == "Microsoft.Extensions.Hosting")
                {
                    listener.Subscribe(new Watcher<KeyValuePair<string, object?>>(message => Take(message, built)));
                }
            }));
            string[] arguments = ["--applicationName=IntegrationConsole", "--environment=Production", "--urls=http://127.0.0.1:0", $"--Console:DataFolder={folder}"];
            var program = Task.Factory.StartNew(() => typeof(Program).Assembly.EntryPoint!.Invoke(null, [arguments]), TaskCreationOptions.LongRunning);
            var host = await Task.WhenAny(built.Task, program).WaitAsync(Patience) == program
                ? throw new InvalidOperationException("The console did not start.")
                : await built.Task;
            var lifetime = host.Services.GetRequiredService<IHostApplicationLifetime>();
            var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            lifetime.ApplicationStarted.Register(started.SetResult);
            await started.Task.WaitAsync(Patience);
            var endpoints = host.Services.GetRequiredService<EndpointDataSource>().Endpoints;
            lifetime.StopApplication();
            await program.WaitAsync(Patience);
            return endpoints;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Pretended outside systems are hosts of this process as well.</summary>
    private static void Take(KeyValuePair<string, object?> message, TaskCompletionSource<IHost> built)
    {
        if (message is { Key: "HostBuilt", Value: IHost host } && host.Services.GetService<ConsoleDatabase>() is not null)
        {
            built.TrySetResult(host);
        }
    }

    private static string Describe(RouteEndpoint endpoint)
    {
        var methods = string.Join(",", endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Order(StringComparer.Ordinal) ?? (IEnumerable<string>)["any"]);
        var isAsset = endpoint.Metadata.GetMetadata<StaticAssetDescriptor>() is not null;
        var isOpen = endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null;
        var needs = (endpoint.Metadata.GetMetadata<AllowAttribute>()?.Permission, isOpen) switch
        {
            ({ } permission, true) => $"{permission}, asked by itself",
            ({ } permission, false) => $"{permission}",
            (null, true) => Anyone,
            (null, false) => SignedIn,
        };
        return isAsset ? $"GET,HEAD  (static assets)  {needs}" : $"{methods}  /{endpoint.RoutePattern.RawText!.TrimStart('/')}  {needs}";
    }

    private sealed class Watcher<T>(Action<T> see) : IObserver<T>
    {
        public void OnNext(T value) => see(value);

        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }
    }
}
