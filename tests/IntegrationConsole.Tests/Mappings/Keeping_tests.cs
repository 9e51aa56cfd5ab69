using System.Text;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings;
using IntegrationConsole.Mappings.Trials;
using IntegrationConsole.Tests.Support;
using Npgsql;

namespace IntegrationConsole.Tests.Mappings;

public sealed class Keeping_tests
{
    private static readonly FieldRule Id = new() { Name = "id", Type = FieldType.Integer, Source = "id", Required = true };
    private static readonly FieldRule Email = new() { Name = "email", Source = "email" };

    private static readonly Expectation AdasRow = Row(("id", "7"), ("email", "ada@example.com"));

    [Fact]
    public async Task A_test_passes_while_the_mapping_makes_what_it_made_and_names_the_fields_that_it_makes_otherwise()
    {
        await using var world = await TrialWorld.StartAsync(Id, Email);
        await world.KeepAsync("Ada", """{"id":"7","email":"ada@example.com"}""", AdasRow);

        var before = Assert.Single(await world.RunAsync());
        await world.SaveAsync(Id, Email with { Case = LetterCase.Upper });
        var after = Assert.Single(await world.RunAsync());
        await world.SaveAsync(Id);
        var gone = Assert.Single(await world.RunAsync());

        Assert.Equal((true, "as expected"), (before.Passed, before.Sentence));
        Assert.Equal([new TestDifference("email", "ada@example.com", "ADA@EXAMPLE.COM")], after.Differences);
        Assert.Equal("email differs", after.Sentence);
        Assert.Equal([new TestDifference("email", "ada@example.com", "(the mapping does not make this field)")], gone.Differences);
    }

    [Fact]
    public async Task A_field_that_the_test_does_not_name_may_be_anything()
    {
        await using var world = await TrialWorld.StartAsync(Id, Email);
        await world.KeepAsync("Ada", """{"id":7,"email":"x"}""", Row(("id", "7")));

        Assert.True(Assert.Single(await world.RunAsync()).Passed);
    }

    [Fact]
    public async Task Records_can_be_expected_to_be_left_out_or_rejected_at_a_field()
    {
        await using var world = await TrialWorld.StartAsync(Id, Email);
        await world.KeepAsync("a left out", """{"id":1}""", Expectation.Filtered);
        await world.KeepAsync("b rejected at id", """{"id":"x"}""", Expectation.Rejected(FailureCause.Mapping, "id"));
        await world.KeepAsync("c rejected anywhere", """{"id":"x"}""", Expectation.Rejected(FailureCause.Mapping, ""));
        await world.KeepAsync("d rejected elsewhere", """{"id":"x"}""", Expectation.Rejected(FailureCause.Mapping, "email"));
        await world.KeepAsync("e rejected otherwise", """{}""", Expectation.Rejected(FailureCause.Mapping, "id"));

        Assert.Equal(
            [
                "it makes a row where it should be that it is left out", "as expected", "as expected",
                "it is rejected (mapping at id) where it should be that it is rejected (mapping at email)",
                "it is rejected (validation at id) where it should be that it is rejected (mapping at id)",
            ],
            (await world.RunAsync()).Select(result => result.Sentence));
    }

    [Fact]
    public async Task A_test_comes_out_the_same_whenever_it_is_run()
    {
        await using var world = await TrialWorld.StartAsync(Id, new FieldRule { Name = "on", Type = FieldType.Date, Origin = ValueOrigin.Expression, Source = "$substring($now(), 0, 10)" });
        await world.KeepAsync("then", """{"id":1}""", Row(("on", "2026-01-02")));
        await world.Tests.SaveAsync(
            world.Tenant, world.Mapping, null, new TestDraft("later", """{"id":1}"""u8.ToArray(), Row(("on", "2026-01-09")), Trial.Noon.AddDays(7)), TestConsole.Somebody, default);

        Assert.Equal([("later", true), ("then", true)], (await world.RunAsync()).Select(result => (result.Test.Name, result.Passed)));
    }

    [Theory]
    [InlineData("ab", "as expected")]
    [InlineData("ax", "sku of row 2 differs")]
    [InlineData("a", "it makes a row where it should be that it makes 2 rows")]
    [InlineData("abc", "it makes 3 rows where it should be that it makes 2 rows")]
    [InlineData("", "it is left out where it should be that it makes 2 rows")]
    public void Of_several_rows_each_has_to_be_there_and_no_other(string made, string sentence)
    {
        static Expectation Rows(string skus) => skus.Length == 0 ? Expectation.Filtered
            : new(ExpectedEnd.Rows, [.. skus.Select(sku => new Dictionary<string, string?> { ["sku"] = $"{sku}", ["more"] = null })]);

        var test = new SavedTest(Guid.Empty, "lines", [], Rows("ab"), Trial.Noon, "", Trial.Noon, 1);

        Assert.Equal(sentence, TestResult.Of(test, Rows(made)).Sentence);
    }

    [Fact]
    public async Task What_is_expected_is_what_the_mapping_makes_of_the_record()
    {
        await using var world = await TrialWorld.StartAsync(Id, Email);
        var bench = world.Console.Get<TestBench>();
        var document = (await world.NewestAsync()).Parsed;

        var row = await bench.MakeAsync(world.Tenant, """{"id":"7"}"""u8.ToArray(), Trial.Noon, document, [], default);
        var rejected = await bench.MakeAsync(world.Tenant, """{"id":"x"}"""u8.ToArray(), Trial.Noon, document, [], default);

        Assert.Equal([("id", "7"), ("email", null)], Assert.Single(row.Rows).Select(pair => (pair.Key, pair.Value)));
        Assert.Equal((ExpectedEnd.Rejected, FailureCause.Mapping, "id"), (rejected.End, rejected.Cause, rejected.Field));
    }

    [Fact]
    public async Task Neither_the_record_nor_the_expectation_can_be_read_in_the_database()
    {
        await using var world = await TrialWorld.StartAsync(Id, Email);
        await world.KeepAsync("Ada", """{"id":7,"email":"ada@example.com"}""", AdasRow);

        await using var session = await world.Console.Database.InTenantAsync(world.Tenant, default);
        var kept = Encoding.Latin1.GetString((await session.FindAsync<byte[]>("select record || expectation from mapping_test", new { }, default))!);

        Assert.True(kept.Length > 50);
        Assert.DoesNotContain("ada@example.com", kept);
        Assert.Equal("ada@example.com", Assert.Single(await world.Tests.ListAsync(world.Tenant, world.Mapping, default)).Expectation.Rows[0]["email"]);
    }

    [Fact]
    public async Task Of_two_people_who_change_one_test_the_second_is_told_and_names_are_unique_in_a_mapping()
    {
        await using var world = await TrialWorld.StartAsync(Id, Email);
        Assert.Equal(TestSaving.Done, await world.KeepAsync("Ada", "{}", Expectation.Filtered));
        Assert.Equal(TestSaving.NameTaken, await world.KeepAsync(" ADA ", "{}", Expectation.Filtered));
        var seen = Assert.Single(await world.Tests.ListAsync(world.Tenant, world.Mapping, default));
        var draft = new TestDraft("Ada L.", "{}"u8.ToArray(), AdasRow, Trial.Noon);

        var first = await world.Tests.SaveAsync(world.Tenant, world.Mapping, (seen.Id, seen.Version), draft, TestConsole.Somebody, default);
        var second = await world.Tests.SaveAsync(world.Tenant, world.Mapping, (seen.Id, seen.Version), draft, TestConsole.Somebody, default);

        Assert.Equal((TestSaving.Done, TestSaving.Outdated), (first, second));
        Assert.Equal(("change", "mapping test", "Ada L."), (await world.LastEntryAsync()) is { } entry ? (entry.Action, entry.ObjectKind, entry.ObjectName) : default);
    }

    [Fact]
    public async Task A_mapping_has_at_most_so_many_tests()
    {
        await using var world = await TrialWorld.StartAsync(Id);
        for (var number = 0; number < SavedTestStore.MostTests; number++)
        {
            Assert.Equal(TestSaving.Done, await world.KeepAsync($"{number}", "{}", Expectation.Filtered));
        }

        Assert.Equal(TestSaving.Full, await world.KeepAsync("one more", "{}", Expectation.Filtered));
    }

    [Fact]
    public async Task Another_tenant_sees_changes_and_deletes_none_of_it()
    {
        await using var world = await TrialWorld.StartAsync(Id);
        await world.KeepAsync("Ada", "{}", Expectation.Filtered);
        var test = Assert.Single(await world.Tests.ListAsync(world.Tenant, world.Mapping, default));
        var stranger = await world.Console.GivenATenantAsync();
        var draft = new TestDraft("mine", "{}"u8.ToArray(), Expectation.Filtered, Trial.Noon);

        Assert.Empty(await world.Tests.ListAsync(stranger, world.Mapping, default));
        Assert.Equal(TestSaving.Outdated, await world.Tests.SaveAsync(stranger, world.Mapping, (test.Id, test.Version), draft, TestConsole.Somebody, default));
        await Assert.ThrowsAsync<PostgresException>(() => world.Tests.SaveAsync(stranger, world.Mapping, null, draft, TestConsole.Somebody, default));
        await world.Tests.DeleteAsync(stranger, world.Mapping, test.Id, TestConsole.Somebody, default);

        Assert.Equal("Ada", Assert.Single(await world.Tests.ListAsync(world.Tenant, world.Mapping, default)).Name);
    }

    [Fact]
    public async Task A_failing_test_stops_the_publication_until_somebody_takes_it_upon_themselves_for_good()
    {
        await using var world = await TrialWorld.StartAsync(Id, Email);
        await world.KeepAsync("Ada", """{"id":7,"email":"ada@example.com"}""", AdasRow);
        Assert.Equal(Published.Done, await world.PublishAsync());
        await world.SaveAsync(Id, Email with { Case = LetterCase.Upper });

        var refused = await world.PublishAsync();
        var state = (await world.NewestAsync()).State;
        var done = await world.PublishAsync(agreed: 1, "louder");

        Assert.Equal((Published.Refused, VersionState.Draft, Published.Done), (refused, state, done));
        Assert.Equal("louder (published although 1 test fails: Ada)", (await world.NewestAsync()).Note);
        Assert.Equal("v2: louder (published although 1 test fails: Ada)", (await world.LastEntryAsync()).Detail);
    }

    [Fact]
    public async Task Agreeing_to_one_failing_test_is_not_agreeing_to_two()
    {
        await using var world = await TrialWorld.StartAsync(Id);
        await world.KeepAsync("one", "{}", Expectation.Filtered);
        await world.KeepAsync("two", "{}", Expectation.Filtered);

        Assert.Equal(Published.Refused, await world.PublishAsync(agreed: 1));
        Assert.Equal(Published.Done, await world.PublishAsync(agreed: 2));
    }

    [Fact]
    public async Task A_test_that_was_not_tried_in_time_has_not_passed()
    {
        await using var world = await TrialWorld.StartAsync(Id);
        await world.KeepAsync("Ada", "{\"id\":7}", Row(("id", "7")));
        var bench = new TestBench(world.Tests, world.Console.Get<MappingPlans>(), new ClockOfImpatience());

        var result = Assert.Single(await bench.RunAsync(world.Tenant, world.Mapping, (await world.NewestAsync()).Parsed, [], default));

        Assert.Equal("it was not tried in time where it should be that it makes a row", result.Sentence);
    }

    [Fact]
    public async Task A_draft_that_was_edited_after_it_was_checked_is_not_published()
    {
        await using var world = await TrialWorld.StartAsync(Id);
        var seen = await world.NewestAsync();
        await world.SaveAsync(Id, Email);

        Assert.False(await world.Console.Get<MappingStore>().PublishAsync(world.Tenant, world.Mapping, 1, seen.EditedAt, "", TestConsole.Somebody, default));
        Assert.Equal(VersionState.Draft, (await world.NewestAsync()).State);
    }

    [Fact]
    public async Task A_draft_that_somebody_edits_while_its_tests_run_is_not_published()
    {
        await using var world = await TrialWorld.StartAsync(Id);
        await world.KeepAsync("Ada", "{\"id\":7}", Row(("id", "7")));
        var edits = new ClockOfAnEditor(() => world.SaveAsync(Id, Email));
        var bench = new TestBench(world.Tests, world.Console.Get<MappingPlans>(), edits);
        var publication = new Publication(world.Console.Get<MappingStore>(), world.Console.Get<LookupStore>(), bench);

        Assert.Equal(Published.Outdated, await publication.PublishAsync(world.Tenant, world.Mapping, 1, [], "", 0, TestConsole.Somebody, default));
        Assert.Equal(VersionState.Draft, (await world.NewestAsync()).State);
        Assert.Equal(["id", "email"], (await world.NewestAsync()).Parsed.Fields.Select(rule => rule.Name));
    }

    [Fact]
    public async Task What_can_never_work_is_not_published_whatever_somebody_agreed_to()
    {
        await using var world = await TrialWorld.StartAsync(Id with { Lookup = "codes" });
        await world.GivenATableAsync("codes", ("a", "no number"));

        Assert.Equal(Published.Refused, await world.PublishAsync(agreed: 200));
        Assert.Equal(VersionState.Draft, (await world.NewestAsync()).State);
    }

    [Theory]
    [InlineData("""{"a":"x","b":null,"c":1.50,"d":[1,2]}""", "a=x b=- c=1.50 d=[1,2]", "")]
    [InlineData("""[{"a":"x"},{"a":"y"}]""", "a=x | a=y", "")]
    [InlineData("[]", "", "Enter the row as an object of fields and texts, or several in a list.")]
    [InlineData("\"x\"", "", "Enter the row as an object of fields and texts, or several in a list.")]
    [InlineData("{\n\"a\":", "", "This is not JSON: see line 2.")]
    [InlineData("{\"a\":\"\\ud83d\"}", "", "A text holds half a character.")]
    public void Rows_are_entered_as_JSON(string text, string expected, string problem)
    {
        var (rows, wrong) = Expectation.ReadRows(text);

        Assert.Equal(problem, wrong);
        Assert.Equal(expected, rows is null ? "" : string.Join(" | ", rows.Select(row => string.Join(' ', row.Select(pair => $"{pair.Key}={pair.Value ?? "-"}")))));
        Assert.Equal(rows?.Select(row => row.ToArray()), rows is null ? null : Expectation.ReadRows(new Expectation(ExpectedEnd.Rows, rows).RowsText()).Rows!.Select(row => row.ToArray()));
    }

    private static readonly ChildTable Lines = new()
    {
        Stream = "order_lines", List = "lines", KeyFields = ["line"], Fields = [new() { Name = "line", Type = FieldType.Integer, Source = "index" }, new() { Name = "sku", Source = "item.sku" }],
    };

    private const string Order = """{"id":7,"lines":[{"sku":"a"},{"sku":"b"}]}""";

    [Fact]
    public async Task A_test_expects_the_rows_of_child_tables_and_names_the_one_that_differs()
    {
        await using var world = await TrialWorld.StartAsync(Id);
        var document = new MappingDocument([Id], []) { Children = [Lines] };
        var bench = world.Console.Get<TestBench>();
        var made = await bench.MakeAsync(world.Tenant, Encoding.UTF8.GetBytes(Order), Trial.Noon, document, [], default);
        await world.KeepAsync("order", Order, made);

        Task<IReadOnlyList<TestResult>> RunAsync(MappingDocument on) => bench.RunAsync(world.Tenant, world.Mapping, on, [], default);
        var same = Assert.Single(await RunAsync(document));
        var other = Assert.Single(await RunAsync(document with { Children = [Lines with { Fields = [Lines.Fields[0], Lines.Fields[1] with { Case = LetterCase.Upper }] }] }));
        var fewer = Assert.Single(await RunAsync(document with { Children = [Lines with { List = "lines[0]" }] }));
        var none = Assert.Single(await RunAsync(document with { Children = [] }));

        Assert.Equal("makes a row and 2 rows of order_lines", TestResult.EndOf(same.Test.Expectation));
        Assert.True(same.Passed);
        Assert.Equal([new TestDifference("sku of row 1 of order_lines", "a", "A"), new TestDifference("sku of row 2 of order_lines", "b", "B")], other.Differences);
        Assert.Equal([new TestDifference("order_lines", "2 rows", "a row")], fewer.Differences);
        Assert.Equal("order_lines differs", none.Sentence);
    }

    [Fact]
    public async Task A_child_table_that_the_test_does_not_name_may_hold_anything()
    {
        await using var world = await TrialWorld.StartAsync(Id);
        await world.KeepAsync("order", Order, Row(("id", "7")));

        Assert.True(Assert.Single(await world.Console.Get<TestBench>().RunAsync(world.Tenant, world.Mapping, new MappingDocument([Id], []) { Children = [Lines] }, [], default)).Passed);
    }

    [Theory]
    [InlineData("""{"order_lines":[{"sku":"a","line":0},{"sku":null}],"tags":[]}""", "order_lines: sku=a line=0 | sku=-; tags: ", "")]
    [InlineData(" ", "", "")]
    [InlineData("{}", "", "Enter an object of tables, each with a list of its rows.")]
    [InlineData("[]", "", "Enter an object of tables, each with a list of its rows.")]
    [InlineData("""{"order_lines":{"sku":"a"}}""", "", "Enter an object of tables, each with a list of its rows.")]
    [InlineData("""{"order_lines":["a"]}""", "", "Enter an object of tables, each with a list of its rows.")]
    [InlineData("{\n\"a\":", "", "This is not JSON: see line 2.")]
    public void Rows_of_child_tables_are_entered_as_JSON_and_come_out_as_they_went_in(string text, string expected, string problem)
    {
        var (children, wrong) = Expectation.ReadChildren(text);
        var kept = Expectation.FromBytes(new Expectation(ExpectedEnd.Rows, []) { Children = children }.ToBytes());

        Assert.Equal(problem, wrong);
        Assert.Equal(expected, Words(children));
        Assert.Equal(expected, Words(kept.Children));
        Assert.Equal(expected, Words(Expectation.ReadChildren(kept.ChildrenText()).Children));
    }

    private static string Words(IReadOnlyDictionary<string, IReadOnlyList<IReadOnlyDictionary<string, string?>>>? children) => string.Join(
        "; ", children?.Select(child => $"{child.Key}: {string.Join(" | ", child.Value.Select(row => string.Join(' ', row.Select(pair => $"{pair.Key}={pair.Value ?? "-"}"))))}") ?? []);

    private static Expectation Row(params (string Field, string? Text)[] fields) => new(ExpectedEnd.Rows, [fields.ToDictionary(field => field.Field, field => field.Text)]);

    /// <summary>Whoever begins to wait by it is overtaken by an edit.</summary>
    private sealed class ClockOfAnEditor(Func<Task> edit) : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            edit().GetAwaiter().GetResult();
            return System.CreateTimer(callback, state, dueTime, period);
        }
    }

    /// <summary>Whoever waits by it has waited long enough at once.</summary>
    private sealed class ClockOfImpatience : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            callback(state);
            return System.CreateTimer(_ => { }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }
}
