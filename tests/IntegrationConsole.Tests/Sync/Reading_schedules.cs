using System.Globalization;
using System.Text.Json;
using IntegrationConsole.Sync.Schedules;

namespace IntegrationConsole.Tests.Sync;

public sealed class Reading_schedules
{
    [Theory]
    [InlineData("Europe/Berlin", "30 2 * * *", "2026-03-28T12:00Z", "03-29 03:00+02 03-30 02:30+02 03-31 02:30+02")]
    [InlineData("Europe/Berlin", "30 2 * * *", "2026-10-24T12:00Z", "10-25 02:30+02 10-26 02:30+01 10-27 02:30+01")]
    [InlineData("Europe/Berlin", "*/15 2 * * *", "2026-10-25T00:20Z", "10-25 02:30+02 10-25 02:45+02 10-25 02:00+01 10-25 02:15+01 10-25 02:30+01 10-25 02:45+01 10-26 02:00+01")]
    [InlineData("Europe/Berlin", "0 * * * *", "2026-03-29T00:30Z", "03-29 03:00+02 03-29 04:00+02")]
    [InlineData("Europe/Berlin", "0 * * * *", "2026-10-24T23:30Z", "10-25 02:00+02 10-25 02:00+01 10-25 03:00+01")]
    [InlineData("America/New_York", "30 2 * * *", "2026-03-07T12:00Z", "03-08 03:00-04 03-09 02:30-04")]
    [InlineData("America/New_York", "30 1 * * *", "2026-10-31T12:00Z", "11-01 01:30-04 11-02 01:30-05")]
    [InlineData("Australia/Lord_Howe", "15 2 * * *", "2026-10-03T12:00Z", "10-04 02:30+11 10-05 02:15+11")]
    [InlineData("Australia/Lord_Howe", "45 1 * * *", "2026-04-04T12:00Z", "04-05 01:45+11 04-06 01:45+10:30")]
    [InlineData("UTC", "30 6 * * 1-5", "2026-05-15T12:00Z", "05-18 06:30+00 05-19 06:30+00")]
    [InlineData("UTC", "0 0 13 * 5", "2026-05-01T12:00Z", "05-08 00:00+00 05-13 00:00+00 05-15 00:00+00")]
    [InlineData("UTC", "0 0 * * 0", "2026-05-15T12:00Z", "05-17 00:00+00 05-24 00:00+00")]
    [InlineData("UTC", "0 0 * * 7", "2026-05-15T12:00Z", "05-17 00:00+00 05-24 00:00+00")]
    [InlineData("UTC", "0 12 1 JAN,jul *", "2026-05-15T12:00Z", "07-01 12:00+00 01-01 12:00+00")]
    public void Cron_times_come_as_clocks_on_the_wall_say(string zone, string expression, string after, string expected)
    {
        var place = TimeZoneInfo.FindSystemTimeZoneById(zone);
        var count = expected.Count(letter => letter == ':') - (expected.Split("+10:30").Length - 1);

        var times = new Schedule(ScheduleKind.Cron, Expression: expression).NextTimes(place, DateTimeOffset.Parse(after, CultureInfo.InvariantCulture), count);

        Assert.Equal(expected, string.Join(' ', times.Select(time => Local(time, place))));
    }

    [Theory]
    [InlineData(15, "2026-03-02T08:07:30Z", "2026-03-02T08:15:00Z", "2026-03-02T08:30:00Z")]
    [InlineData(15, "2026-03-02T08:15:00Z", "2026-03-02T08:30:00Z", "2026-03-02T08:45:00Z")]
    [InlineData(7, "2026-03-02T08:00:00Z", "2026-03-02T08:03:00Z", "2026-03-02T08:10:00Z")]
    [InlineData(24 * 60, "2026-03-28T08:00:00Z", "2026-03-29T00:00:00Z", "2026-03-30T00:00:00Z")]
    [InlineData(7 * 24 * 60, "2026-03-04T08:00:00Z", "2026-03-09T00:00:00Z", "2026-03-16T00:00:00Z")]
    public void Intervals_stand_on_a_raster_of_elapsed_time_wherever_one_begins_to_look(int minutes, string after, string first, string second)
    {
        var schedule = new Schedule(ScheduleKind.Interval, minutes);

        var times = schedule.NextTimes(TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"), DateTimeOffset.Parse(after, CultureInfo.InvariantCulture), 2);

        Assert.Equal([first, second], times.Select(time => time.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)));
    }

    [Theory]
    [InlineData("0 0 31 2 *", "This never comes: check the day and the month.")]
    [InlineData("0 0 30 2 *", "This never comes: check the day and the month.")]
    [InlineData("0 0 31 4,6,9,11 *", "This never comes: check the day and the month.")]
    [InlineData("0 0 29 2 *", "")]
    [InlineData("  5  4 * * *  ", "")]
    [InlineData("0 0 * * *", "")]
    [InlineData("", Explained)]
    [InlineData("* * * *", Explained)]
    [InlineData("0 0 0 * * *", Explained)]
    [InlineData("61 * * * *", Explained)]
    [InlineData("* 24 * * *", Explained)]
    [InlineData("* * 0 * *", Explained)]
    [InlineData("* * * 13 *", Explained)]
    [InlineData("* * * * 8", Explained)]
    [InlineData("@daily", Explained)]
    [InlineData("every day at noon x", Explained)]
    public void An_expression_that_is_none_or_never_comes_is_refused(string expression, string sentence) =>
        Assert.Equal(sentence, new Schedule(ScheduleKind.Cron, Expression: expression).Check(TimeZoneInfo.Utc, new DateTimeOffset(2026, 3, 2, 0, 0, 0, TimeSpan.Zero)));

    private const string Explained =
        "Use the five fields of crontab: minute, hour, day of the month, month, day of the week. For example 30 6 * * 1-5 runs at 06:30 from Monday to Friday.";

    [Theory]
    [InlineData(0, false)]
    [InlineData(-5, false)]
    [InlineData(1, true)]
    [InlineData(10_080, true)]
    [InlineData(10_081, false)]
    [InlineData(int.MaxValue, false)]
    public void An_interval_lasts_from_a_minute_to_a_week_and_another_has_no_times(int minutes, bool good)
    {
        var schedule = new Schedule(ScheduleKind.Interval, minutes);

        Assert.Equal(good ? "" : "Choose an interval from 1 to 10080 minutes.", schedule.Check(TimeZoneInfo.Utc, default));
        Assert.Equal(good ? 3 : 0, schedule.NextTimes(TimeZoneInfo.Utc, new DateTimeOffset(2026, 3, 2, 0, 0, 0, TimeSpan.Zero), 3).Count);
    }

    [Fact]
    public void Whatever_somebody_types_is_answered()
    {
        var random = new Random(11);
        var alphabet = "0123456789*/-,LW#? JANMON";
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        var good = 0;
        for (var round = 0; round < 3_000; round++)
        {
            string Junk() => string.Concat(Enumerable.Range(0, random.Next(1, 5)).Select(_ => alphabet[random.Next(alphabet.Length)])).Replace(' ', '*');
            string[] sensible = ["*", "*/5", $"{random.Next(70)}", $"{random.Next(14)}-{random.Next(14)}", $"{random.Next(8)},{random.Next(8)}"];
            var fields = Enumerable.Range(0, 5).Select(_ => random.Next(5) == 0 ? Junk() : sensible[random.Next(sensible.Length)]).ToList();
            var schedule = new Schedule(ScheduleKind.Cron, Expression: string.Join(' ', fields));

            var problem = schedule.Check(zone, new DateTimeOffset(2026, 3, 2, 0, 0, 0, TimeSpan.Zero));

            good += problem.Length == 0 ? 1 : 0;
            Assert.Equal(problem.Length == 0, schedule.NextTimes(zone, new DateTimeOffset(2026, 3, 2, 0, 0, 0, TimeSpan.Zero), 2).Count > 0);
        }

        Assert.InRange(good, 100, 2_900);
    }

    [Theory]
    [InlineData("30 6 * * 1-5", "3.00:00:00")]
    [InlineData("*/5 9-17 * * *", "15:05:00")]
    [InlineData("* 9-17 * * 1-5", "2.15:01:00")]
    [InlineData("0 * * * *", "01:00:00")]
    [InlineData("0 0 1 * *", "31.00:00:00")]
    [InlineData("0 0 1 1 *", "366.00:00:00")]
    [InlineData("0 0 31 2 *", null)]
    public void The_longest_gap_counts_nights_and_weekends_in(string expression, string? gap) => Assert.Equal(
        gap is null ? (TimeSpan?)null : TimeSpan.Parse(gap, CultureInfo.InvariantCulture),
        new Schedule(ScheduleKind.Cron, Expression: expression).LongestGap(TimeZoneInfo.Utc, new DateTimeOffset(2026, 3, 2, 0, 0, 0, TimeSpan.Zero)));

    [Fact]
    public void The_longest_gap_of_a_day_on_which_clocks_go_back_has_25_hours()
    {
        var daily = new Schedule(ScheduleKind.Cron, Expression: "0 12 * * *");
        var berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

        Assert.Equal(TimeSpan.FromHours(25), daily.LongestGap(berlin, new DateTimeOffset(2026, 10, 20, 0, 0, 0, TimeSpan.Zero)));
        Assert.Equal(TimeSpan.FromHours(24), daily.LongestGap(berlin, new DateTimeOffset(2026, 5, 20, 0, 0, 0, TimeSpan.Zero)));
        Assert.Equal(TimeSpan.FromMinutes(15), new Schedule(ScheduleKind.Interval, 15).LongestGap(berlin, default));
        Assert.Null(Schedule.Manual.LongestGap(berlin, default));
    }

    [Theory]
    [InlineData(1, "Every minute")]
    [InlineData(15, "Every 15 minutes")]
    [InlineData(60, "Every hour")]
    [InlineData(120, "Every 2 hours")]
    [InlineData(90, "Every 90 minutes")]
    [InlineData(1_440, "Every day")]
    [InlineData(2_880, "Every 2 days")]
    public void Intervals_in_words(int minutes, string words) => Assert.Equal(words, new Schedule(ScheduleKind.Interval, minutes).Words(TimeZoneInfo.Utc));

    [Fact]
    public void Other_schedules_in_words()
    {
        var berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

        Assert.Equal("Only when somebody asks", Schedule.Manual.Words(berlin));
        Assert.Equal("30 6 * * 1-5 in Europe/Berlin", new Schedule(ScheduleKind.Cron, Expression: "30 6 * * 1-5").Words(berlin));
        Assert.Equal("", Schedule.Manual.ClockChangeWords(berlin));
        Assert.StartsWith("Intervals are counted in elapsed time", new Schedule(ScheduleKind.Interval, 5).ClockChangeWords(berlin));
        Assert.StartsWith("When clocks go forward, a time that is skipped runs once", new Schedule(ScheduleKind.Cron, Expression: "0 0 * * *").ClockChangeWords(berlin));
        Assert.Equal("UTC does not change its clocks.", new Schedule(ScheduleKind.Cron, Expression: "0 0 * * *").ClockChangeWords(TimeZoneInfo.Utc));
    }

    [Theory]
    [InlineData(ScheduleKind.Manual, 0, "")]
    [InlineData(ScheduleKind.Interval, 15, "")]
    [InlineData(ScheduleKind.Cron, 0, "0 0 * * *")]
    public void A_schedule_survives_being_kept(ScheduleKind kind, int minutes, string expression)
    {
        var schedule = new Schedule(kind, minutes, expression);

        Assert.Equal(schedule, JsonSerializer.Deserialize<Schedule>(JsonSerializer.Serialize(schedule, JsonSerializerOptions.Web), JsonSerializerOptions.Web));
    }

    /// <summary>Such as 03-29 03:00+02.</summary>
    private static string Local(DateTimeOffset time, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(time, zone);
        return local.ToString(local.Offset.Minutes == 0 ? "MM-dd HH:mmzz" : "MM-dd HH:mmzzz", CultureInfo.InvariantCulture);
    }
}
