using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Mappings;

public sealed class Checking_mappings
{
    private static readonly FieldRule Good = new() { Name = "email", Source = "email" };

    [Fact]
    public void A_sound_mapping_has_no_problems() => Assert.Empty(MappingRules.Check(new MappingDocument([Good], [new("a.b", ConditionOperator.Present, "")]), []));

    [Fact]
    public void A_mapping_has_at_least_one_field_and_at_most_a_thousand()
    {
        Assert.Equal("Add at least one field.", Assert.Single(MappingRules.Check(MappingDocument.Empty, [])).Sentence);

        var many = Enumerable.Range(0, 1_001).Select(number => new FieldRule { Name = $"f{number}", Source = "v" }).ToArray();
        Assert.Equal("A mapping has at most 1000 fields.", Assert.Single(MappingRules.Check(new MappingDocument(many, []), [])).Sentence);
    }

    public static TheoryData<FieldRule, string, string> Wrong { get; } = new()
    {
        { Good with { Name = " " }, "Name", "Name the destination's field." },
        { Good with { Source = "" }, "Source", "Name the value of the record, such as customer.email." },
        { Good with { Source = "a..b" }, "Source", "At character 3 a name was expected; put names with other characters in backticks: `.b`." },
        { Good with { Origin = ValueOrigin.Template, Source = "fixed" }, "Source", "A template holds at least one path in braces, such as {firstName}; for fixed text choose a constant." },
        { Good with { Origin = ValueOrigin.Template, Source = "{open" }, "Source", "The brace at character 1 is not closed." },
        { Good with { Origin = ValueOrigin.Template, Source = "{v}}" }, "Source", "The brace at character 4 was never opened; write }} for a brace." },
        { Good with { Origin = ValueOrigin.Template, Source = "x {a b}" }, "Source", "In the braces at character 3: At character 2 a dot or a position such as [0] was expected." },
        { Good with { Origin = ValueOrigin.Expression, Source = " " }, "Source", "Write an expression, such as $uppercase(customer.name)." },
        { Good with { Origin = ValueOrigin.Expression, Source = "$sum(orders.total" }, "Source", "At character 17: Expected ) before the end of the expression." },
        { Good with { Origin = ValueOrigin.Expression, Source = "a\n+ 'open" }, "Source", "Line 2, character 7: A string must be closed by the quote that opened it." },
        { Good with { Origin = ValueOrigin.Expression, Source = "$lookup_table('countries', v)" }, "Source", "There is no lookup table named countries." },
        { Good with { Lookup = "countries" }, "Lookup", "There is no lookup table named countries." },
        { Good with { Lookup = "known", Origin = ValueOrigin.Constant, Source = "DE" }, "Lookup", "A constant does not go through a lookup table: enter what the table would make of it." },
        { Good with { Culture = "xx-YY" }, "Culture", "Name a culture such as de-DE or en-US." },
        { Good with { Culture = "german please" }, "Culture", "Name a culture such as de-DE or en-US." },
        { Good with { TimeZone = "Middle/Earth" }, "TimeZone", "Name a time zone such as Europe/Berlin." },
        { Good with { Format = "dd.MM.yyyy" }, "Format", "A format is for dates, timestamps and yes/no." },
        { Good with { Format = "unix" }, "Format", "A format is for dates, timestamps and yes/no." },
        { Good with { Type = FieldType.Date, Format = "%" }, "Format", "This is not a format such as dd.MM.yyyy HH:mm." },
        { Good with { Type = FieldType.Date, Format = "dd.MM." }, "Format", "This format leaves out the year: write it as in dd.MM.yyyy HH:mm." },
        { Good with { Type = FieldType.Timestamp, Format = "HH:mm" }, "Format", "This format leaves out the year: write it as in dd.MM.yyyy HH:mm." },
        { Good with { Type = FieldType.Boolean, Format = "Y" }, "Format", "Give the text for yes and the text for no, such as Y|N." },
        { Good with { Type = FieldType.Boolean, Format = " |N" }, "Format", "Give the text for yes and the text for no, such as Y|N." },
        { Good with { Type = FieldType.Boolean, Format = "Y|y" }, "Format", "Give the text for yes and the text for no, such as Y|N." },
        { Good with { Type = FieldType.Integer, Default = "many" }, "Default", "The default is not an integer." },
        { Good with { Type = FieldType.Date, Default = "31.01.2026" }, "Default", "The default is not a date in the form 2026-01-31; set a format or a culture." },
        { Good with { Type = FieldType.Json, Default = "{" }, "Default", "The default is not valid JSON." },
        { Good with { Type = FieldType.Decimal, Origin = ValueOrigin.Constant, Source = "1,5" }, "Source", "The constant is not a decimal number." },
        { Good with { Type = FieldType.Uuid, Origin = ValueOrigin.Constant, Source = "1" }, "Source", "The constant is not a UUID." },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Each_mistake_is_named_at_its_part(FieldRule rule, string part, string sentence) =>
        Assert.Equal([new MappingProblem(1, part, sentence)], MappingRules.Check(new MappingDocument([new() { Name = "id", Source = "id" }, rule], []), ["known"]));

    [Theory]
    [InlineData(FieldType.Date, "dd.MM.yy", "de-DE")]
    [InlineData(FieldType.Date, "yyyyMM", "")]
    [InlineData(FieldType.Date, "d", "en-US")]
    [InlineData(FieldType.Timestamp, "O", "")]
    [InlineData(FieldType.Timestamp, "R", "")]
    [InlineData(FieldType.Timestamp, "yyyy-MM-dd'T'HH:mm:ss.FFFK", "")]
    [InlineData(FieldType.Date, "dd/MM/yyyy", "th-TH")]
    [InlineData(FieldType.Timestamp, "unixms", "")]
    [InlineData(FieldType.Boolean, "ja|nein", "")]
    public void A_format_that_says_the_year_is_fine_in_any_culture(FieldType type, string format, string culture) =>
        Assert.Empty(MappingRules.Check(Trial.Document(Good with { Type = type, Format = format, Culture = culture }), []));

    [Fact]
    public void A_field_that_is_made_twice_is_named_the_second_time() => Assert.Equal(
        [new MappingProblem(1, "Name", "email is made twice: remove one of the two.")], MappingRules.Check(new MappingDocument([Good, Good], []), []));

    [Fact]
    public void A_condition_with_a_wrong_path_is_named_by_its_number() => Assert.Equal(
        [new MappingProblem(-1, "conditions[1]", "Condition 2: At character 1 a name was expected; put names with other characters in backticks: `-`.")],
        MappingRules.Check(new MappingDocument([Good], [new("a", ConditionOperator.Present, ""), new("-", ConditionOperator.Present, "")]), []));

    [Fact]
    public void While_a_field_is_wrong_the_others_still_make_something()
    {
        var document = new MappingDocument([Good, Good with { Name = "phone", Source = "" }, Good with { Name = "name", Source = "name" }], []) { Filter = "name and (", OutputSchema = "{}" };

        var holding = MappingRules.WhatHolds(document, MappingRules.Check(document, []))!;

        Assert.Equal(["email", "name"], holding.Fields.Select(rule => rule.Name));
        Assert.Equal(("", ""), (holding.Filter, holding.OutputSchema));
        Assert.Empty(MappingRules.Check(holding, []));
    }

    [Fact]
    public void A_split_shows_its_rows_before_its_records_have_a_name()
    {
        var document = new MappingDocument([Good with { Source = "item.email" }], []) { Split = "lines" };
        var problems = MappingRules.Check(document, []);

        var preview = Trial.Plan(MappingRules.WhatHolds(document, problems)!).Preview("""{"lines":[{"email":"a"},{"email":"b"}]}"""u8.ToArray(), default);

        Assert.Equal(MappingRules.KeyPart, Assert.Single(problems).Part);
        Assert.Equal(["a", "b"], preview.Split!.Rows.Select(row => row.Fields[0].Value));
    }

    [Fact]
    public void Nothing_holds_of_a_mapping_whose_fields_are_all_wrong_or_whose_rows_are()
    {
        var fieldless = new MappingDocument([Good with { Source = "" }], []);
        var rowless = new MappingDocument([Good], []) { Split = "lines[" };

        Assert.Null(MappingRules.WhatHolds(fieldless, MappingRules.Check(fieldless, [])));
        Assert.Null(MappingRules.WhatHolds(rowless, MappingRules.Check(rowless, [])));
    }

    [Fact]
    public async Task A_run_is_told_what_became_wrong_with_a_mapping_since_it_was_published()
    {
        await using var console = await TestConsole.StartAsync();
        var tenant = await console.GivenATenantAsync();
        var plans = console.Get<MappingPlans>();

        var gone = await Assert.ThrowsAsync<FailureException>(() => plans.PreviewAsync(tenant, Trial.Document(Good with { Lookup = "countries" }), [], default));
        var keyless = await Assert.ThrowsAsync<FailureException>(() => plans.PreviewAsync(tenant, Trial.Document(Good), ["email", "region"], default));

        Assert.Equal(
            (FailureCause.Configuration, "email", "The mapping cannot be used: email: There is no lookup table named countries."),
            (gone.Failure.Cause, gone.Failure.Field, gone.Failure.Sentence));
        Assert.Equal(
            (FailureCause.Configuration, "region", "The mapping cannot be used: region is part of the key, and the mapping does not make it."),
            (keyless.Failure.Cause, keyless.Failure.Field, keyless.Failure.Sentence));
    }
}
