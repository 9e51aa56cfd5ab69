using System.Text.Json;
using IntegrationConsole.Connectors;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Health.Figures;
using Microsoft.Extensions.Logging.Abstractions;

namespace IntegrationConsole.Tests.Health;

public sealed class Recording_calls
{
    [Fact]
    public async Task Calls_are_added_up_by_minute_duration_and_outcome()
    {
        await using var health = await HealthWorld.StartAsync();
        using var recorder = await StartAsync(health);
        var meter = new CallMeter(health.Clock);
        var connection = await ConnectionAsync(health);

        Call(meter, health, connection, 0.02, succeeded: true);
        Call(meter, health, connection, 3, succeeded: false);
        Assert.True(await recorder.TrySaveAsync(default));
        Call(meter, health, connection, 0.02, succeeded: true);
        health.Clock.Advance(TimeSpan.FromMinutes(1));
        Call(meter, health, connection, 0.02, succeeded: true);
        await recorder.StopAsync(default);

        var minutes = await MinutesAsync(health);
        Assert.Equal([(3, 1), (1, 0)], minutes.Select(minute => ((int)minute.Calls, (int)minute.Failures)));
        Assert.Equal((2, 1, 3), (minutes[0].Durations[DurationBuckets.Of(0.02)], minutes[0].Durations[DurationBuckets.Of(3)], minutes[0].Durations.Sum()));
    }

    [Fact]
    public async Task An_outage_of_the_database_loses_no_call_and_disturbs_no_caller()
    {
        await using var health = await HealthWorld.StartAsync();
        using var recorder = await StartAsync(health);
        var meter = new CallMeter(health.Clock);
        var connection = await ConnectionAsync(health);

        await using (await Outage.BeginAsync(health.World.Console.Database))
        {
            for (var call = 0; call < 100; call++)
            {
                Call(meter, health, connection, 0.02, succeeded: true);
                if (call % 50 == 0)
                {
                    Assert.False(await recorder.TrySaveAsync(default));
                }
            }
        }

        Call(meter, health, connection, 0.02, succeeded: false);

        // Each pooled connection that was cut is found out when it is used.
        var saved = false;
        for (var attempt = 0; attempt < 10 && !saved; attempt++)
        {
            saved = await recorder.TrySaveAsync(default);
        }

        var minutes = await MinutesAsync(health);
        Assert.Equal((101, 1, 101), (minutes.Sum(minute => minute.Calls), minutes.Sum(minute => minute.Failures), minutes.Sum(minute => minute.Durations.Sum())));
        await recorder.StopAsync(default);
    }

    [Fact]
    public async Task What_waits_at_the_stop_is_saved_then()
    {
        await using var health = await HealthWorld.StartAsync();
        using var recorder = await StartAsync(health);
        Call(new CallMeter(health.Clock), health, await ConnectionAsync(health), 0.02, succeeded: true);

        await recorder.StopAsync(default);

        Assert.Equal(1, (await MinutesAsync(health)).Single().Calls);
    }

    [Fact]
    public async Task Calls_are_saved_every_few_seconds_by_themselves()
    {
        await using var health = await HealthWorld.StartAsync();
        using var recorder = await StartAsync(health);
        Call(new CallMeter(health.Clock), health, await ConnectionAsync(health), 0.02, succeeded: true);

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while ((await MinutesAsync(health)).Count == 0)
        {
            limit.Token.ThrowIfCancellationRequested();
            health.Clock.Advance(TimeSpan.FromSeconds(5));
            await Task.Yield();
        }

        await recorder.StopAsync(default);
    }

    [Fact]
    public async Task Calls_of_a_connection_that_is_gone_do_not_hold_up_the_others()
    {
        await using var health = await HealthWorld.StartAsync();
        using var recorder = await StartAsync(health);
        var meter = new CallMeter(health.Clock);
        var connection = await ConnectionAsync(health);

        Call(meter, health, connection with { Id = Guid.NewGuid() }, 0.02, succeeded: true);
        Call(meter, health, connection, 0.02, succeeded: true);

        Assert.True(await recorder.TrySaveAsync(default));
        Assert.Single(await MinutesAsync(health));
        await recorder.StopAsync(default);
    }

    [Fact]
    public async Task Calls_that_people_make_to_try_something_out_are_not_counted()
    {
        await using var health = await HealthWorld.StartAsync();
        using var recorder = await StartAsync(health);

        Call(new CallMeter(health.Clock), health, await ConnectionAsync(health) with { IsTrial = true }, 0.02, succeeded: false);
        await recorder.StopAsync(default);

        Assert.Empty(await MinutesAsync(health));
    }

    [Fact]
    public async Task Calls_of_replays_are_told_apart_and_are_calls_all_the_same()
    {
        await using var health = await HealthWorld.StartAsync();
        using var recorder = await StartAsync(health);
        var (meter, connection) = (new CallMeter(health.Clock), await ConnectionAsync(health));
        foreach (var isReplay in (bool[])[true, false, true, false, false])
        {
            Call(meter, health, connection with { IsReplay = isReplay }, 0.02, succeeded: true);
        }

        Assert.True(await recorder.TrySaveAsync(default));
        Call(meter, health, connection with { IsReplay = true }, 0.02, succeeded: true);
        await recorder.StopAsync(default);

        var calls = (await new FigureStore(health.World.Console.Database, health.World.Console.Get<DeadLetterStore>(), health.Clock).ConnectionCallsAsync(health.World.Tenant, health.Clock.GetUtcNow(), default)).Single();
        Assert.Equal((6, 3, 3), (calls.Hour, calls.HourOfReplays, calls.DayOfReplays));
    }

    [Fact]
    public void What_waits_for_long_gets_coarser_and_never_less()
    {
        var tally = new CallTally(most: 10);
        var (tenant, connection, start) = (new TenantId(Guid.NewGuid()), Guid.NewGuid(), new DateTimeOffset(2026, 3, 2, 8, 0, 0, TimeSpan.Zero));
        for (var minute = 0; minute < 60; minute++)
        {
            tally.Count(tenant, connection, start.AddMinutes(minute), 0.02, succeeded: minute % 2 == 0);
        }

        tally.PutBack(tally.Take());

        Assert.Equal(6, tally.Waiting);
        var counts = tally.Take();
        Assert.Equal((60, 30, 60), (counts.Values.Sum(count => count.Calls), counts.Values.Sum(count => count.Failures), counts.Values.Sum(count => count.Durations.Sum())));
    }

    private static async Task<CallRecorder> StartAsync(HealthWorld health)
    {
        var recorder = new CallRecorder(health.World.Console.Database, health.Clock, NullLogger<CallRecorder>.Instance);
        await recorder.StartAsync(default);
        return recorder;
    }

    private static async Task<OpenConnection> ConnectionAsync(HealthWorld health)
    {
        var connection = (await health.World.Console.Get<ConnectionStore>().ListAsync(health.World.Tenant, default)).Single();
        return new OpenConnection(health.World.Tenant, connection.Id, connection.Name, connection.Kind, JsonSerializer.SerializeToElement(new { }), new NoAuthentication());
    }

    private static void Call(CallMeter meter, HealthWorld health, OpenConnection connection, double seconds, bool succeeded) =>
        meter.Record(connection, health.Clock.GetTimestamp() - (long)(seconds * health.Clock.TimestampFrequency), succeeded);

    private static async Task<IReadOnlyList<Minute>> MinutesAsync(HealthWorld health)
    {
        await using var session = await health.World.Console.Database.InTenantAsync(health.World.Tenant, default);
        return await session.ListAsync<Minute>("select calls, failures, durations from connection_minute where tenant_id = @tenant order by minute", new { tenant = health.World.Tenant }, default);
    }

    private sealed class Minute
    {
        public long Calls { get; init; }

        public long Failures { get; init; }

        public int[] Durations { get; init; } = [];
    }
}
