using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings;
using IntegrationConsole.Mappings.Plan;

namespace IntegrationConsole.Tests.Mappings;

public sealed class Knowing_records_by_key
{
    private static readonly FieldRule Name = new() { Name = "name", Source = "name", Required = true };

    [Theory]
    [InlineData(FieldType.Integer, "\"007\"", "7")]
    [InlineData(FieldType.Decimal, "1.50", "1.5")]
    [InlineData(FieldType.Decimal, "100", "100")]
    [InlineData(FieldType.Decimal, "\"-0.0\"", "0")]
    [InlineData(FieldType.Date, "\"2026-01-31T10:00:00Z\"", "2026-01-31")]
    [InlineData(FieldType.Timestamp, "\"2026-01-31T11:00:00+01:00\"", "2026-01-31T10:00:00Z")]
    [InlineData(FieldType.Uuid, "\"0190A8C4-7B1E-7000-8000-00000000000A\"", "0190a8c4-7b1e-7000-8000-00000000000a")]
    [InlineData(FieldType.String, "\"A-1\"", "A-1")]
    public void The_same_key_has_the_same_text_however_it_was_written(FieldType type, string json, string expected) => Assert.Equal(expected, KeyOf(type, json));

    [Fact]
    public void The_parts_of_a_composite_key_are_joined_in_the_order_of_the_key()
    {
        var plan = Plan("b", "a");

        Assert.Equal($"2{MappingPlan.KeySeparator}1", Trial.Apply(plan, """{"a":1,"b":2}""").Rows.KeyOf(0));
    }

    [Fact]
    public void Keys_whose_parts_hold_the_separator_do_not_pass_for_one_another()
    {
        var mapped = Trial.Apply(Plan("a", "b"), """{"a":"x\u001fy","b":"z"}""", """{"a":"x","b":"y\u001fz"}""", """{"a":"x","b":"y"}""");

        Assert.Equal(3, Enumerable.Range(0, 3).Select(mapped.Rows.KeyOf).Distinct().Count());
    }

    [Fact]
    public void A_key_that_no_index_could_hold_is_known_by_its_hash()
    {
        var one = KeyOf(FieldType.String, $"\"{new string('x', 5_000)}1\"");
        var other = KeyOf(FieldType.String, $"\"{new string('x', 5_000)}2\"");

        Assert.Matches("^#[0-9a-f]{24}$", one);
        Assert.NotEqual(one, other);
        Assert.Matches("^#[0-9a-f]{24}$", KeyOf(FieldType.String, "\"a\\u0000b\""));
        Assert.Equal(one, KeyOf(FieldType.String, $"\"{new string('x', 5_000)}1\""));
    }

    [Fact]
    public void A_record_without_a_key_of_its_own_is_known_by_its_content()
    {
        var plan = Trial.Plan(Trial.Document(Name));
        var mapped = Trial.Apply(plan, """{"name":"a"}""", """{"name":"b"}""", """{"name":"a"}""", "{}", "garbage");

        Assert.Equal(mapped.Rows.KeyOf(0), mapped.Rows.KeyOf(2));
        Assert.NotEqual(mapped.Rows.KeyOf(0), mapped.Rows.KeyOf(1));
        Assert.All(mapped.Rejected, rejected => Assert.Matches("^#[0-9a-f]{24}$", rejected.Key));
        Assert.Equal(2, mapped.Rejected.Select(rejected => rejected.Key).Distinct().Count());
    }

    [Fact]
    public void A_record_that_fails_at_another_field_is_still_known_by_its_key()
    {
        var plan = Trial.Plan(Trial.Document(Name, new FieldRule { Name = "id", Type = FieldType.Integer, Source = "id" }), ["id"]);

        Assert.Equal("4", Assert.Single(Trial.Apply(plan, """{"id":4}""").Rejected).Key);
    }

    [Theory]
    [InlineData("""{"a":null,"b":"y"}""", "a: the key needs a value, and the record has none.")]
    [InlineData("""{"a":"x"}""", "b: the key needs a value, and the record has none.")]
    [InlineData("""{}""", "a: the key needs a value, and the record has none. Also b.")]
    [InlineData("""{"a":"","b":""}""", "a: the key needs a value, and the record's is empty.")]
    public void A_record_without_its_key_is_set_aside_under_its_content(string record, string sentence)
    {
        var rejected = Assert.Single(Trial.Apply(Plan("a", "b"), record).Rejected);

        Assert.Equal(sentence, rejected.Failure.Sentence);
        Assert.StartsWith("#", rejected.Key);
    }

    [Fact]
    public void One_part_of_a_composite_key_may_be_empty_but_a_whole_key_may_not()
    {
        Assert.Equal($"x{MappingPlan.KeySeparator}", Trial.Apply(Plan("a", "b"), """{"a":"x","b":""}""").Rows.KeyOf(0));
        Assert.Equal(2, Trial.Apply(Plan("a"), """{"a":"","b":1}""", """{"a":"","b":2}""").Rejected.Select(rejected => rejected.Key).Distinct().Count());
    }

    private static MappingPlan Plan(params string[] keys) =>
        Trial.Plan(Trial.Document(new FieldRule { Name = "a", Source = "a" }, new FieldRule { Name = "b", Source = "b" }), keys);

    private static string KeyOf(FieldType type, string json) =>
        Trial.Apply(Trial.Plan(Trial.Document(new FieldRule { Name = "id", Type = type, Source = "id" }), ["id"]), $$"""{"id":{{json}}}""").Rows.KeyOf(0);
}
