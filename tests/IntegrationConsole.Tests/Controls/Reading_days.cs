using IntegrationConsole.Controls;

namespace IntegrationConsole.Tests.Controls;

public sealed class Reading_days
{
    [Theory]
    [InlineData("Etc/UTC", "2026-03-01", "2026-03-01T00:00:00Z")]
    [InlineData("Europe/Berlin", "2026-07-01", "2026-06-30T22:00:00Z")]
    [InlineData("America/New_York", "2026-01-15", "2026-01-15T05:00:00Z")]
    [InlineData("Asia/Beirut", "2022-03-27", "2022-03-26T22:00:00Z")]
    public void A_day_begins_at_midnight_and_where_there_is_none_when_the_clocks_are_put_forward(string zone, string day, string begins) =>
        Assert.Equal(DateTimeOffset.Parse(begins, System.Globalization.CultureInfo.InvariantCulture), ReaderZone.Of(zone).StartOf(DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture)));
}
