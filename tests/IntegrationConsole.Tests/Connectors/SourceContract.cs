using System.Text.Json;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Connectors;

/// <summary>What every source promises, whatever it reads from. Each connector that reads inherits this suite.</summary>
public abstract class SourceContract
{
    /// <summary>
    /// A real outside system that holds these records in one stream: <c>id</c> (integer, rising), <c>name</c> (text) and
    /// <c>changed</c> (a UTC timestamp, rising with the id).
    /// </summary>
    internal abstract Task<SourceUnderTest> GivenAsync(TestConsole console, IReadOnlyList<SourceRow> rows);

    /// <summary>The same connection, to a place where nothing answers; null where a source cannot be away.</summary>
    internal abstract OpenConnection? Dead(SourceUnderTest source);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(250)]
    public async Task Every_record_is_read_once_in_batches_no_larger_than_asked_for(int count)
    {
        await using var console = await TestConsole.StartAsync();
        var source = await GivenAsync(console, Rows(count));

        var batches = await ReadAsync(source, new ReadRequest(source.Stream, ReadMode.Full, null, null, 20));

        Assert.Equal(Rows(count).Select(row => row.Id), batches.SelectMany(batch => batch.Ids));
        Assert.All(batches, batch => Assert.True(batch.Ids.Count <= 20));
    }

    [Fact]
    public async Task Values_arrive_as_they_are_in_the_source()
    {
        await using var console = await TestConsole.StartAsync();
        SourceRow[] rows = [new(1, "Zoë \"Q\", née Łukasz \t 東京 🚀", Instant(1)), new(2, "", Instant(2))];
        var source = await GivenAsync(console, rows);

        var batches = await ReadAsync(source, new ReadRequest(source.Stream, ReadMode.Full, null, null, 20));

        Assert.Equal(rows.Select(row => row.Name), batches.SelectMany(batch => batch.Names));
    }

    [Fact]
    public async Task A_read_that_starts_at_a_checkpoint_goes_on_with_the_next_record()
    {
        await using var console = await TestConsole.StartAsync();
        var source = await GivenAsync(console, Rows(95));
        var request = new ReadRequest(source.Stream, ReadMode.Full, null, null, 10);
        var whole = await ReadAsync(source, request);

        var before = new List<long>();
        foreach (var batch in whole)
        {
            before.AddRange(batch.Ids);
            Assert.NotNull(batch.Checkpoint);
            var rest = await ReadAsync(source, request with { Checkpoint = batch.Checkpoint });
            Assert.Equal(Rows(95).Select(row => row.Id), before.Concat(rest.SelectMany(later => later.Ids)));
        }
    }

    [Fact]
    public async Task An_incremental_read_brings_only_what_changed_since_the_last_one()
    {
        await using var console = await TestConsole.StartAsync();
        var source = await GivenAsync(console, Rows(30));
        if (!source.SupportsIncremental)
        {
            return;
        }

        var first = await ReadAsync(source, new ReadRequest(source.Stream, ReadMode.Incremental, null, null, 8));
        var cursor = first[^1].Watermark;
        await source.AddAsync([new(31, "new", Instant(31)), new(32, "newer", Instant(32))]);
        var second = await ReadAsync(source, new ReadRequest(source.Stream, ReadMode.Incremental, cursor, null, 8));
        var third = await ReadAsync(source, new ReadRequest(source.Stream, ReadMode.Incremental, second[^1].Watermark, null, 8));

        // The record at the cursor itself may come again: a source that compares with >= must not lose its twin.
        Assert.NotNull(cursor);
        Assert.Equal(Rows(30).Select(row => row.Id), first.SelectMany(batch => batch.Ids));
        Assert.Equal([31L, 32L], second.SelectMany(batch => batch.Ids).Where(id => id > 30));
        Assert.DoesNotContain(second.SelectMany(batch => batch.Ids), id => id < 30);
        Assert.DoesNotContain(third.SelectMany(batch => batch.Ids), id => id < 32);
    }

    [Fact]
    public async Task A_cancelled_read_stops()
    {
        await using var console = await TestConsole.StartAsync();
        var source = await GivenAsync(console, Rows(250));
        using var cancel = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var batch in source.Connector.ReadAsync(source.Connection, new ReadRequest(source.Stream, ReadMode.Full, null, null, 10), cancel.Token))
            {
                batch.Dispose();
                await cancel.CancelAsync();
            }
        });
    }

    [Fact]
    public async Task A_test_of_a_living_system_passes_and_says_what_it_tried()
    {
        await using var console = await TestConsole.StartAsync();
        var source = await GivenAsync(console, Rows(3));

        var report = await source.Connector.CheckAsync(source.Connection, CancellationToken.None);

        Assert.True(report.Passed, report.Summary);
        Assert.All(report.Steps, step => Assert.NotEmpty(step.Tried + step.Answer));
    }

    [Fact]
    public async Task A_test_of_a_dead_system_fails_in_a_step_that_says_what_to_do()
    {
        await using var console = await TestConsole.StartAsync();
        var source = await GivenAsync(console, Rows(3));
        if (Dead(source) is not { } dead)
        {
            return;
        }

        var report = await source.Connector.CheckAsync(dead, CancellationToken.None);

        Assert.False(report.Passed);
        Assert.False(report.Steps[^1].Passed);
        Assert.NotEmpty(report.Steps[^1].Suggestion);
    }

    [Fact]
    public async Task The_stream_is_discovered()
    {
        await using var console = await TestConsole.StartAsync();
        var source = await GivenAsync(console, Rows(3));

        var streams = await source.Connector.DiscoverAsync(source.Connection, CancellationToken.None);

        Assert.Contains(streams, stream => stream.Name == source.Stream && stream.CanRead);
    }

    [Fact]
    public async Task The_settings_used_here_are_valid_and_an_unknown_one_is_named()
    {
        await using var console = await TestConsole.StartAsync();
        var source = await GivenAsync(console, Rows(1));
        var odd = JsonSerializer.Deserialize<JsonElement>(source.Connection.Settings.GetRawText()[..^1] + ",\"colour\":\"red\"}");

        Assert.Empty(SettingRules.Check(source.Connector, source.Connection.Settings));
        Assert.Contains(SettingRules.Check(source.Connector, odd), problem => problem.Path == "colour");
    }

    [Fact]
    public async Task A_stream_that_is_not_there_ends_in_a_sentence()
    {
        await using var console = await TestConsole.StartAsync();
        var source = await GivenAsync(console, Rows(1));

        var problem = await Assert.ThrowsAnyAsync<Exception>(() => ReadAsync(source, new ReadRequest("no-such-stream", ReadMode.Full, null, null, 10)));
        var failure = FailureClassifier.Classify(problem, "the source");

        Assert.Contains(failure.Cause, (FailureCause[])[FailureCause.Configuration, FailureCause.SchemaChange]);
    }

    protected static IReadOnlyList<SourceRow> Rows(int count) => [.. Enumerable.Range(1, count).Select(id => new SourceRow(id, $"name {id}", Instant(id)))];

    protected static DateTimeOffset Instant(long id) => new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(id);

    internal static async Task<IReadOnlyList<ReadBatch>> ReadAsync(SourceUnderTest source, ReadRequest request)
    {
        var batches = new List<ReadBatch>();
        await foreach (var batch in source.Connector.ReadAsync(source.Connection, request, CancellationToken.None))
        {
            using (batch)
            {
                var records = Enumerable.Range(0, batch.Count).Select(index => JsonSerializer.Deserialize<JsonElement>(batch[index].Span)).ToList();
                batches.Add(new ReadBatch(
                    [.. records.Select(record => LongOf(record.GetProperty("id")))], [.. records.Select(record => record.GetProperty("name").GetString()!)],
                    batch.Checkpoint, batch.Watermark));
            }
        }

        return batches;
    }

    /// <summary>Files of text have no numbers.</summary>
    private static long LongOf(JsonElement value) => value.ValueKind is JsonValueKind.Number ? value.GetInt64() : long.Parse(value.GetString()!);
}

public sealed record SourceRow(long Id, string Name, DateTimeOffset Changed);

/// <param name="AddAsync">Puts more records into the stream.</param>
internal sealed record SourceUnderTest(ISource Connector, OpenConnection Connection, string Stream, bool SupportsIncremental, Func<IReadOnlyList<SourceRow>, Task> AddAsync);

internal sealed record ReadBatch(IReadOnlyList<long> Ids, IReadOnlyList<string> Names, string? Checkpoint, string? Watermark);
