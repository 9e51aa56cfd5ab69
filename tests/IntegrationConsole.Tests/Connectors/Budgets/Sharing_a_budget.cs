using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Budgets;
using IntegrationConsole.Tests.Connectors.Circuits;
using OutsideWorld;

namespace IntegrationConsole.Tests.Connectors.Budgets;

public sealed class Sharing_a_budget
{
    [Fact]
    public async Task Ten_calls_a_second_are_kept_by_two_nodes_together()
    {
        await using var world = await CircuitWorld.StartAsync(new JsonObject { ["callsPerSecond"] = 10 }, isInRealTime: true);
        Assert.Null(await world.CallAsync(world.One));
        Assert.Null(await world.CallAsync(world.Other));
        var started = Stopwatch.GetTimestamp();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(async worker =>
        {
            for (var call = 0; call < 5; call++)
            {
                Assert.Null(await world.CallAsync(worker % 2 == 0 ? world.One : world.Other));
            }
        }));

        Assert.Equal(42, world.Seen);
        Assert.InRange(Stopwatch.GetElapsedTime(started).TotalSeconds, 40 / 11.0, 30);
    }

    [Theory]
    [InlineData(LimitFields.XSeconds)]
    [InlineData(LimitFields.XMoment)]
    [InlineData(LimitFields.Drafted)]
    public async Task A_system_that_tells_its_limit_never_has_to_refuse(LimitFields fields)
    {
        await using var world = await CircuitWorld.StartAsync(isInRealTime: true);
        world.Server.Limits.Limit = new RateLimit("/api", 20, TimeSpan.FromSeconds(3), fields);

        for (var call = 0; call < 45; call++)
        {
            Assert.Null(await world.CallAsync(call % 2 == 0 ? world.One : world.Other));
        }

        Assert.Equal((45, 0), (world.Seen, world.Server.Limits.Refused));
    }

    [Fact]
    public async Task A_call_that_waits_for_the_budget_is_none_that_the_system_failed()
    {
        await using var world = await CircuitWorld.StartAsync(new JsonObject { ["callsPerDay"] = 1 });
        var measured = new List<bool>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Name == CallMeter.Instrument)
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>((_, _, tags, _) =>
        {
            var byName = tags.ToArray().ToDictionary(tag => tag.Key, tag => tag.Value);
            if (Equals(byName["connection"], world.Connection))
            {
                measured.Add((bool)byName["succeeded"]!);
            }
        });
        listener.Start();
        Assert.Null(await world.CallAsync(world.One));

        Assert.NotNull((await world.CallAsync(world.One))?.Hold);

        Assert.Equal([true], measured);
    }

    [Fact]
    public async Task Without_any_limit_no_budget_is_kept()
    {
        await using var world = await CircuitWorld.StartAsync();

        for (var call = 0; call < 10; call++)
        {
            Assert.Null(await world.CallAsync(world.One));
        }

        Assert.Empty(await world.One.Get<BudgetStore>().ListAsync(world.Tenant, default));
    }

    [Fact]
    public async Task A_day_that_is_used_up_holds_calls_until_the_next()
    {
        await using var world = await CircuitWorld.StartAsync(new JsonObject { ["callsPerDay"] = 3 });
        for (var call = 0; call < 3; call++)
        {
            Assert.Null(await world.CallAsync(call % 2 == 0 ? world.One : world.Other));
        }

        var held = await world.CallAsync(world.One);
        world.Clock.Advance(TimeSpan.FromDays(1));

        Assert.Equal(new DateTimeOffset(2026, 3, 3, 0, 0, 0, TimeSpan.Zero), held?.Hold?.Until);
        Assert.Contains("Waits for the call budget of erp", held?.Sentence);
        Assert.Equal(3, world.Seen);
        Assert.Null(await world.CallAsync(world.One));
    }
}
