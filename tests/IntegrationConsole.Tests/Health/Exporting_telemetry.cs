using System.Collections.Concurrent;
using System.Text;
using IntegrationConsole.Sync.Schedules;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Quartz;

namespace IntegrationConsole.Tests.Health;

public sealed class Exporting_telemetry
{
    [Fact]
    public async Task Traces_and_metrics_reach_a_collector_that_is_named()
    {
        await using var collector = await Collector.StartAsync();
        await using (var site = await HealthSite.StartAsync(new() { ["Telemetry:OtlpEndpoint"] = collector.Address }))
        {
            await site.Client.GetAsync("/health/ready");
            await site.EvaluateAsync();
            var scheduler = await site.Get<ISchedulerFactory>().GetScheduler(default);
            await scheduler.AddJob(JobBuilder.Create<SyncJob>().WithIdentity("exported").StoreDurably().Build(), AddJobOptions.Replacing, default);
            await site.StopAsync();
        }

        Assert.Contains("integration-console", collector.Received("/v1/traces"));
        Assert.Contains("/health/ready", collector.Received("/v1/traces"));
        Assert.Contains("postgresql", collector.Received("/v1/traces"));
        Assert.Contains("http.server.request.duration", collector.Received("/v1/metrics"));
        Assert.Contains("quartz.jobstore.operation.duration", collector.Received("/v1/metrics"));
        Assert.Contains("dotnet.gc.", collector.Received("/v1/metrics"));
        Assert.DoesNotContain("db.client.connection.pool.name", collector.Received("/v1/metrics"));
        Assert.All(collector.ContentTypes, type => Assert.Equal("application/x-protobuf", type));
    }

    [Fact]
    public async Task A_collector_that_is_away_delays_nothing_but_the_stop()
    {
        await using var site = await HealthSite.StartAsync(new() { ["Telemetry:OtlpEndpoint"] = "http://127.0.0.1:9" }, isWorker: false);

        Assert.True((await site.Client.GetAsync("/health/live")).IsSuccessStatusCode);
        await site.StopAsync().WaitAsync(TimeSpan.FromSeconds(20));
    }

    /// <summary>Takes what is posted to it, as a collector would.</summary>
    private sealed class Collector : IAsyncDisposable
    {
        private readonly ConcurrentDictionary<string, StringBuilder> _received = new();
        private readonly WebApplication _app;

        private Collector()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            builder.Logging.ClearProviders();
            _app = builder.Build();
            _app.MapPost("/v1/{signal}", async (HttpRequest request) =>
            {
                using var body = new MemoryStream();
                await request.Body.CopyToAsync(body);
                ContentTypes.Add(request.ContentType ?? "");
                lock (_received)
                {
                    _received.GetOrAdd(request.Path, _ => new StringBuilder()).Append(Encoding.Latin1.GetString(body.ToArray()));
                }

                return Results.Bytes([], "application/x-protobuf");
            });
        }

        public string Address => _app.Urls.First();

        public ConcurrentBag<string> ContentTypes { get; } = [];

        public static async Task<Collector> StartAsync()
        {
            var collector = new Collector();
            await collector._app.StartAsync();
            return collector;
        }

        /// <summary>Everything that came to a path; names inside protobuf are readable.</summary>
        public string Received(string path) => _received.TryGetValue(path, out var text) ? text.ToString() : "";

        public ValueTask DisposeAsync() => _app.DisposeAsync();
    }
}
