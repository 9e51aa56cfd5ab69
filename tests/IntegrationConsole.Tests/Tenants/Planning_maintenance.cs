using IntegrationConsole.Tenants.Maintenance;

namespace IntegrationConsole.Tests.Tenants;

public sealed class Planning_maintenance
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_third_Tuesday_is_found_in_each_month()
    {
        var third = new Recurrence(Repeats.Monthly, new DateOnly(2026, 3, 1), new TimeOnly(22, 0), 120, [DayOfWeek.Tuesday], Nth: 3);

        Assert.Equal(["2026-03-17 21:00", "2026-04-21 20:00", "2026-05-19 20:00"], Starts(third, days: 90));
        Assert.Equal("the third Tuesday of each month, 22:00 for 2 hours", third.Words);
    }

    [Fact]
    public void The_last_Friday_is_the_fourth_or_the_fifth() => Assert.Equal(
        ["2026-03-27 21:00", "2026-04-24 20:00", "2026-05-29 20:00"],
        Starts(new Recurrence(Repeats.Monthly, new DateOnly(2026, 3, 1), new TimeOnly(22, 0), 60, [DayOfWeek.Friday], Nth: Recurrence.Last), days: 90));

    [Fact]
    public void A_time_of_day_that_the_clocks_skip_begins_when_they_go_on_and_one_that_comes_twice_begins_once()
    {
        var nightly = new Recurrence(Repeats.Daily, new DateOnly(2026, 3, 28), new TimeOnly(2, 30), 60, [], Until: new DateOnly(2026, 3, 30));
        var autumn = new Recurrence(Repeats.Daily, new DateOnly(2026, 10, 25), new TimeOnly(2, 30), 60, [], Until: new DateOnly(2026, 10, 25));

        // 02:30 does not exist on 29 March: it begins at 03:30 summer time.
        Assert.Equal(["2026-03-28 01:30", "2026-03-29 01:30", "2026-03-30 00:30"], Starts(nightly, days: 60));
        Assert.Equal(["2026-10-25 00:30"], Starts(autumn, days: 300));
    }

    [Fact]
    public void Some_days_of_the_week_come_round_until_the_last_day() => Assert.Equal(
        ["2026-03-04 05:00", "2026-03-07 05:00", "2026-03-11 05:00"],
        Starts(new Recurrence(Repeats.Weekly, new DateOnly(2026, 3, 2), new TimeOnly(6, 0), 30, [DayOfWeek.Wednesday, DayOfWeek.Saturday], Until: new DateOnly(2026, 3, 12)), days: 60));

    [Fact]
    public void One_that_began_before_midnight_and_still_goes_on_is_among_the_times() => Assert.Equal(
        ["2026-03-01 22:00"], Starts(new Recurrence(Repeats.Once, new DateOnly(2026, 3, 1), new TimeOnly(23, 0), 720, []), days: 1));

    [Theory]
    [InlineData("", 60, nameof(MaintenanceDraft.Reason))]
    [InlineData("update", 0, nameof(Recurrence.Minutes))]
    [InlineData("update", 20_000, nameof(Recurrence.Minutes))]
    public void What_cannot_be_meant_is_refused_at_its_field(string reason, int minutes, string field)
    {
        var draft = new MaintenanceDraft(MaintenanceScope.Tenant, null, reason, true, new Recurrence(Repeats.Once, new DateOnly(2026, 3, 3), new TimeOnly(23, 0), minutes, []), 15);

        Assert.Equal(field, Assert.Single(draft.Check(Berlin, Now)).Key);
    }

    [Fact]
    public void A_time_that_is_over_cannot_be_planned()
    {
        var draft = new MaintenanceDraft(MaintenanceScope.Tenant, null, "update", true, new Recurrence(Repeats.Once, new DateOnly(2026, 3, 1), new TimeOnly(23, 0), 60, []), 15);

        Assert.Equal("No such time lies ahead.", Assert.Single(draft.Check(Berlin, Now)).Value);
    }

    private static IEnumerable<string> Starts(Recurrence recurrence, int days) =>
        recurrence.Between(Now, Now.AddDays(days), Berlin).Select(slot => slot.From.ToString("yyyy-MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture));
}
