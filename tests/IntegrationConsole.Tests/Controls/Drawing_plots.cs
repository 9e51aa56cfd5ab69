using IntegrationConsole.Controls;

namespace IntegrationConsole.Tests.Controls;

public sealed class Drawing_plots
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.7, 1)]
    [InlineData(1.2, 2)]
    [InlineData(96, 100)]
    [InlineData(230, 250)]
    [InlineData(4_100, 5_000)]
    public void The_scale_ends_on_a_round_number(double most, double top) => Assert.Equal(top, PlotShapes.Top(Points(most), [], stacked: false), 6);

    [Fact]
    public void What_is_compared_fits_on_the_scale_too() => Assert.Equal(50, PlotShapes.Top(Points(3), [41], stacked: false));

    [Fact]
    public void A_gap_interrupts_a_line_and_what_stands_alone_is_a_dot()
    {
        double?[] values = [10, 20, null, 30, null];

        Assert.Equal("M5 90L15 80", PlotShapes.Line(values, 100, 10));
        Assert.Equal("M35 70h.01", PlotShapes.Dots(values, 100, 10));
    }

    [Fact]
    public void Steps_without_any_data_are_gaps() => Assert.Equal([(1, 2), (4, 1)], PlotShapes.Gaps(Points(1, null, null, 2, null)));

    [Fact]
    public void Columns_stand_on_each_other_and_little_is_still_seen()
    {
        var blocks = PlotShapes.Blocks([new ChartPoint(default, [50, 0.1])], 100);

        Assert.Equal([(0, 0, 50.0, 50.0), (0, 1, 49.0, 1.0)], blocks);
    }

    [Theory]
    [InlineData(10, 2, "1 Feb 08:00:50", "08:00:50")]
    [InlineData(60, 120, "1 Feb 08:00", "08:00")]
    [InlineData(3_600, 5_000, "1 Feb 08:00", "1 Feb")]
    public void Steps_shorter_than_a_minute_are_told_apart(int seconds, int minutes, string begin, string tick)
    {
        var at = new DateTimeOffset(2026, 2, 1, 8, 0, 50, TimeSpan.Zero);
        var step = PlotShapes.Step([new ChartPoint(at, [1]), new ChartPoint(at.AddSeconds(seconds), [1])]);

        Assert.Equal((begin, tick), (ReaderZone.Utc.Begin(at, step), ReaderZone.Utc.Tick(at, step, TimeSpan.FromMinutes(minutes))));
    }

    private static List<ChartPoint> Points(params double?[] values) => [.. values.Select(value => new ChartPoint(default, [value]))];
}
