using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Quartz;

namespace IntegrationConsole.Bench.Limits;

/// <summary>When one job was asked for, began and ended, in Unix milliseconds.</summary>
internal sealed record BareRun(double Asked, double Started, double Ended);

/// <summary>
/// The scheduler as it is used without a product: a clustered PostgreSQL store with the console's settings, one trigger for
/// each run, and a job that copies a small table by hand.
/// </summary>
internal static class BareQuartz
{
    public const string AskedKey = "asked";
    public const string SourceKey = "source";

    /// <summary>How long it waits before it looks for work again, where nobody in its own process has asked.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromSeconds(2);

    public static double Now => (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalMilliseconds;

    /// <summary>A scheduler of that store; the one that asks is never started.</summary>
    public static IHost Build(string database, string name, int threads, bool isWorker)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<DbDataSource>(NpgsqlDataSource.Create(database));
        builder.Services.AddSingleton(provider => (NpgsqlDataSource)provider.GetRequiredService<DbDataSource>());
        builder.Services.AddSingleton<ConcurrentQueue<BareRun>>();
        builder.Services.AddQuartz(quartz =>
        {
            quartz.ConfigureScheduler(scheduler =>
            {
                (scheduler.InstanceName, scheduler.InstanceId) = ("bare", name);
                scheduler.IdleWaitTime = Idle;
            });
            quartz.UseDefaultThreadPool(threads);
            quartz.UsePersistentStore(store =>
            {
                store.UsePostgres(postgres => postgres.UseRegisteredDataSource = true);
                store.UseSystemTextJsonSerializer();
                store.ConfigureStore(options => (options.TablePrefix, options.StoreJobDataAsStrings) = ("bare.qrtz_", true));
                store.UseClustering(cluster => (cluster.CheckinInterval, cluster.CheckinMisfireThreshold) = (TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(3)));
                store.ProvisionSchema();
            });
        });
        if (isWorker)
        {
            builder.Services.AddQuartzHostedService(hosting => hosting.WaitForJobsToComplete = true);
        }

        return builder.Build();
    }

    /// <summary>Works until it is told to go, and says what it has run whenever it is asked.</summary>
    public static async Task<int> RunAsync(string database, int threads)
    {
        using var host = Build(database, "worker", threads, isWorker: true);
        await host.StartAsync();
        Console.WriteLine("ready");
        var runs = host.Services.GetRequiredService<ConcurrentQueue<BareRun>>();
        while (await Console.In.ReadLineAsync() is { } line)
        {
            // The number of runs to wait for.
            var (wanted, since) = (int.Parse(line, CultureInfo.InvariantCulture), Stopwatch.GetTimestamp());
            while (runs.Count < wanted && Stopwatch.GetElapsedTime(since) < TimeSpan.FromMinutes(5))
            {
                await Task.Delay(50);
            }

            var done = new List<BareRun>();
            while (runs.TryDequeue(out var run))
            {
                done.Add(run);
            }

            Console.WriteLine(JsonSerializer.Serialize(done));
        }

        await host.StopAsync();
        return 0;
    }
}

/// <summary>Reads the small table and writes it into its own, changing only what is different.</summary>
internal sealed class BareJob(NpgsqlDataSource database, ConcurrentQueue<BareRun> runs) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        var started = BareQuartz.Now;
        var asked = double.Parse((string)context.MergedJobDataMap[BareQuartz.AskedKey]!, CultureInfo.InvariantCulture);
        var source = (string)context.MergedJobDataMap[BareQuartz.SourceKey]!;
        var (ids, names) = (new List<int>(), new List<string>());
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using (var read = new NpgsqlCommand($"select id, name from {source} order by id", connection))
        await using (var rows = await read.ExecuteReaderAsync(cancellationToken))
        {
            while (await rows.ReadAsync(cancellationToken))
            {
                ids.Add(rows.GetInt32(0));
                names.Add(rows.GetString(1));
            }
        }

        await using var write = new NpgsqlCommand($"""
            insert into bare_{context.JobDetail.Key.Name} as t (id, name) select * from unnest($1, $2)
            on conflict (id) do update set name = excluded.name where t.name is distinct from excluded.name
            """, connection);
        write.Parameters.AddWithValue(ids.ToArray());
        write.Parameters.AddWithValue(names.ToArray());
        await write.ExecuteNonQueryAsync(cancellationToken);
        runs.Enqueue(new BareRun(asked, started, BareQuartz.Now));
    }
}
