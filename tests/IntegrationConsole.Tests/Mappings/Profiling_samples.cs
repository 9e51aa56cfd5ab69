using System.Text;
using System.Text.Json;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings.Studio;

namespace IntegrationConsole.Tests.Mappings;

public sealed class Profiling_samples
{
    [Fact]
    public void Each_field_says_how_often_it_is_filled_and_what_it_holds()
    {
        var profile = Of("""{"code":"A-4711","total":5,"note":null}""", """{"code":"B-12","total":19.5,"note":""}""", """{"code":"A-4711","total":-3}""", """{"code":"x"}""");

        var code = profile.Fields[0];
        Assert.Equal(("code", FieldType.String, 4, 4, 3, "A-4711", "x", 1, 6), (code.Path, code.Type, code.PresentIn, code.FilledIn, code.Distinct, code.Least, code.Most, code.Shortest, code.Longest));
        Assert.Equal([("A-9999", 2), ("A-99", 1), ("a", 1)], code.Patterns.Select(pattern => (pattern.Form, pattern.Count)));
        var total = profile.Fields[1];
        Assert.Equal((FieldType.Decimal, "-3", "19.5", 25), (total.Type, total.Least, total.Most, profile.EmptyPercent(total)));
        var note = profile.Fields[2];
        Assert.Equal((2, 0, 100), (note.PresentIn, note.FilledIn, profile.EmptyPercent(note)));
    }

    [Fact]
    public void All_items_of_a_list_count_together()
    {
        var profile = Of("""{"tags":["a","b"],"orders":[{"total":1},{"total":2,"late":true}],"none":[]}""", """{"tags":[]}""");

        Assert.Equal(["tags", "orders", "orders.total", "orders.late", "none"], profile.Fields.Select(field => field.Path));
        Assert.Equal([2, 0, 2, 1, 0], profile.Fields.Select(field => field.Distinct));
        Assert.Equal([false, false, true, true, false], profile.Fields.Select(field => field.IsSingle));
        Assert.Equal([false, false, true, true, false], profile.Fields.Select(field => field.IsInList));
        Assert.Equal([2, 1, 1, 1, 1], profile.Fields.Select(field => field.PresentIn));
        Assert.Equal([1, 1, 1, 1, 0], profile.Fields.Select(field => field.FilledIn));
    }

    [Theory]
    [InlineData("A-4711", "A-9999")]
    [InlineData("Köln 50667", "Aaaa 9999+")]
    [InlineData("ada@example.com", "aaa@aaaa+.aaa")]
    [InlineData("2026-01-02", "9999-99-99")]
    [InlineData("", "")]
    [InlineData("😀", "·")]
    [InlineData("- - - - - - - - - - - - - - - -", "- - - - - - - - - - - - …")]
    public void A_text_has_a_form(string text, string form) => Assert.Equal(form, ValuePattern.Of(text));

    [Theory]
    [InlineData("email", "ada@example.com", "b@c.de")]
    [InlineData("", "ada@example.com", "nobody")]
    [InlineData("", "nobody", "ada@example.com")]
    [InlineData("url", "https://example.com", "http://a")]
    [InlineData("phone", "+49 30 1234567", "030/1234567")]
    [InlineData("", "12345678", "87654321")]
    [InlineData("country", "DE", "FR")]
    [InlineData("currency", "EUR", "USD")]
    [InlineData("currency", "ANG", "XOF", "ZWG")]
    [InlineData("iban", "DE89370400440532013000")]
    public void Values_look_like_something(string looks, params string[] values) =>
        Assert.Equal(looks, Of([.. values.Select(value => JsonSerializer.Serialize(new { v = value }))]).Fields[0].Looks);

    [Fact]
    public void A_value_that_never_repeats_does_not_fill_the_memory()
    {
        var profile = SampleProfile.Of(Enumerable.Range(0, 3_000).Select(number => JsonSerializer.SerializeToElement(new { v = $"x{number}" })));

        Assert.Equal((1_000, false), (profile.Fields[0].Distinct, profile.Fields[0].DistinctIsExact));
    }

    [Fact]
    public void A_record_is_laid_out_in_lines_that_can_be_pointed_at()
    {
        var lines = RecordLines.Of(Encoding.UTF8.GetBytes("""{"id":1,"a b":{"c":null},"tags":["x",{"y":2}],"empty":[]}"""))!;

        Assert.Equal(
            ["{", "id", "`a b`", "`a b`.c", "}", "tags", "tags[0]", "tags[1]", "tags[1].y", "}", "]", "empty", "}"],
            lines.Select(line => line.Path.Length > 0 ? line.Path : line.Text.TrimEnd(',')));
        Assert.Equal("tags.y", lines[8].Place);
        Assert.Equal(("\"id\"", "1,", 1), (lines[1].Name, lines[1].Text, lines[1].Level));
        Assert.Null(RecordLines.Of(Encoding.UTF8.GetBytes("{")));
    }

    private static SampleProfile Of(params string[] records) => SampleProfile.Of(records.Select(record => JsonSerializer.Deserialize<JsonElement>(record)));
}
