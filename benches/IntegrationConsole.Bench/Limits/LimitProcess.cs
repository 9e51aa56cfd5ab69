using System.Diagnostics;
using System.Text.Json;

namespace IntegrationConsole.Bench.Limits;

/// <summary>
/// The other side, as a process of its own: what somebody writes by hand for each of these jobs with HttpClient,
/// System.Text.Json and Npgsql, reading and writing at the same time, with no product around it.
/// </summary>
internal static class LimitProcess
{
    public static async Task<int> RunAsync()
    {
        Console.WriteLine("ready");
        while (await Console.In.ReadLineAsync() is { } line)
        {
            var job = JsonSerializer.Deserialize<LimitJob>(line)!;
            var started = Stopwatch.GetTimestamp();
            var (records, bad) = job.Name switch
            {
                "rest-to-postgres" => await RestToPostgres.RunAsync(job),
                "csv-to-postgres" => await CsvToPostgres.RunAsync(job),
                "postgres-to-rest" => await PostgresToRest.RunAsync(job),
                "items" => await BareItems.RunAsync(job),
                _ => throw new InvalidOperationException($"There is no limit of {job.Name}."),
            };
            Console.WriteLine(JsonSerializer.Serialize(new LimitResult(records, bad, Stopwatch.GetElapsedTime(started).TotalSeconds)));
        }

        return 0;
    }
}
