using IntegrationConsole.DeadLetters;

namespace IntegrationConsole.Tests.DeadLetters;

public sealed class Foreseeing_full_room
{
    [Theory]
    [InlineData(40, 20, 24, 100L, 72.0)]
    [InlineData(40, 10, 12, 100L, 72.0)]
    [InlineData(100, 20, 24, 100L, 0.0)]
    [InlineData(120, 20, 24, 100L, 0.0)]
    [InlineData(40, 0, 24, 100L, null)]
    [InlineData(40, 20, 24, null, null)]
    [InlineData(40, 1, 24, 100_000L, null)]
    public void Room_lasts_as_long_as_the_pace_of_the_time_past_lets_it(long bytes, long added, int hours, long? most, double? lasts) =>
        Assert.Equal(lasts, LetterForecast.TimeLeft(bytes, added, TimeSpan.FromHours(hours), most)?.TotalHours);
}
