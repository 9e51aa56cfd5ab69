using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync.DryRuns;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Sync;

public sealed class Trying_drafts_on_real_records
{
    private static readonly FieldRule Id = new() { Name = "id", Type = FieldType.Integer, Source = "id" };
    private static readonly FieldRule Name = new() { Name = "name", Source = "name" };

    private static readonly MappingDocument Draft = new([Id, Name with { Case = LetterCase.Upper }], []);

    [Fact]
    public async Task The_last_records_of_the_source_are_tried_and_nothing_is_written()
    {
        await using var world = await SyncWorld.StartAsync();
        world.GivenRecords(95);
        var steps = new List<DryRunProgress>();

        var report = await TryAsync(world, Draft, 30, steps.Add);

        Assert.Equal((95, 30, true), (report.Source.Read, report.Source.Records.Count, report.Source.ReachedEnd));
        Assert.Equal((30, 30, 30), (report.Records.Seen, report.Records.Passing, report.Records.Changed));
        Assert.Equal(("66", "name 66", "NAME 66"), report.Records.Fields[0].Examples[0] is { } first ? (first.Record, first.Before!, first.After!) : default);
        Assert.Equal(1, report.ComparedWith);
        Assert.Empty(world.System.Held);
        Assert.Contains(steps, step => step.Step.StartsWith("Reading the source", StringComparison.Ordinal));
        Assert.Contains(steps, step => step.Share > 0 || step.Step == "Trying the records");
    }

    [Fact]
    public async Task The_open_letters_are_tried_as_a_replay_would_send_them()
    {
        await using var world = await SyncWorld.StartAsync(fields: [Id, Name with { Required = true }]);
        world.System.Records = ["""{"id":1,"name":"a"}""", """{"id":2}""", """{"id":3}""", """{"id":"x","name":"b"}"""];
        await world.RunAsync();
        var letters = await world.LettersAsync();
        var edited = letters.Single(letter => letter.Field == "id");
        await world.Console.Get<IntegrationConsole.DeadLetters.DeadLetterStore>().EditAsync(
            world.Tenant, edited.Id, edited.Version, """{"id":4,"name":"b"}"""u8.ToArray(), Support.TestConsole.Somebody, default);

        var report = await TryAsync(world, new MappingDocument([Id, Name], []), 10);
        var worse = await TryAsync(world, new MappingDocument([Id, Name with { Source = "nickname", Required = true }], []), 10);

        Assert.Equal(3, letters.Count);
        Assert.Equal((3, 3, 2, 0), (report.Letters.Seen, report.Letters.Passing, report.Letters.NewlyPassing, report.Letters.Failing));
        Assert.Equal((4, 3, 2, 1), (report.Records.Seen, report.Records.Passing, report.Records.NewlyPassing, report.Records.Failing));
        Assert.All(worse.Letters.Failures.Single().Examples, name => Assert.Contains(name, letters.Select(letter => letter.KeyText)));
        Assert.Equal(3, (await world.LettersAsync()).Count);
    }

    [Fact]
    public async Task More_letters_than_one_page_are_all_tried_once()
    {
        await using var world = await SyncWorld.StartAsync(fields: [Id with { Required = true }, Name with { Required = true }], batchBreaker: false);
        world.System.BatchSize = 700;
        world.System.Records = ["""{"id":0,"name":"good"}""", .. Enumerable.Range(1, 1_200).Select(id => $$"""{"id":{{id}}}""")];
        await world.RunAsync();

        var report = await TryAsync(world, new MappingDocument([Id, Name with { Required = true, Source = "nickname" }], []), 1);

        Assert.Equal((1_200, 1_200), (report.Letters.Seen, report.Letters.Failing));
        var failure = Assert.Single(report.Letters.Failures);
        Assert.Equal((FailureCause.Validation, "name", 1_200), (failure.Cause, failure.Field, failure.Count));
        Assert.Equal(3, failure.Examples.Count);
    }

    [Fact]
    public async Task Where_the_source_breaks_off_what_came_before_is_tried_and_the_letters_are()
    {
        await using var world = await SyncWorld.StartAsync();
        world.GivenRecords(40);
        world.System.BeforeRead = (position, _) => position >= 20 ? throw new HttpRequestException("gone") : Task.CompletedTask;

        var report = await TryAsync(world, Draft, 100);

        Assert.Equal((20, false), (report.Records.Seen, report.Source.ReachedEnd));
        Assert.NotNull(report.Source.Failure);
    }

    [Fact]
    public async Task A_dry_run_can_be_stopped_while_the_source_is_silent()
    {
        await using var world = await SyncWorld.StartAsync();
        world.GivenRecords(40);
        using var stop = new CancellationTokenSource();
        world.System.BeforeRead = async (_, cancellationToken) =>
        {
            await stop.CancelAsync();
            await Task.Delay(Timeout.Infinite, cancellationToken);
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => TryAsync(world, Draft, 100, cancellationToken: stop.Token));
    }

    [Fact]
    public async Task Whatever_is_asked_for_ten_thousand_records_are_tried_and_all_of_them()
    {
        await using var world = await SyncWorld.StartAsync();
        world.System.BatchSize = 1_000;
        world.GivenRecords(10_500);

        var report = await TryAsync(world, Draft, 20_000);

        Assert.Equal((10_500, 10_000, 10_000), (report.Source.Read, report.Records.Seen, report.Records.Changed));
        Assert.Equal("501", report.Records.Fields[0].Examples[0].Record);
    }

    [Fact]
    public async Task Records_of_a_group_are_tried_together_as_a_run_has_them()
    {
        await using var world = await SyncWorld.StartAsync();
        world.System.Records = [.. Enumerable.Range(0, 1_600).Select(number => $$"""{"id":{{(number < 1_001 ? 1 : 2)}},"number":{{number}}}""")];
        var draft = new MappingDocument(
            [Id with { Source = "key" }, Name with { Origin = ValueOrigin.Expression, Source = "$string($count(records))" }], []) { Group = "id", Key = "number" };

        var report = await TryAsync(world, draft, 10_000);

        Assert.Equal((1_001, FailureCause.TooLarge), (report.Records.Failing, Assert.Single(report.Records.Failures).Cause));
        Assert.Equal((599, "599"), (report.Records.Passing, report.Records.Fields.Single(field => field.Name == "name").Examples[0].After));
    }

    [Fact]
    public async Task Of_an_endless_source_the_last_of_a_hundred_thousand_records_are_tried()
    {
        await using var world = await SyncWorld.StartAsync();
        world.System.BatchSize = 10_000;
        world.GivenRecords(100_001);

        var report = await TryAsync(world, Draft, 10);

        Assert.Equal((100_000, 10, false), (report.Source.Read, report.Records.Seen, report.Source.ReachedEnd));
        Assert.Null(report.Source.Failure);
        Assert.Equal("99991", report.Records.Fields[0].Examples[0].Record);
    }

    [Fact]
    public async Task Large_records_are_tried_as_far_as_they_fit()
    {
        await using var world = await SyncWorld.StartAsync();
        world.System.Records = [.. Enumerable.Repeat($$"""{"id":1,"name":"a","much":"{{new string('x', 1024 * 1024)}}"}""", 70)];

        var report = await TryAsync(world, Draft, 100);

        Assert.Equal((70, 63, true), (report.Source.Read, report.Records.Passing, report.Source.ReachedEnd));
    }

    [Fact]
    public async Task A_record_that_the_source_could_not_read_fails_for_that()
    {
        await using var world = await SyncWorld.StartAsync();
        world.GivenRecords(3);
        world.System.Unreadable = record => record.Contains("name 2", StringComparison.Ordinal) ? new Failure(FailureCause.Malformed, "Line 2 is torn.") : null;

        var report = await TryAsync(world, Draft, 10);

        Assert.Equal((2, 1), (report.Records.Passing, report.Records.Failing));
        Assert.Equal("Line 2 is torn.", Assert.Single(report.Records.Failures).Sentence);
    }

    [Fact]
    public async Task Where_the_published_version_cannot_be_used_any_more_the_draft_is_tried_alone()
    {
        await using var world = await SyncWorld.StartAsync(fields: [Id, Name with { Lookup = "gone" }]);
        world.GivenRecords(3);

        var report = await TryAsync(world, Draft, 10);

        Assert.Equal((3, 0, 0, null), (report.Records.Passing, report.Records.Changed, report.Records.NewlyPassing, report.ComparedWith));
    }

    [Fact]
    public async Task A_source_that_is_silent_for_two_minutes_is_waited_for_no_longer()
    {
        var clock = new ManualClock();
        await using var world = await SyncWorld.StartAsync(clock: clock);
        world.GivenRecords(3);
        world.System.BeforeRead = (_, cancellationToken) =>
        {
            clock.Advance(TimeSpan.FromMinutes(2));
            return Task.Delay(Timeout.Infinite, cancellationToken);
        };

        var report = await TryAsync(world, Draft, 10);

        Assert.Equal((FailureCause.Timeout, "fake did not send a record within 2 minutes."), (report.Source.Failure!.Cause, report.Source.Failure.Sentence));
        Assert.Equal((0, false), (report.Records.Seen, report.Source.ReachedEnd));
    }

    [Fact]
    public async Task A_draft_that_cannot_be_used_says_why()
    {
        await using var world = await SyncWorld.StartAsync();

        var unusable = await Assert.ThrowsAsync<FailureException>(() => TryAsync(world, new MappingDocument([Name], []), 100));

        Assert.Equal("The mapping cannot be used: id is part of the key, and the mapping does not make it.", unusable.Failure.Sentence);
    }

    private static Task<DryRunReport> TryAsync(
        SyncWorld world, MappingDocument draft, int records, Action<DryRunProgress>? progress = null, CancellationToken cancellationToken = default) =>
        world.Console.Get<DryRun>().TryAsync(world.Sync, draft, records, progress ?? (_ => { }), cancellationToken);
}
