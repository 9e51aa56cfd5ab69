using IntegrationConsole.Controls;

namespace IntegrationConsole.Tests.Controls;

public sealed class Reading_addresses
{
    private const string Sample = "0198f3a0-0000-7000-8000-000000000001";

    [Fact]
    public void What_is_asked_for_is_read_by_its_name()
    {
        var query = PageQuery.Of($"http://console/t/a/runs?sync={Sample}&tone=warn&attempts=3&from=2026-03-02&at=2026-03-02T08:00:00Z&q=a%20b&sort=-last&view=x#top");

        Assert.Equal(Guid.Parse(Sample), query.Id("sync"));
        Assert.Equal(Tone.Warn, query.Choice<Tone>("tone"));
        Assert.Equal(3, query.Number("attempts"));
        Assert.Equal(new DateOnly(2026, 3, 2), query.Day("from"));
        Assert.Equal(new DateTimeOffset(2026, 3, 2, 8, 0, 0, TimeSpan.Zero), query.Moment("at"));
        Assert.Equal("a b", query.Text("q"));
        Assert.Equal("-last", query.Sort("first", "-last"));
        Assert.Null(query.Text("cause"));
        Assert.Empty(query.Complaints);
    }

    [Theory]
    [InlineData("sync=7")]
    [InlineData("tone=2")]
    [InlineData("tone=loud")]
    [InlineData("attempts=-1")]
    [InlineData("attempts=many")]
    [InlineData("from=yesterday")]
    [InlineData("sort=size")]
    public void What_cannot_be_read_is_left_out_and_named(string part)
    {
        var query = PageQuery.Of($"/t/a/runs?q=kept&{part}");

        var read = (query.Text("q"), query.Id("sync"), query.Choice<Tone>("tone"), query.Number("attempts"), query.Day("from"), query.Sort("first", "-first"));

        Assert.Equal(("kept", null, null, null, null, "first"), read);
        Assert.Equal([$"“{part}” cannot be read and is left out."], query.Complaints);
        Assert.Equal("/t/a/runs?q=kept", query.Tidy);
    }

    [Fact]
    public void What_nobody_asked_for_is_named_and_does_not_go_with_the_tidy_address()
    {
        var query = PageQuery.Of($"/t/a/runs?colour=red&q=kept&Size=9&long={new string('x', 200)}");
        query.Text("q");

        Assert.Equal(["“Size”, “colour”, “long” in the address are not known here."], query.Complaints);
        Assert.Equal("/t/a/runs?q=kept", query.Tidy);
    }
}
