using System.Text;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings;

namespace IntegrationConsole.Tests.Mappings;

public sealed class Previewing_records
{
    private static readonly MappingDocument Document = new(
        [
            new FieldRule { Name = "id", Type = FieldType.Integer, Source = "id" },
            new FieldRule { Name = "born", Type = FieldType.Date, Source = "born" },
            new FieldRule { Name = "email", Source = "email", Required = true },
            new FieldRule { Name = "note", Source = "note" },
        ],
        [new RecordCondition("status", ConditionOperator.Equals, "active")]);

    [Fact]
    public void Each_field_shows_its_value_or_its_problem()
    {
        var preview = Trial.Plan(Document, ["id"]).Preview(Encoding.UTF8.GetBytes("""{"id":"7","born":"soon","status":"active"}"""), default);

        Assert.Equal(["id", "born", "email", "note"], preview.Fields.Select(field => field.Name));
        Assert.Equal(["7", null, null, null], preview.Fields.Select(field => field.Value));
        Assert.Equal(
            [null, "the value at born is not a date in the form 2026-01-31; set a format or a culture", "a value is required, and the record has none at email", null],
            preview.Fields.Select(field => field.Problem?.Sentence));
        Assert.Equal([FailureCause.Mapping, FailureCause.Validation], preview.Fields.Where(field => field.Problem is not null).Select(field => field.Problem!.Cause));
        Assert.Equal((false, ""), (preview.Filtered, preview.Problem));
    }

    [Fact]
    public void A_missing_key_shows_at_the_key()
    {
        var preview = Trial.Plan(Document, ["note"]).Preview("""{"id":1,"email":"x","note":""}"""u8.ToArray(), default);

        Assert.Equal("the key needs a value, and the record's is empty", preview.Fields[3].Problem!.Sentence);
    }

    [Theory]
    [InlineData("""{"id":1,"email":"x","status":"gone"}""", true)]
    [InlineData("""{"id":1,"email":"x","status":"active"}""", false)]
    public void A_record_that_the_conditions_leave_out_says_so_and_shows_its_fields_all_the_same(string record, bool filtered)
    {
        var preview = Trial.Plan(Document).Preview(Encoding.UTF8.GetBytes(record), default);

        Assert.Equal(filtered, preview.Filtered);
        Assert.Equal("1", preview.Fields[0].Value);
    }

    [Fact]
    public void What_is_not_JSON_has_one_problem_and_no_fields()
    {
        var preview = Trial.Plan(Document).Preview("{nonsense"u8.ToArray(), default);

        Assert.Equal("The record is not valid JSON.", preview.Problem);
        Assert.Empty(preview.Fields);
    }

    [Fact]
    public void A_preview_is_what_the_run_makes_of_the_record()
    {
        var plan = Trial.Plan(Document, ["id"]);
        var record = """{"id":1,"born":"2000-02-29","email":"a@b.c","status":"active","note":""}""";

        var preview = plan.Preview(Encoding.UTF8.GetBytes(record), default).Fields.Select(field => field.Value);
        var row = Trial.Apply(plan, record).Rows[0].ToArray().Select(value => value.IsNull ? null : value.ToText());

        Assert.Equal(row, preview);
    }
}
