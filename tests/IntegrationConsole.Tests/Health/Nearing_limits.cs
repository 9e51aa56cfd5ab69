using IntegrationConsole.Connectors.Budgets;
using IntegrationConsole.Health.Limits;
using IntegrationConsole.Health.Verdicts;
using IntegrationConsole.Tenants;
using IntegrationConsole.Tests.Support;
using static IntegrationConsole.Tests.Health.Given;

namespace IntegrationConsole.Tests.Health;

public sealed class Nearing_limits
{
    private static readonly TenantId North = new(Guid.Parse("00000000-0000-7000-8000-000000000001"));
    private static readonly Guid Shop = Guid.Parse("00000000-0000-7000-8000-000000000002");

    [Theory]
    [InlineData(4, 800, false)]
    [InlineData(5, 799, false)]
    [InlineData(5, 800, true)]
    [InlineData(15, 1_000, true)]
    public void A_limit_by_the_minute_comes_near_when_several_of_the_last_minutes_took_four_fifths_of_it(int minutes, long taken, bool isNear) =>
        Assert.Equal(isNear, LimitWarnings.Of(North, [Pace(LimitKind.RecordsPerMinute, minutes, taken)], null).Any());

    [Fact]
    public void It_is_told_with_what_shows_it_and_one_thing_to_do()
    {
        var near = LimitWarnings.Of(
            North, [Pace(LimitKind.RecordsPerMinute, 7, 950), Pace(LimitKind.CallsPerMinute, 14, 1_000), Pace(LimitKind.BudgetPerMinute, 5, 900) with { Owner = "Shop key", Connection = Shop }], null);

        Assert.Equal(
            [
                "Records per minute: 7 of the last 15 minutes took more than 80 % of 1,000 records, the busiest 950. At the limit they wait. See who takes them: /metrics",
                "Calls per minute: 14 of the last 15 minutes took more than 80 % of 1,000 calls, the busiest 1,000. At the limit they wait. See who makes them: /circuits?tab=budgets",
                $"Calls per minute of Shop key: 5 of the last 15 minutes took more than 80 % of 1,000 calls, the busiest 900. At the limit they wait. Slow backfills down…: /circuits?tab=budgets&slow={Shop}",
            ],
            near.Select(Words));
    }

    [Theory]
    [InlineData(50, 1, "")]
    [InlineData(50, 10, "Room for dead letters: 50 % of 100 MB is used. At the last day’s pace it is used up in 5 days; runs that set more aside stop then. Replay or discard letters: /failures")]
    [InlineData(85, 0, "Room for dead letters: 85 % of 100 MB is used. Runs that set more aside stop when it is used up. Replay or discard letters: /failures")]
    public void Room_for_dead_letters_comes_to_its_end_by_what_is_used_or_by_its_pace(long used, long added, string words) =>
        Assert.Equal(words, string.Join(' ', LimitWarnings.Of(North, [], new RoomFact(used * TenantQuota.Megabyte, added * TenantQuota.Megabyte, 100 * TenantQuota.Megabyte)).Select(Words)));

    [Theory]
    [InlineData(0.49, 60, null)]
    [InlineData(0.5, 60, "At the pace of the last 15 minutes the day's calls run out by 10:00; there are more at 3 Mar, 01:00.")]
    [InlineData(0.5, 2_000, null)]
    public void A_days_calls_that_will_not_last_are_told_before_most_of_them_are_used(double used, int minutesLeft, string? words)
    {
        var reset = CallBudget.DayOf(Now).AddDays(1);
        var lasts = Now.AddMinutes(minutesLeft) < reset;
        var facts = Connection() with { Budget = new BudgetFact(used, "the day's calls", Now) { Day = new BudgetForecast(lasts ? Now.AddMinutes(minutesLeft) : null, reset) } };

        var finding = ConnectionVerdicts.Judge(facts, Now).Findings.SingleOrDefault(finding => finding.Dimension is HealthDimension.Budget);

        Assert.Equal(words, finding is null ? null : Words(finding.Reason));
        Assert.Equal(words is null ? null : HealthState.Degraded, finding?.State);
    }

    [Fact]
    public async Task Triage_tells_of_a_tenants_limits_those_who_may_see_it_and_of_a_days_calls_that_will_not_last_on_a_card()
    {
        await using var health = await HealthWorld.StartAsync();
        var console = health.World.Console;
        var other = await console.GivenATenantAsync();
        foreach (var tenant in new[] { health.World.Tenant, other })
        {
            await console.Get<QuotaStore>().UpdateAsync(tenant, 0, new QuotaSettings(null, 100, 50, null), TestConsole.Somebody, default);
        }

        var now = health.Clock.GetUtcNow();
        await health.ExecuteAsync($$"""
            update connection set kind = 'rest', settings = '{"callsPerDay":"1000"}';
            insert into call_budget (tenant_id, id, per_day, per_minute, second_at, minute_at, day, day_used, told_at, free_at)
            select tenant_id, id, 1000, 45, timestamptz '{{now:O}}', timestamptz '{{now:O}}', timestamptz '{{CallBudget.DayOf(now):O}}', 600, timestamptz '{{now:O}}', timestamptz '{{now:O}}' from connection;
            insert into sync_minute (tenant_id, sync_id, minute, records_read, written, unchanged, filtered, rejected, failed, unknown)
            select tenant_id, id, date_trunc('minute', timestamptz '{{now:O}}') - n * interval '1 minute', 90, 90, 0, 0, 0, 0, 0 from sync_definition, generate_series(1, 6) n
            """);
        for (var minute = 1; minute <= 6; minute++)
        {
            await health.GivenCallsAsync(now.AddMinutes(-minute), 45, 0);
        }

        await health.LookAsync();
        var view = await health.Triage().ReadAsync([health.World.Tenant], default);
        var others = await health.Triage().ReadAsync([other], default);

        Assert.Equal([LimitKind.RecordsPerMinute, LimitKind.CallsPerMinute, LimitKind.BudgetPerMinute], view.Aside.Limits.Select(warning => warning.Kind));
        Assert.All(view.Aside.Limits, warning => Assert.Equal(health.World.Tenant, warning.TenantId));
        Assert.Empty(others.Aside.Limits);
        var cause = Assert.Single(view.Picture.Causes);
        Assert.Equal(("Calls run short", "Slow down…"), (cause.Title, cause.Remedy.Words));
        Assert.StartsWith("At the pace of the last 15 minutes the day's calls run out by", cause.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Room_for_dead_letters_is_told_of_each_tenant_of_a_fleet_and_counted_once_a_minute()
    {
        await using var health = await HealthWorld.StartAsync();
        var console = health.World.Console;
        var (full, other) = (health.World.Tenant, await console.GivenATenantAsync());
        foreach (var tenant in new[] { full, other })
        {
            await console.Get<QuotaStore>().UpdateAsync(tenant, 0, new QuotaSettings(null, null, null, 10), TestConsole.Somebody, default);
        }

        var now = health.Clock.GetUtcNow();
        await health.ExecuteAsync($"""
            insert into dead_letter (tenant_id, id, sync_id, record_key, stage, cause, outcome, code, field, message, state, attempts, mapping_version, payload, payload_size, payload_print,
                first_run_id, last_run_id, first_failed_at, last_failed_at, version)
            select tenant_id, gen_random_uuid(), id, n::text, 'Map', 'Mapping', 'Rejected', '', '', '', 'Waiting', 1, 1, '', 1048576, '', gen_random_uuid(), gen_random_uuid(), at, at, 1
            from sync_definition, generate_series(1, 9) n, lateral (select timestamptz '{now:O}' - case when n = 1 then interval '1 hour' else interval '3 days' end as at) t
            """);
        var limits = new LimitReader(console.Database, console.Get<QuotaStore>(), console.Get<IntegrationConsole.DeadLetters.Retention.ExpiringLetters>(), health.Clock);

        var fleet = await limits.ReadAsync([full, other], default);
        var alone = await limits.ReadAsync([full], default);
        await health.ExecuteAsync("update dead_letter set state = 'Discarded', closed_at = now()");
        health.Clock.Advance(TimeSpan.FromSeconds(59));
        var soon = await limits.ReadAsync([full, other], default);
        var others = await limits.ReadAsync([other], default);
        health.Clock.Advance(TimeSpan.FromSeconds(1));
        var later = await limits.ReadAsync([full, other], default);

        var warning = Assert.Single(fleet);
        Assert.Equal((full, "90 % of 10 MB is used. At the last day’s pace it is used up in 24 hours; runs that set more aside stop then."), (warning.TenantId, warning.Evidence));
        Assert.Equal(fleet, alone);
        Assert.Equal(fleet, soon);
        Assert.Empty(others);
        Assert.Empty(later);
    }

    private static PaceFact Pace(LimitKind kind, int minutes, long taken) => new(kind, "", 1_000, [.. Enumerable.Repeat(taken, minutes), 10]);

    private static string Words(LimitWarning warning) => $"{warning.Limit}: {warning.Evidence} {warning.Remedy}: {warning.Path}";

    private static string Words(string reason) => Given.Words(reason);
}
