using System.Text;
using IntegrationConsole.Connectors.Json;
using IntegrationConsole.Connectors.Rest;

namespace IntegrationConsole.Tests.Connectors.Rest;

public sealed class Following_what_a_system_says
{
    [Theory]
    [InlineData("<https://a.example/?page=2>; rel=\"next\"", "https://a.example/?page=2")]
    [InlineData("<https://a.example/?page=1>; rel=\"prev\", <https://a.example/?page=3>; rel=next", "https://a.example/?page=3")]
    [InlineData("</b?q=a,b;c>;rel=\"next\";title=\"x\"", "/b?q=a,b;c")]
    [InlineData("<a>; title=\"<b>; rel=\\\"next\\\", <c>; rel=next\"; rel=last, <d>; REL = \"Up NEXT\"", "d")]
    [InlineData("<a>; rel=\"prev\"; rel=\"next\"", null)]
    [InlineData("<a>; rel=\"nextish\"", null)]
    [InlineData("<a>; rel*=next", null)]
    [InlineData("<a>; rel", null)]
    [InlineData("<a", null)]
    [InlineData("", null)]
    [InlineData("<a>;;; ; rel=next,", "a")]
    [InlineData("<>; rel=\"next\"", "")]
    public void The_next_link_is_found_in_the_header(string header, string? link) => Assert.Equal(link, LinkHeader.Next(header));

    [Theory]
    [InlineData("2026-01-01T00:00:05Z", "2026-01-01T00:00:04Z", "2026-01-01T00:00:05Z")]
    [InlineData("2026-01-01T00:00:05Z", "2026-01-01T00:00:05.5Z", "2026-01-01T00:00:05.5Z")]
    [InlineData("2026-01-01T01:00:00+02:00", "2026-01-01T00:30:00Z", "2026-01-01T00:30:00Z")]
    [InlineData("2026-01-01T01:00:00+02:00", "2026-01-01T00:30:00+01:00", "2026-01-01T00:30:00+01:00")]
    [InlineData("9", "10", "10")]
    [InlineData("1767225605.25", "1767225605.3", "1767225605.3")]
    [InlineData("b", "a", "b")]
    [InlineData("v0000000010", "v0000000009", "v0000000010")]
    public void The_greatest_cursor_is_what_comes_last_in_its_own_order(string one, string other, string greatest)
    {
        foreach (var (first, second) in ((string, string)[])[(one, other), (other, one)])
        {
            var watermark = new Watermark(FieldPath.Parse("meta.changed"), null);
            watermark.Offer(Encoding.UTF8.GetBytes($$$"""{"changed":"z","meta":{"changed":"{{{first}}}"}}"""));
            watermark.Offer("""{"meta":{"changed":null}}"""u8);
            watermark.Offer("""{"meta":7}"""u8);
            watermark.Offer(Encoding.UTF8.GetBytes($$$"""{"meta":{"changed":"{{{second}}}"}}"""));

            Assert.Equal(greatest, watermark.Text);
        }
    }

    [Fact]
    public void Numbers_are_compared_as_numbers_and_the_last_run_counts()
    {
        var watermark = new Watermark(FieldPath.Parse("version"), "99");
        watermark.Offer("""{"version":100}"""u8);
        watermark.Offer("""{"version":7}"""u8);

        Assert.Equal("100", watermark.Text);
        Assert.Equal("99", new Watermark(FieldPath.Parse("version"), "99").Text);
        Assert.Null(new Watermark(FieldPath.Parse("version"), null).Text);
    }

    [Theory]
    [InlineData("2026-01-01T01:00:05.999+01:00", nameof(CursorFormat.AsIs), "2026-01-01T01:00:05.999+01:00")]
    [InlineData("2026-01-01T01:00:05.999+01:00", nameof(CursorFormat.Iso8601), "2026-01-01T00:00:05.999Z")]
    [InlineData("2026-01-01T01:00:05.999+01:00", nameof(CursorFormat.EpochSeconds), "1767225605")]
    [InlineData("2026-01-01T01:00:05.999+01:00", nameof(CursorFormat.EpochMilliseconds), "1767225605999")]
    [InlineData("1767225605", nameof(CursorFormat.Iso8601), "2026-01-01T00:00:05Z")]
    [InlineData("1767225605999", nameof(CursorFormat.EpochSeconds), "1767225605")]
    [InlineData("1767225605.75", nameof(CursorFormat.EpochMilliseconds), "1767225605750")]
    [InlineData("2026-01-01", nameof(CursorFormat.EpochSeconds), "1767225600")]
    [InlineData("abc", nameof(CursorFormat.EpochSeconds), "abc")]
    [InlineData("99999999999999999999999999", nameof(CursorFormat.Iso8601), "99999999999999999999999999")]
    public void A_cursor_is_written_as_the_request_wants_it(string cursor, string format, string written) =>
        Assert.Equal(written, CursorText.Write(cursor, Enum.Parse<CursorFormat>(format)));
}
