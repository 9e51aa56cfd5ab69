using System.Text;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings;
using IntegrationConsole.Mappings.Agreements;

namespace IntegrationConsole.Tests.Mappings;

public sealed class Holding_records_to_schemas
{
    private static readonly MappingDocument Plain = new(
        [
            new FieldRule { Name = "id", Type = FieldType.Integer, Source = "id" },
            new FieldRule { Name = "email", Source = "email" },
            new FieldRule { Name = "total", Type = FieldType.Decimal, Source = "total" },
        ],
        [new RecordCondition("status", ConditionOperator.NotEquals, "draft")]);

    private const string Input = """
        { "type": "object", "required": ["id", "email"], "properties": { "email": { "type": "string", "format": "email" }, "total": { "type": ["number", "null"] } } }
        """;

    private const string Output = """
        { "required": ["email"], "properties": { "email": { "type": "string", "maxLength": 10 }, "total": { "multipleOf": 0.01 } } }
        """;

    [Fact]
    public void What_the_source_did_not_agree_to_is_a_schema_change_with_the_place_and_the_rule()
    {
        var plan = Trial.Plan(Plain with { InputSchema = Input }, ["id"]);

        var rejected = Assert.Single(Trial.Apply(plan, """{"id":1,"email":42}""", """{"id":2,"email":"a@b.example"}""").Rejected);

        Assert.Equal(
            new Failure(
                FailureCause.SchemaChange,
                "/email: the source does not send what was agreed: this must be a text, and it is a number (rule /properties/email/type).", "type", "/email"),
            rejected.Failure);
        Assert.Equal((0, "1"), (rejected.Record, rejected.Key));
    }

    [Fact]
    public void What_the_destination_would_not_take_is_a_validation()
    {
        var plan = Trial.Plan(Plain with { OutputSchema = Output }, ["id"]);

        var mapped = Trial.Apply(plan, """{"id":1,"email":"far.too.long@b.example"}""", """{"id":2,"email":"a@b.c"}""", """{"id":3}""");

        Assert.Equal(["2"], Enumerable.Range(0, mapped.Rows.Count).Select(mapped.Rows.KeyOf));
        Assert.Equal(
            [
                new Failure(
                    FailureCause.Validation,
                    "/email: the row is not what the destination takes: the text has 22 characters, and at most 10 are allowed (rule /properties/email/maxLength).", "maxLength", "/email"),
                new Failure(
                    FailureCause.Validation,
                    "/email: the row is not what the destination takes: this must be a text, and it is null (rule /properties/email/type).", "type", "/email"),
            ],
            mapped.Rejected.Select(rejected => rejected.Failure));
    }

    [Fact]
    public void The_row_is_seen_with_all_its_digits_and_every_type_in_its_usual_form()
    {
        var document = new MappingDocument(
            [
                new() { Name = "money", Type = FieldType.Decimal, Source = "money" }, new() { Name = "born", Type = FieldType.Date, Source = "born" },
                new() { Name = "at", Type = FieldType.Timestamp, Source = "at" }, new() { Name = "id", Type = FieldType.Uuid, Source = "id" },
                new() { Name = "ok", Type = FieldType.Boolean, Source = "ok" }, new() { Name = "tags", Type = FieldType.Json, Source = "tags" },
                new() { Name = "none", Source = "none" },
            ],
            []) with
        {
            OutputSchema = """
                { "const": { "money": 9007199254740993.01, "born": "2024-02-29", "at": "2026-01-01T11:00:00Z", "id": "6f9619ff-8b86-d011-b42d-00c04fc964ff", "ok": true, "tags": ["ä", {"a": 1e400}], "none": null } }
                """,
        };

        var mapped = Trial.Apply(
            Trial.Plan(document),
            """{"money":"9007199254740993.01","born":"2024-02-29","at":"2026-01-01T12:00:00+01:00","id":"6F9619FF-8B86-D011-B42D-00C04FC964FF","ok":"yes","tags":["ä",{"a":1e400}]}""",
            """{"money":"9007199254740993.02","born":"2024-02-29","at":"2026-01-01T12:00:00+01:00","id":"6F9619FF-8B86-D011-B42D-00C04FC964FF","ok":"yes","tags":["ä",{"a":1e400}]}""");

        Assert.Equal((1, 0, 1), (mapped.Rows.Count, mapped.Rows.RecordOf(0), mapped.Rejected.Count));
    }

    [Fact]
    public void All_that_is_wrong_is_named_the_source_s_part_first_and_the_row_s_last()
    {
        var plan = Trial.Plan(Plain with { InputSchema = Input, OutputSchema = Output }, ["id"]);

        var sentences = Trial.Apply(plan, """{"total":"x"}""", """{"id":2,"email":"much.longer@b.example","total":1.005}""").Rejected.Select(rejected => rejected.Failure.Sentence);

        Assert.Equal(
            [
                "The source does not send what was agreed: \"id\" is missing (rule /required). Also \"email\" is missing, /total, total, id.",
                "/email: the row is not what the destination takes: the text has 21 characters, and at most 10 are allowed (rule /properties/email/maxLength). Also /total.",
            ],
            sentences);
    }

    [Fact]
    public void What_does_not_fit_may_go_on_and_is_counted()
    {
        var plan = Trial.Plan(Plain with { InputSchema = Input, InputMisfit = MisfitRule.Note, OutputSchema = Output, OutputMisfit = MisfitRule.Note });

        var mapped = Trial.Apply(
            plan, """{"id":1,"email":"a"}""", """{"id":2,"email":"a@b.c"}""", """{"id":3}""", """{"id":"wrong"}""", """{"id":4,"email":"longer.than@ten.example"}""");

        Assert.Equal((4, 1), (mapped.Rows.Count, mapped.Rejected.Count));
        Assert.Equal(
            [
                new MisfitNote(SchemaSide.Source, 2, "/email: The text must be an e-mail address (rule /properties/email/format)"),
                new MisfitNote(SchemaSide.Destination, 2, "/email: This must be a text, and it is null (rule /properties/email/type)"),
            ],
            mapped.Notes);
    }

    [Fact]
    public void What_the_conditions_leave_out_need_not_fit()
    {
        var plan = Trial.Plan(Plain with { InputSchema = Input });

        var mapped = Trial.Apply(plan, """{"status":"draft"}""");

        Assert.Equal((1, 0), (mapped.Filtered, mapped.Rejected.Count));
        Assert.Empty(plan.Preview("""{"status":"draft"}"""u8.ToArray(), default).Misfits);
    }

    [Fact]
    public void The_source_s_part_is_told_even_where_the_filter_cannot_decide()
    {
        var plan = Trial.Plan(Plain with { InputSchema = Input, Filter = "total * 2 > 1" });

        var failure = Assert.Single(Trial.Apply(plan, """{"id":1,"email":"a@b.example","total":"many"}""").Rejected).Failure;

        Assert.Equal((FailureCause.SchemaChange, "/total"), (failure.Cause, failure.Field));
    }

    [Theory]
    [InlineData("""{"o":{"a\u0000b":1}}""")]
    [InlineData("""{"o":{"\ud800":1}}""")]
    [InlineData("""{"o":{"line\nbreak":1}}""")]
    public void A_hostile_name_stands_in_the_sentence_without_harm(string record)
    {
        var plan = Trial.Plan(new MappingDocument([new() { Name = "id", Source = "id" }], []) { InputSchema = """{ "properties": { "o": { "additionalProperties": { "type": "string" } } } }""" });

        var failure = Assert.Single(Trial.Apply(plan, record).Rejected).Failure;

        Assert.DoesNotContain((failure.Field + failure.Sentence).ToCharArray(), unit => char.IsControl(unit) || char.IsSurrogate(unit));
        Assert.StartsWith("/o/", failure.Field);
    }

    [Fact]
    public void A_name_of_a_megabyte_is_shortened()
    {
        var plan = Trial.Plan(new MappingDocument([new() { Name = "id", Source = "id" }], []) { InputSchema = """{ "additionalProperties": { "type": "string" } }""" });

        var failure = Assert.Single(Trial.Apply(plan, $$"""{"{{new string('n', 1_000_000)}}":1}""").Rejected).Failure;

        Assert.InRange(failure.Field.Length, 300, 500);
        Assert.InRange(failure.Sentence.Length, 300, 2_000);
    }

    [Fact]
    public void Half_a_character_in_a_row_is_looked_at_like_any_text()
    {
        var document = new MappingDocument([new() { Name = "name", Source = "name" }], []) { OutputSchema = """{ "properties": { "name": { "maxLength": 3 } } }""" };

        Assert.DoesNotContain(Trial.Apply(Trial.Plan(document), """{"name":"a\ud800"}""").Rejected, rejected => rejected.Failure.Code == "maxLength");
    }

    [Fact]
    public void The_preview_says_what_the_run_would_reject_and_what_it_would_only_note()
    {
        var record = """{"id":1,"email":"a"}"""u8.ToArray();
        var rejecting = Trial.Plan(Plain with { InputSchema = Input }).Preview(record, default);
        var noting = Trial.Plan(Plain with { InputSchema = Input, InputMisfit = MisfitRule.Note }).Preview(record, default);

        Assert.Equal(
            new SchemaMisfit(SchemaSide.Source, "/email", "/properties/email/format", "format", "The text must be an e-mail address.", true), Assert.Single(rejecting.Misfits));
        Assert.Equal((true, false), (rejecting.IsSetAside, noting.IsSetAside));
        Assert.False(Assert.Single(noting.Misfits).IsRejected);
    }

    [Fact]
    public void Of_the_samples_each_side_says_how_many_fit_of_those_it_looked_at()
    {
        byte[][] samples =
        [
            .. new[] { """{"id":1,"email":"a@b.c"}""", """{"id":2,"email":"far.longer@b.example"}""", """{"id":"x","email":"a@b.c"}""", """{"status":"draft"}""", "no JSON", """{"id":3}""" }
                .Select(Encoding.UTF8.GetBytes),
        ];

        var previews = SamplePreview.Of(Trial.Plan(Plain with { InputSchema = Input, OutputSchema = Output }), samples, 0, TimeProvider.System, default);

        Assert.Equal(new SampleFit(3, 4), SampleFit.Of(previews, SchemaSide.Source));
        Assert.Equal(new SampleFit(1, 3), SampleFit.Of(previews, SchemaSide.Destination));
        Assert.Equal([1, 2, 4, 5], previews.Failing);
    }

    [Theory]
    [InlineData("{", "Input schema: The schema is not valid JSON")]
    [InlineData("""{ "type": "text" }""", "Input schema: At /type: This is no valid JSON Schema.")]
    [InlineData("""{ "$ref": "https://example.org/elsewhere" }""", "Input schema: At /$ref:")]
    public void A_schema_that_cannot_be_used_is_named_where_it_is_wrong(string schema, string beginning)
    {
        var problem = Assert.Single(MappingRules.Check(Plain with { InputSchema = schema }, []));

        Assert.Equal((-1, MappingRules.InputSchemaPart), (problem.Field, problem.Part));
        Assert.StartsWith(beginning, problem.Sentence);
        Assert.Equal(MappingRules.OutputSchemaPart, Assert.Single(MappingRules.Check(Plain with { OutputSchema = schema }, [])).Part);
    }

    [Fact]
    public void A_schema_of_more_than_a_million_characters_is_refused() => Assert.Equal(
        "Input schema: A schema has at most 1,000,000 characters.",
        Assert.Single(MappingRules.Check(Plain with { InputSchema = $"{{{new string(' ', 1_000_000)}}}" }, [])).Sentence);
}
