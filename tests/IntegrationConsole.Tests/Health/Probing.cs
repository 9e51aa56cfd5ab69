using System.Net;
using System.Net.Http.Json;

namespace IntegrationConsole.Tests.Health;

public sealed class Probing
{
    [Fact]
    public async Task A_node_with_all_it_needs_is_ready()
    {
        await using var site = await HealthSite.StartAsync();

        Assert.Equal("live", (await site.Client.GetFromJsonAsync<Answer>("/health/live"))!.Status);
        var (status, answer) = await ReadyAsync(site, HttpStatusCode.OK);

        Assert.Equal((HttpStatusCode.OK, "ready"), (status, answer.Status));
        Assert.Equal(["database", "listener", "scheduler"], answer.Checks!.Keys.Order());
        Assert.All(answer.Checks.Values, word => Assert.Equal("ok", word));
    }

    [Fact]
    public async Task Without_the_database_a_node_is_live_and_not_ready_and_recovers()
    {
        await using var site = await HealthSite.StartAsync();
        await ReadyAsync(site, HttpStatusCode.OK);

        await using (await Outage.BeginAsync(site.Database))
        {
            var (status, answer) = await ReadyAsync(site, HttpStatusCode.ServiceUnavailable);

            Assert.Equal((HttpStatusCode.ServiceUnavailable, "not ready", "unreachable"), (status, answer.Status, answer.Checks!["database"]));
            Assert.Equal(HttpStatusCode.OK, (await site.Client.GetAsync("/health/live")).StatusCode);
        }

        Assert.Equal("ready", (await ReadyAsync(site, HttpStatusCode.OK)).Answer.Status);
    }

    [Fact]
    public async Task A_database_of_another_shape_is_not_ready()
    {
        await using var site = await HealthSite.StartAsync();
        await using (var command = site.Database.Source.CreateCommand("delete from schema_version where name = '0009_where_it_failed.sql'"))
        {
            await command.ExecuteNonQueryAsync();
        }

        var (status, answer) = await ReadyAsync(site, HttpStatusCode.ServiceUnavailable);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "outdated"), (status, answer.Checks!["database"]));
    }

    [Fact]
    public async Task A_database_that_hangs_is_told_within_the_time_a_probe_waits()
    {
        await using var site = await HealthSite.StartAsync();
        await using var holder = await site.Database.Source.OpenConnectionAsync();
        await using var transaction = await holder.BeginTransactionAsync();
        await using (var command = new Npgsql.NpgsqlCommand("lock table schema_version", holder, transaction))
        {
            await command.ExecuteNonQueryAsync();
        }

        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        var answer = await site.Client.GetAsync("/health/ready");

        Assert.Equal("slow", (await answer.Content.ReadFromJsonAsync<Answer>())!.Checks!["database"]);
        Assert.InRange(System.Diagnostics.Stopwatch.GetElapsedTime(started).TotalSeconds, 1.9, 60);
    }

    [Fact]
    public async Task A_node_without_work_needs_no_scheduler()
    {
        await using var site = await HealthSite.StartAsync(isWorker: false);

        Assert.Equal(["database", "listener"], (await ReadyAsync(site, HttpStatusCode.OK)).Answer.Checks!.Keys.Order());
    }

    /// <summary>The listener may still be on its way when the first answer is given: asks until the expected one comes, for a while.</summary>
    private static async Task<(HttpStatusCode Status, Answer Answer)> ReadyAsync(HealthSite site, HttpStatusCode expected)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (true)
        {
            using var response = await site.Client.GetAsync("/health/ready", limit.Token);
            if (response.StatusCode == expected)
            {
                return (response.StatusCode, (await response.Content.ReadFromJsonAsync<Answer>(limit.Token))!);
            }
        }
    }

    private sealed record Answer(string Status, Dictionary<string, string>? Checks);
}
