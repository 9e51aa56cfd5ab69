using System.Text.Json;
using IntegrationConsole.Schemas;
using static IntegrationConsole.Tests.Schemas.SchemaTexts;

namespace IntegrationConsole.Tests.Schemas;

public sealed class Guessing_a_schema
{
    [Fact]
    public void Types_presence_nulls_and_formats_come_from_the_samples()
    {
        var guessed = Guess(
            """{ "id": 1, "total": 9, "at": "2026-01-31T12:00:00Z", "mail": "a@example.com", "tags": ["x"], "to": { "city": "Rome" } }""",
            """{ "id": 2, "total": 9.5, "at": "2026-02-01T00:00:00+01:00", "mail": null, "tags": [], "to": { "city": "Bonn", "zip": "1" }, "note": true }""");

        Assert.True(JsonElement.DeepEquals(JsonElement.Parse("""
            {
              "$schema": "https://json-schema.org/draft/2020-12/schema",
              "type": "object",
              "properties": {
                "id": { "type": "integer" },
                "total": { "type": "number" },
                "at": { "type": "string", "format": "date-time" },
                "mail": { "type": ["string", "null"], "format": "email" },
                "tags": { "type": "array", "items": { "type": "string" } },
                "to": { "type": "object", "properties": { "city": { "type": "string" }, "zip": { "type": "string" } }, "required": ["city"] },
                "note": { "type": "boolean" }
              },
              "required": ["id", "total", "at", "mail", "tags", "to"]
            }
            """), guessed), guessed.GetRawText());
    }

    [Fact]
    public void Few_values_over_many_samples_are_choices_and_names_that_repeat_are_not()
    {
        var guessed = Guess([.. Enumerable.Range(0, 60).Select(index =>
            $$"""{ "state": {{(index % 7 == 0 ? "null" : index % 2 == 0 ? "\"open\"" : "\"paid\"")}}, "name": "n{{index % 15}}" }""")]);

        Assert.Equal("""["open","paid",null]""", JsonSerializer.Serialize(guessed.GetProperty("properties").GetProperty("state").GetProperty("enum")));
        Assert.False(guessed.GetProperty("properties").GetProperty("name").TryGetProperty("enum", out _));
        Assert.False(Guess("""{ "state": "open" }""", """{ "state": "open" }""").GetProperty("properties").GetProperty("state").TryGetProperty("enum", out _));
    }

    [Theory]
    [InlineData(19, "open", false)]
    [InlineData(20, "open", true)]
    [InlineData(20, "2026-01-31", false)]
    [InlineData(20, "a text that nobody would choose from a list of others", false)]
    public void One_text_is_a_choice_when_it_is_short_stands_often_and_has_no_form(int samples, string text, bool isChoice)
    {
        var guessed = Guess([.. Enumerable.Repeat($$"""{ "state": "{{text}}" }""", samples)]);

        Assert.Equal(isChoice, guessed.GetProperty("properties").GetProperty("state").TryGetProperty("enum", out _));
    }

    [Fact]
    public void Texts_among_other_values_are_no_choices()
    {
        var guessed = Guess([.. Enumerable.Repeat("""{ "state": "open" }""", 30), """{ "state": 5 }"""]);

        Assert.Equal("""{"type":["string","integer"]}""", JsonSerializer.Serialize(guessed.GetProperty("properties").GetProperty("state")));
    }

    [Theory]
    [InlineData("a@example.com", "ask")]
    [InlineData("ask", "a@example.com")]
    public void A_format_is_named_only_where_every_text_has_it(string one, string other)
    {
        var guessed = Guess($$"""{ "mail": "{{one}}" }""", $$"""{ "mail": "{{other}}" }""");

        Assert.Equal("""{"type":"string"}""", JsonSerializer.Serialize(guessed.GetProperty("properties").GetProperty("mail")));
    }

    [Fact]
    public void A_member_that_stands_twice_in_one_object_is_not_required_of_those_that_lack_it()
    {
        var guessed = Guess("""{ "a": 1, "b": 1, "b": 2 }""", """{ "a": 1 }""");

        Assert.Equal("""["a"]""", JsonSerializer.Serialize(guessed.GetProperty("required")));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("[1, \"a\", null, { \"a\": [[1], [null]] }, 1e400, \"\\ud800\", { \"\\ud800\": 1, \"\": \"x\" }]")]
    [InlineData("[{ \"a\": { \"b\": { \"c\": \"10.0.0.1\" } } }, { \"a\": [] }, { \"a\": 7.0 }]")]
    public void Every_sample_fits_the_schema_that_was_guessed_from_it(string samples)
    {
        var all = JsonElement.Parse(samples).EnumerateArray().ToList();

        var schema = Compiled(SchemaInference.From(all));

        Assert.All(all, sample => Assert.Empty(schema.Validate(sample, new SchemaOptions { AssertFormats = true }).Errors));
    }

    [Fact]
    public void An_object_that_is_a_table_of_thousands_of_keys_lists_none_of_them()
    {
        var guessed = Guess($$"""{ "byId": { {{string.Join(",", Enumerable.Range(0, 5_000).Select(id => $"\"k{id}\": 1"))}} } }""");

        Assert.Equal("""{"type":"object"}""", JsonSerializer.Serialize(guessed.GetProperty("properties").GetProperty("byId")));
    }

    [Fact]
    public void A_sample_nested_thousands_of_levels_is_looked_at_as_deep_as_makes_sense()
    {
        using var sample = JsonDocument.Parse(new string('[', 5_000) + new string(']', 5_000), new JsonDocumentOptions { MaxDepth = 6_000 });

        Assert.True(Compiled(SchemaInference.From([sample.RootElement])) is not null);
    }

    private static JsonElement Guess(params string[] samples) => JsonElement.Parse(SchemaInference.From(samples.Select(sample => JsonElement.Parse(sample))));
}
