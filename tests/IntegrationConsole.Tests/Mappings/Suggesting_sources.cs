using System.Text.Json;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings;
using IntegrationConsole.Mappings.Studio;

namespace IntegrationConsole.Tests.Mappings;

public sealed class Suggesting_sources
{
    private static readonly SampleProfile Customer = Of(
        """{"customerId":1,"firstName":"Ada","surname":"Lovelace","contact":{"mail":"ada@example.com","tel":"+44 20 1234567"},"address":{"zip":"SW1Y","town":"London","street":"St James"},"birthday":"1815-12-10","vat":"x","createdAt":"2026-01-02T10:00:00Z","qty":3,"emailSent":true}""",
        """{"customerId":2,"firstName":"Bob","surname":"Ray","contact":{"mail":"bob@example.com","tel":"030 7654321"},"address":{"zip":"10115","town":"Berlin","street":"Allee"},"birthday":"1990-01-01","vat":null,"createdAt":"2026-01-03T10:00:00Z","qty":5,"emailSent":false}""");

    [Theory]
    [InlineData("customer_id", FieldType.Integer, "customerId", 95)]
    [InlineData("first_name", FieldType.String, "firstName", 95)]
    [InlineData("given_name", FieldType.String, "firstName", 80)]
    [InlineData("last_name", FieldType.String, "surname", 45)]
    [InlineData("email", FieldType.String, "contact.mail", 85)]
    [InlineData("phone", FieldType.String, "contact.tel", 85)]
    [InlineData("postcode", FieldType.String, "address.zip", 85)]
    [InlineData("postal_code", FieldType.String, "address.zip", 85)]
    [InlineData("city", FieldType.String, "address.town", 85)]
    [InlineData("creation_date", FieldType.Timestamp, "createdAt", 80)]
    [InlineData("fristname", FieldType.String, "firstName", 65)]
    [InlineData("quantity", FieldType.Integer, "qty", 85)]
    public void A_field_is_found_by_name_meaning_and_spelling(string field, FieldType type, string path, int atLeast)
    {
        var guess = Assert.Single(FieldSuggestion.For([Field(field, type)], Customer, []));

        Assert.Equal(path, guess.Path);
        Assert.InRange(guess.Confidence, atLeast, 99);
        Assert.NotEmpty(guess.Reason);
    }

    [Theory]
    [InlineData("warehouse")]
    [InlineData("x")]
    [InlineData("---")]
    public void Where_nothing_comes_near_nothing_is_suggested(string field) => Assert.Empty(FieldSuggestion.For([Field(field, FieldType.String)], Customer, []));

    [Fact]
    public void A_type_that_does_not_fit_takes_the_confidence_away()
    {
        var fits = Assert.Single(FieldSuggestion.For([Field("surname", FieldType.String)], Customer, []));
        Assert.Empty(FieldSuggestion.For([Field("surname", FieldType.Boolean)], Customer, []));
        Assert.Equal("the same name, the same type", fits.Reason);
    }

    [Fact]
    public void Values_that_belie_the_name_take_confidence_away()
    {
        var profile = Of("""{"email":"not given"}""", """{"email":"ask"}""");

        var guess = Assert.Single(FieldSuggestion.For([Field("email", FieldType.String)], profile, []));

        Assert.InRange(guess.Confidence, 45, 65);
        Assert.Contains("do not look like email", guess.Reason);
    }

    [Fact]
    public void What_is_too_long_or_often_empty_is_said()
    {
        var field = new StreamField("vat", FieldType.String, true, 0, false, "varchar");

        var guess = Assert.Single(FieldSuggestion.For([field], Customer, []));

        Assert.Contains("up to 1 characters where 0 fit", guess.Reason);
        Assert.Contains("empty in 50 % of the sample", guess.Reason);
        Assert.True(guess.Confidence < FieldSuggestion.Sure);
    }

    [Fact]
    public void One_value_is_suggested_once_and_for_the_field_that_it_fits_best()
    {
        var guesses = FieldSuggestion.For([Field("zip", FieldType.String), Field("postcode", FieldType.String)], Customer, []);

        var only = Assert.Single(guesses);
        Assert.Equal("zip", only.Field.Name);
    }

    [Fact]
    public void What_is_read_already_is_less_likely_meant()
    {
        var fresh = Assert.Single(FieldSuggestion.For([Field("city", FieldType.String)], Customer, []));
        var used = Assert.Single(FieldSuggestion.For([Field("city", FieldType.String)], Customer, ["address.town"]));

        Assert.True(used.Confidence < fresh.Confidence);
        Assert.Contains("another field reads it already", used.Reason);
    }

    [Fact]
    public void The_surest_comes_first_and_fields_that_the_destination_makes_itself_are_left_to_it()
    {
        var guesses = FieldSuggestion.For(
            [Field("city", FieldType.String), Field("customer_id", FieldType.Integer), new StreamField("quantity", FieldType.Integer, false, null, false, "integer generated always")], Customer, []);

        Assert.Equal(["customer_id", "city"], guesses.Select(guess => guess.Field.Name));
    }

    [Fact]
    public void What_stands_in_a_list_is_less_sure_and_read_by_an_expression()
    {
        var once = Assert.Single(FieldSuggestion.For([Field("sku", FieldType.String)], Of("""{"line":{"sku":"a"}}"""), []));
        var often = Assert.Single(FieldSuggestion.For([Field("sku", FieldType.String)], Of("""{"lines":[{"sku":"a"},{"sku":"b"}]}"""), []));

        Assert.Equal((ValueOrigin.Path, "line.sku"), (once.Rule.Origin, once.Rule.Source));
        Assert.Equal((ValueOrigin.Expression, "lines.sku"), (often.Rule.Origin, often.Rule.Source));
        Assert.True(often.Confidence < once.Confidence);
    }

    [Fact]
    public void Coverage_says_what_is_read_what_is_not_and_what_never_arrives()
    {
        var document = new MappingDocument(
            [
                new FieldRule { Name = "id", Source = "customerId" }, new FieldRule { Name = "street", Source = "address.street" },
                new FieldRule { Name = "label", Origin = ValueOrigin.Expression, Source = "contact.mail & nickname" }, new FieldRule { Name = "broken", Source = "a..b" },
            ],
            [new RecordCondition("qty", ConditionOperator.Present, "")]) { Filter = "vat = 'x' and deleted = false" };

        var coverage = MappingCoverage.Of(document, Customer);

        Assert.Equal(["customerId", "contact.mail", "address.street", "vat", "qty"], coverage.Values.Where(value => value.ReadBy.Count > 0).Select(value => value.Profile.Path));
        Assert.Equal(["label"], coverage.Values.Single(value => value.Profile.Path == "contact.mail").ReadBy);
        Assert.Contains("address.zip", coverage.Unused.Select(value => value.Profile.Path));
        Assert.Equal([("nickname", "label"), ("deleted", "the conditions")], coverage.Absent.Select(absent => (absent.Path, absent.ReadBy[0])));
    }

    [Fact]
    public void A_rule_that_reads_a_whole_object_reads_what_is_in_it()
    {
        var coverage = MappingCoverage.Of(Trial.Document(new FieldRule { Name = "a", Type = FieldType.Json, Source = "address" }), Customer);

        Assert.Equal(["address.zip", "address.town", "address.street"], coverage.Values.Where(value => value.ReadBy.Count > 0).Select(value => value.Profile.Path));
        Assert.Empty(coverage.Absent);
    }

    [Fact]
    public void A_rule_that_reads_deeper_than_the_sample_goes_reads_what_is_there_and_waits_for_the_rest()
    {
        var coverage = MappingCoverage.Of(Trial.Document(new FieldRule { Name = "a", Source = "birthday.year" }), Customer);

        Assert.Equal(["birthday"], coverage.Values.Where(value => value.ReadBy.Count > 0).Select(value => value.Profile.Path));
        Assert.Equal(["birthday.year"], coverage.Absent.Select(absent => absent.Path));
    }

    [Fact]
    public void Where_there_are_no_records_nothing_is_missed() =>
        Assert.Empty(MappingCoverage.Of(Trial.Document(new FieldRule { Name = "a", Source = "a" }), SampleProfile.Empty).Absent);

    [Fact]
    public void What_the_record_key_and_child_tables_read_is_read()
    {
        var profile = SampleProfile.Of([JsonSerializer.Deserialize<JsonElement>("""{"id":1,"no":"a","lines":[{"qty":1}],"note":"x"}""")]);
        var lines = new ChildTable { Stream = "lines", List = "lines", KeyFields = ["order"], Fields = [new() { Name = "order", Source = "record.id" }, new() { Name = "qty", Source = "item.qty" }] };

        var coverage = MappingCoverage.Of(new MappingDocument([], []) { Key = "no", Children = [lines, lines with { Stream = "tags", List = "tags" }] }, profile);

        Assert.Equal(["note"], coverage.Unused.Select(value => value.Profile.Path));
        Assert.Equal(["lines.order", "tags.order"], coverage.Values.Single(value => value.Profile.Path == "id").ReadBy);
        Assert.Equal([("tags", "tags")], coverage.Absent.Select(absent => (absent.Path, absent.ReadBy[0])));
    }

    private static StreamField Field(string name, FieldType type) => new(name, type, false, null, false, "text");

    private static SampleProfile Of(params string[] records) => SampleProfile.Of(records.Select(record => JsonSerializer.Deserialize<JsonElement>(record)));
}
