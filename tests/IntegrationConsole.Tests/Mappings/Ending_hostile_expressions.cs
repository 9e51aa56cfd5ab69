using System.Text;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Expressions;
using IntegrationConsole.Mappings;
using IntegrationConsole.Mappings.Plan;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Mappings;

/// <summary>Whatever somebody writes into a mapping, or an outside system into a record, ends within its limits, as a sentence.</summary>
public sealed class Ending_hostile_expressions
{
    private static readonly RunFacts Run = new(Guid.Empty, Trial.Noon, ExpressionLimits.Default with { Time = TimeSpan.FromSeconds(2) });

    private static readonly FieldRule Id = new() { Name = "id", Type = FieldType.Integer, Source = "id" };

    public static TheoryData<string, string, string> Hostile { get; } = new()
    {
        { "(v; $f := function($x) { $f($x) }; $f(1))", "{}", "U1001" },
        { "(v; $f := function($x) { $f($x) & 'a' }; $f(1))", "{}", "U1001" },
        { "$contains(v, /^(?=(a+)+$)/)", $$"""{"v":"{{new string('a', 40)}}!"}""", "U1004" },
        { "$pad(v, 1e12)", """{"v":"x"}""", "U1003" },
        { "$length($pad(v, 300000000))", """{"v":"x"}""", "U1003" },
        { "$reduce([1..60], function($p, $i) { $p & $p }, v)", """{"v":"aaaaaaaa"}""", "U1003" },
        { "$eval(v)", """{"v":"($f := function() { $f() }; $f())"}""", "U1001" },
        { "$eval(v)", """{"v":"$pad('x', 1e12)"}""", "U1003" },
        { "$eval(v)", """{"v":"1 +"}""", "D3120" },
        { "$eval(v)", """{"v":"$error('geheim')"}""", "D3121" },
        { "[1..10000000][[0..9999999]] & v", "{}", "U1001,U1002" },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void A_record_is_rejected_with_the_code_and_the_next_one_is_not(string expression, string record, string codes)
    {
        var plan = Trial.Plan(new MappingDocument([Id, new() { Name = "f", Origin = ValueOrigin.Expression, Source = $"id = 2 ? 'calm' : ({expression})" }], []), ["id"], facts: Run);
        var watch = ThreadWatch.StartNew();

        var mapped = Trial.Apply(plan, Merged("1", record), """{"id":2}""");

        var rejected = Assert.Single(mapped.Rejected);
        Assert.Equal((0, FailureCause.Mapping, "f"), (rejected.Record, rejected.Failure.Cause, rejected.Failure.Field));
        Assert.Contains(rejected.Failure.Code, codes.Split(','));
        Assert.EndsWith($"({rejected.Failure.Code}).", rejected.Failure.Sentence);
        Assert.DoesNotContain("geheim", rejected.Failure.Sentence);
        Assert.Equal("calm", mapped.Rows[0][1].ToText());
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(15), $"It took {watch.Elapsed}.");
    }

    [Theory]
    [MemberData(nameof(Hostile))]
    public void The_preview_of_many_samples_shows_it_at_the_field_and_comes_back_to_the_page(string expression, string record, string codes)
    {
        var plan = Trial.Plan(new MappingDocument([Id, new() { Name = "f", Origin = ValueOrigin.Expression, Source = expression }], []));
        var samples = Enumerable.Range(0, 50).Select(number => Encoding.UTF8.GetBytes(Merged($"{number}", record))).ToList();
        var watch = ThreadWatch.StartNew();

        var preview = SamplePreview.Of(plan, samples, first: 7, TimeProvider.System, default);

        var shown = preview.Records[7] ?? throw new InvalidOperationException("The record on the screen was not looked at.");
        Assert.Equal("7", shown.Fields[0].Value);
        Assert.Contains(shown.Fields[1].Problem!.Code, codes.Split(','));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"It took {watch.Elapsed}.");
    }

    [Theory]
    [MemberData(nameof(Hostile))]
    public void As_a_filter_it_rejects_the_record_instead_of_losing_it(string expression, string record, string codes)
    {
        var plan = Trial.Plan(new MappingDocument([Id], []) { Filter = expression }, ["id"], facts: Run);

        var mapped = Trial.Apply(plan, Merged("1", record));

        Assert.Contains(Assert.Single(mapped.Rejected).Failure.Code, codes.Split(','));
        Assert.Equal((0, 0), (mapped.Rows.Count, mapped.Filtered));
    }

    [Theory]
    [InlineData("$sum(orders.total", "At character 17: Expected ) before the end of the expression.")]
    [InlineData("a +* b", "At character 6: The expression should have ended before b.")]
    [InlineData("{'a': }", "At character 7: The symbol } cannot stand at the beginning of a value.")]
    [InlineData("a\n  & 'open", "Line 2, character 9: A string must be closed by the quote that opened it.")]
    public void What_does_not_parse_says_where_and_what_was_expected(string expression, string sentence) => Assert.Equal(
        sentence, Assert.Single(MappingRules.Check(Trial.Document(new FieldRule { Name = "f", Origin = ValueOrigin.Expression, Source = expression }), [])).Sentence);

    [Theory]
    [InlineData("($f := function() { $f() }; $f())")]
    [InlineData("$pad('x', 1e12)")]
    [InlineData("$contains($pad('', 40, 'a') & '!', /^(?=(a+)+$)/)")]
    [InlineData("[1..10000000]^($)")]
    public void Checking_what_needs_no_record_does_not_hold_the_page_up(string expression)
    {
        var watch = ThreadWatch.StartNew();

        Assert.Empty(MappingRules.Check(Trial.Document(new FieldRule { Name = "f", Origin = ValueOrigin.Expression, Source = expression }), []));

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(3), $"It took {watch.Elapsed}.");
    }

    private static string Merged(string id, string record) => $"{{\"id\":{id}{(record.Length > 2 ? "," : "")}{record[1..]}";
}
