using IntegrationConsole.Health.Verdicts;
using static IntegrationConsole.Tests.Health.Given;

namespace IntegrationConsole.Tests.Health;

public sealed class Telling_moments
{
    [Theory]
    [InlineData(-1, "just now")]
    [InlineData(0.9, "just now")]
    [InlineData(1, "1 min ago")]
    [InlineData(59.9, "59 min ago")]
    [InlineData(60, "1 h ago")]
    [InlineData(47 * 60, "47 h ago")]
    [InlineData(48 * 60, "2 days ago")]
    public void The_same_reason_grows_older_as_it_is_read(double minutes, string words) => Assert.Equal($"Ran {words}.", Words($"Ran {Moment.Ago(Minutes(minutes))}."));

    [Fact]
    public void The_zone_is_said_to_readers_who_may_be_in_another() =>
        Assert.Equal("Paused since 08:56 (Europe/Berlin).", Moment.InWords($"Paused since {Moment.Time(Given.Minutes(4))}.", Given.Berlin, Given.Now, namesZone: true));

    [Fact]
    public void A_time_is_read_in_the_zone_of_the_tenant_with_the_day_where_it_is_another()
    {
        Assert.Equal("at 09:30", Words($"at {Moment.Time(Now.AddMinutes(30))}"));
        Assert.Equal("at 3 Mar, 00:30", Words($"at {Moment.Time(Now.AddHours(15.5))}"));
        Assert.Equal("at 1 Jan 2027, 09:00", Words($"at {Moment.Time(new DateTimeOffset(2027, 1, 1, 8, 0, 0, TimeSpan.Zero))}"));
    }

    [Fact]
    public void What_somebody_typed_in_braces_is_left_alone() => Assert.Equal("{ago long} {time 2026-99-99T99:99:99Z}", Words("{ago long} {time 2026-99-99T99:99:99Z}"));

    [Theory]
    [InlineData(1, "1 minute")]
    [InlineData(30, "30 minutes")]
    [InlineData(120, "2 hours")]
    [InlineData(72 * 60, "3 days")]
    public void A_span_is_told_in_one_unit(int minutes, string words) => Assert.Equal(words, Moment.Span(TimeSpan.FromMinutes(minutes)));
}
