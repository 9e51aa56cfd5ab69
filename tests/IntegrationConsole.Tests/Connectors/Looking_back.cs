using IntegrationConsole.Connectors;

namespace IntegrationConsole.Tests.Connectors;

public sealed class Looking_back
{
    [Theory]
    [InlineData("2 hours", "2026-03-02T08:00:00Z", "2026-03-02T06:00:00Z")]
    [InlineData("90 minutes", "2026-03-02 08:00:00.000001+00", "2026-03-02T06:30:00.000001Z")]
    [InlineData("1 day", "2026-03-02", "2026-03-01T00:00:00Z")]
    [InlineData("1 week", "2026-03-02T08:00:00+02:00", "2026-02-23T06:00:00Z")]
    [InlineData("30 seconds", "2026-03-02T08:00:00Z orders-7.csv", "2026-03-02T07:59:30Z")]
    [InlineData("1 hour", "1767225600", "1767222000")]
    [InlineData("1 hour", "1767225600000", "1767222000000")]
    [InlineData("1000", "41500", "40500")]
    [InlineData("5", "2.5", "-2.5")]
    [InlineData("9 weeks", "0001-01-02T00:00:00Z", "0001-01-01T00:00:00Z")]
    public void A_read_begins_so_far_before_its_cursor(string text, string cursor, string from)
    {
        Assert.True(LookBack.TryParse(text, out var lookBack));
        Assert.Equal(from, lookBack.Before(cursor));
    }

    [Theory]
    [InlineData("2 hours", "41500")]
    [InlineData("2 hours", "A-17")]
    [InlineData("1000", "2026-03-02T08:00:00Z")]
    [InlineData("1000", "A-17")]
    public void A_cursor_of_another_kind_is_not_guessed_at(string text, string cursor)
    {
        Assert.True(LookBack.TryParse(text, out var lookBack));
        Assert.Null(lookBack.Before(cursor));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("0 hours")]
    [InlineData("-2 hours")]
    [InlineData("1.5 hours")]
    [InlineData("two hours")]
    [InlineData("2 fortnights")]
    [InlineData("9999999")]
    public void What_is_no_span_is_refused(string text) => Assert.False(LookBack.TryParse(text, out _));
}
