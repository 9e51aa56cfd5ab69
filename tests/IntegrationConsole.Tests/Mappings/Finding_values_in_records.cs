using System.Text;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings;

namespace IntegrationConsole.Tests.Mappings;

public sealed class Finding_values_in_records
{
    [Theory]
    [InlineData("""{"a":1,"b":{"c":"x"}}""", "b.c", "x")]
    [InlineData("""{"b":{"c":"x"},"b2":{"c":"y"}}""", "b2.c", "y")]
    [InlineData("""{"list":[{"n":1},{"n":2}]}""", "list[1].n", "2")]
    [InlineData("""{"list":[[1,2],[3,4]]}""", "list[1][0]", "3")]
    [InlineData("""{"list":[1]}""", "list[7]", "nothing")]
    [InlineData("""{"a":{"b":1}}""", "a[0]", "nothing")]
    [InlineData("""{"a":5}""", "a.b", "nothing")]
    [InlineData("""{"a":null}""", "a.b", "nothing")]
    [InlineData("""{"a":null}""", "a", "nothing")]
    [InlineData("""{}""", "a", "nothing")]
    [InlineData("""{"first name":"x"}""", "`first name`", "x")]
    [InlineData("""{"":"x"}""", "``", "x")]
    public void A_value_stands_where_its_path_leads(string record, string path, string expected) => Assert.Equal(expected, Found(record, path));

    [Theory]
    [InlineData("""{"e\u006dail":"x"}""", "email", "x")]
    [InlineData("""{"a\/b":"x"}""", "`a/b`", "x")]
    [InlineData("""{"gr\u00f6\u00dfe":"x"}""", "größe", "x")]
    [InlineData("""{"\ud83d\ude00":"x"}""", "`😀`", "x")]
    public void An_escaped_property_name_is_the_same_name(string record, string path, string expected) => Assert.Equal(expected, Found(record, path));

    [Theory]
    [InlineData("""{"a":1,"a":2}""", "a", "2")]
    [InlineData("""{"a":{"b":1},"a":{"b":2}}""", "a.b", "2")]
    [InlineData("""{"a":{"b":1},"a":{}}""", "a.b", "nothing")]
    [InlineData("""{"a":{"b":1},"a":5}""", "a.b", "nothing")]
    [InlineData("""{"a":[{"b":1}],"a":[]}""", "a[0].b", "nothing")]
    [InlineData("""{"a":[1],"a":{"b":2}}""", "a.b", "2")]
    public void Of_a_property_that_stands_there_twice_the_last_one_counts_with_all_that_is_in_it(string record, string path, string expected) =>
        Assert.Equal(expected, Found(record, path));

    [Theory]
    [InlineData("""{"a":[{"b":1},{"b":2}]}""", "a.b")]
    [InlineData("""{"a":[{"b":[{"c":1}]}]}""", "a.b[0].c")]
    [InlineData("""{"a":[]}""", "a.b")]
    [InlineData("""{"a":{"b":[1]}}""", "a.b.c")]
    public void A_list_in_the_way_is_a_problem_and_not_a_guess(string record, string path) =>
        Assert.Equal($"! f: {path} leads through a list: say which of its elements, such as [0].", Found(record, path));

    [Fact]
    public void A_list_in_the_way_is_noticed_also_where_another_field_takes_one_of_its_elements()
    {
        var plan = Trial.Plan(Trial.Document(new FieldRule { Name = "first", Source = "a[0].b" }, new FieldRule { Name = "any", Source = "a.b" }));

        var rejected = Assert.Single(Trial.Apply(plan, """{"a":[{"b":1}]}""").Rejected);

        Assert.Equal("any", rejected.Failure.Field);
    }

    [Theory]
    [InlineData("""{"v":{"x":1}}""", "an object")]
    [InlineData("""{"v":[1]}""", "a list")]
    public void Text_is_not_made_of_what_is_no_single_value(string record, string what) =>
        Assert.Equal($"! f: the value at v is {what}, not a single value.", Found(record, "v"));

    [Fact]
    public void Values_are_found_two_hundred_levels_deep()
    {
        var record = string.Concat(Enumerable.Repeat("""{"a":""", 200)) + "7" + new string('}', 200);

        Assert.Equal("7", Found(record, string.Join('.', Enumerable.Repeat("a", 200))));
        Assert.Equal("nothing", Found(record, "b"));
    }

    [Fact]
    public void A_record_nested_without_end_is_set_aside()
    {
        var record = string.Concat(Enumerable.Repeat("""{"a":""", 100_000));

        Assert.Equal("! The record is not valid JSON.", Found(record, "a.a"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("""{"v":1""")]
    [InlineData("""{"v":1}}""")]
    [InlineData("""{"v":1}{"v":2}""")]
    [InlineData("""{"v":1} and more""")]
    [InlineData("""{"v":01}""")]
    [InlineData("""{"v":'x'}""")]
    [InlineData("""{"v":NaN}""")]
    [InlineData("""{"v":1,}""")]
    [InlineData("""{"\ud800":1,"v":2}""")]
    public void What_is_not_one_piece_of_JSON_is_set_aside_and_its_neighbours_go_on(string broken)
    {
        var plan = Trial.Plan(Trial.Document(new FieldRule { Name = "f", Source = "v" }));

        var mapped = Trial.Apply(plan, """{"v":"before"}""", broken, """{"v":"after"}""");

        Assert.Equal(["before", "after"], Enumerable.Range(0, mapped.Rows.Count).Select(row => mapped.Rows[row][0].ToText()));
        Assert.Equal((1, FailureCause.Malformed, "The record is not valid JSON."), (mapped.Rejected[0].Record, mapped.Rejected[0].Failure.Cause, mapped.Rejected[0].Failure.Sentence));
    }

    [Theory]
    [InlineData("""{"v":"\ud800"}""", "it holds half a character")]
    [InlineData("""{"v":"x\udc00y"}""", "it holds half a character")]
    public void A_text_with_half_a_character_is_set_aside(string record, string why)
    {
        var mapped = Trial.Apply(Trial.Plan(Trial.Document(new FieldRule { Name = "f", Source = "v" })), record);

        Assert.Equal((FailureCause.Malformed, $"f: the value at v cannot be read: {why}."), (mapped.Rejected[0].Failure.Cause, mapped.Rejected[0].Failure.Sentence));
    }

    [Theory]
    [InlineData(FieldType.String, ValueOrigin.Path, "v")]
    [InlineData(FieldType.Json, ValueOrigin.Path, "v")]
    [InlineData(FieldType.String, ValueOrigin.Template, "{v}")]
    public void Bytes_that_are_not_UTF_8_are_not_replaced_in_silence(FieldType type, ValueOrigin origin, string source)
    {
        byte[] record = [.. "{\"v\":\"a"u8, 0xff, 0xfe, .. "b\"}"u8];
        var mapped = Trial.Apply(Trial.Plan(Trial.Document(new FieldRule { Name = "f", Type = type, Origin = origin, Source = source })), record);

        Assert.Equal("f: the value at v cannot be read: it is not UTF-8.", Assert.Single(mapped.Rejected).Failure.Sentence);
    }

    [Fact]
    public void What_no_path_leads_to_does_not_matter()
    {
        byte[] record = [.. "{\"other\":{\"x\":[\"\\ud800\",\""u8, 0xff, .. "\",1e999]},\"v\":\"fine\"}"u8];
        var mapped = Trial.Apply(Trial.Plan(Trial.Document(new FieldRule { Name = "f", Source = "v" })), record);

        Assert.Equal("fine", mapped.Rows[0][0].ToText());
    }

    [Fact]
    public void A_number_of_any_length_is_kept_as_it_is_written_where_text_is_wanted()
    {
        var digits = new string('9', 5_000);

        Assert.Equal(digits, Found($$"""{"v":{{digits}}}""", "v"));
        Assert.Equal("1.10e+400", Found("""{"v":1.10e+400}""", "v"));
    }

    [Fact]
    public void A_thousand_fields_are_found_in_one_pass_whatever_their_order()
    {
        var rules = Enumerable.Range(0, 1_000).Select(number => new FieldRule { Name = $"f{number}", Source = $"group{number % 10}.v{number}" }).ToArray();
        var record = new StringBuilder("{");
        for (var group = 9; group >= 0; group--)
        {
            record.Append($"\"group{group}\":{{").AppendJoin(',', Enumerable.Range(0, 1_000).Where(number => number % 10 == group).Reverse().Select(number => $"\"v{number}\":{number}")).Append(group > 0 ? "}," : "}");
        }

        var mapped = Trial.Apply(Trial.Plan(Trial.Document(rules)), record.Append('}').ToString());

        Assert.Equal(Enumerable.Range(0, 1_000).Select(number => $"{number}"), mapped.Rows[0].ToArray().Select(value => value.ToText()));
    }

    private static string Found(string record, string path)
    {
        var mapped = Trial.Apply(Trial.Plan(Trial.Document(new FieldRule { Name = "f", Source = path })), record);
        return mapped.Rejected is [var rejected] ? $"! {rejected.Failure.Sentence}" : mapped.Rows[0][0].IsNull ? "nothing" : mapped.Rows[0][0].ToText();
    }
}
