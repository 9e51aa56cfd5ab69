using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Connectors;

/// <summary>What every destination promises, whatever it writes to. Each connector that writes inherits this suite.</summary>
public abstract class DestinationContract
{
    protected static readonly RowField[] Fields = [new("id", FieldType.Integer), new("name", FieldType.String), new("amount", FieldType.Decimal)];

    /// <summary>
    /// A real outside system with an empty stream that takes the fields <c>id</c> (integer, the key), <c>name</c> (text,
    /// at most 20 characters) and <c>amount</c> (decimal).
    /// </summary>
    internal abstract Task<DestinationUnderTest> GivenAsync(TestConsole console);

    /// <summary>The same connection, to a place where nothing answers.</summary>
    internal abstract OpenConnection Dead(DestinationUnderTest destination);

    [Fact]
    public async Task Rows_arrive_once_each_with_their_values()
    {
        await using var console = await TestConsole.StartAsync();
        var destination = await GivenAsync(console);
        await using var writer = await OpenAsync(destination, WriteMode.Upsert);

        var result = await WriteAsync(writer, Rows((1, "Zoë 東京 🚀", 1.10m), (2, "two", -0.0000001m), (3, "three", 79228162514264337593543950335m)));

        Assert.Null(result.Refused);
        Assert.Empty(result.Failures);
        Assert.Equal(3, result.Written);
        Assert.Equal(
            [(1, "Zoë 東京 🚀", 1.10m), (2, "two", -0.0000001m), (3, "three", 79228162514264337593543950335m)],
            (await destination.RowsAsync()).Order());
    }

    [Fact]
    public async Task Written_again_the_rows_are_still_there_once()
    {
        await using var console = await TestConsole.StartAsync();
        var destination = await GivenAsync(console);
        await using var writer = await OpenAsync(destination, WriteMode.Upsert);
        await WriteAsync(writer, Rows((1, "one", 1m), (2, "two", 2m)));

        var again = await WriteAsync(writer, Rows((1, "one", 1m), (2, "changed", 2m)), "another batch");

        Assert.Equal([(1, "one", 1m), (2, "changed", 2m)], (await destination.RowsAsync()).Order());
        Assert.Equal(2, again.Written + again.Unchanged);
        if (destination.TellsUnchanged)
        {
            Assert.Equal((1, 1), (again.Written, again.Unchanged));
        }
    }

    [Fact]
    public async Task Of_two_rows_with_the_same_key_the_later_one_stays()
    {
        await using var console = await TestConsole.StartAsync();
        var destination = await GivenAsync(console);
        await using var writer = await OpenAsync(destination, WriteMode.Upsert);

        var result = await WriteAsync(writer, Rows((1, "first", 1m), (2, "two", 2m), (1, "last", 3m)));

        Assert.Equal(3, result.Written + result.Unchanged);
        Assert.Equal([(1, "last", 3m), (2, "two", 2m)], (await destination.RowsAsync()).Order());
    }

    [Fact]
    public async Task An_append_that_is_tried_again_with_its_token_adds_nothing()
    {
        await using var console = await TestConsole.StartAsync();
        var destination = await GivenAsync(console);
        await using var writer = await OpenAsync(destination, WriteMode.Append);
        await WriteAsync(writer, Rows((1, "one", 1m), (2, "two", 2m)), "batch-1");

        var again = await WriteAsync(writer, Rows((1, "one", 1m), (2, "two", 2m)), "batch-1");

        Assert.Null(again.Refused);
        Assert.Equal(2, again.Written + again.Unchanged);
        Assert.Equal([(1, "one", 1m), (2, "two", 2m)], (await destination.RowsAsync()).Order());
    }

    [Fact]
    public async Task An_update_changes_what_is_there_and_names_what_is_not()
    {
        await using var console = await TestConsole.StartAsync();
        var destination = await GivenAsync(console);
        await using (var upsert = await OpenAsync(destination, WriteMode.Upsert))
        {
            await WriteAsync(upsert, Rows((1, "one", 1m)));
        }

        await using var update = await OpenAsync(destination, WriteMode.Update);
        var causes = await CausesAsync(update, Rows((1, "changed", 1m), (7, "absent", 7m)));

        Assert.Equal([(1, "changed", 1m)], await destination.RowsAsync());
        Assert.Equal([(1, FailureCause.ReferenceMissing)], causes);
    }

    [Fact]
    public async Task A_row_that_is_not_accepted_does_not_keep_its_neighbours_out()
    {
        await using var console = await TestConsole.StartAsync();
        var destination = await GivenAsync(console);
        await using var writer = await OpenAsync(destination, WriteMode.Upsert);

        var causes = await CausesAsync(writer, Rows((1, "one", 1m), (2, "this name has more than twenty characters", 2m), (3, "three", 3m)));

        Assert.Equal([(1, "one", 1m), (3, "three", 3m)], (await destination.RowsAsync()).Order());
        Assert.Equal([(1, FailureCause.Validation)], causes);
    }

    [Fact]
    public async Task A_dead_destination_is_a_failure_of_the_system_and_not_of_the_rows()
    {
        await using var console = await TestConsole.StartAsync();
        var destination = await GivenAsync(console);

        Failure? failure;
        try
        {
            await using var writer = await destination.Connector.OpenAsync(Dead(destination), Request(destination, WriteMode.Upsert), CancellationToken.None);
            failure = (await WriteAsync(writer, Rows((1, "one", 1m)))).Refused;
        }
        catch (Exception problem)
        {
            failure = FailureClassifier.Classify(problem, "the destination");
        }

        Assert.Equal(FailureCause.TargetDown, failure?.Cause);
        Assert.True(failure!.IsSystemic);
    }

    [Fact]
    public async Task A_test_of_a_living_system_passes_and_of_a_dead_one_fails_with_advice()
    {
        await using var console = await TestConsole.StartAsync();
        var destination = await GivenAsync(console);

        var living = await destination.Connector.CheckAsync(destination.Connection, CancellationToken.None);
        var dead = await destination.Connector.CheckAsync(Dead(destination), CancellationToken.None);

        Assert.True(living.Passed, living.Summary);
        Assert.False(dead.Passed);
        Assert.NotEmpty(dead.Steps[^1].Suggestion);
    }

    [Fact]
    public async Task The_stream_is_discovered()
    {
        await using var console = await TestConsole.StartAsync();
        var destination = await GivenAsync(console);

        var streams = await destination.Connector.DiscoverAsync(destination.Connection, CancellationToken.None);

        Assert.Contains(streams, stream => stream.Name == destination.Stream && stream.CanWrite);
    }

    internal static Task<IDestinationWriter> OpenAsync(DestinationUnderTest destination, WriteMode mode) =>
        destination.Connector.OpenAsync(destination.Connection, Request(destination, mode), CancellationToken.None);

    private static WriteRequest Request(DestinationUnderTest destination, WriteMode mode) => new(destination.Stream, mode, Fields, ["id"], CreateStream: false);

    internal static Task<WriteResult> WriteAsync(IDestinationWriter writer, RowBatch rows, string token = "batch") =>
        writer.WriteAsync(rows, 0, rows.Count, token, CancellationToken.None);

    /// <summary>Writes as the line does: what is refused as a whole is split until the rows at fault stand alone.</summary>
    private static async Task<IReadOnlyList<(int Row, FailureCause Cause)>> CausesAsync(IDestinationWriter writer, RowBatch rows)
    {
        var causes = new List<(int, FailureCause)>();
        async Task WriteRangeAsync(int start, int count)
        {
            var result = await writer.WriteAsync(rows, start, count, $"batch-{start}-{count}", CancellationToken.None);
            causes.AddRange(result.Failures.Select(failure => (failure.Key, failure.Value.Cause)));
            if (result.Refused is { IsSystemic: false } refused)
            {
                if (count == 1)
                {
                    causes.Add((start, refused.Cause));
                    return;
                }

                await WriteRangeAsync(start, count / 2);
                await WriteRangeAsync(start + (count / 2), count - (count / 2));
            }
        }

        await WriteRangeAsync(0, rows.Count);
        return [.. causes.Order()];
    }

    protected static RowBatch Rows(params (int Id, string Name, decimal Amount)[] rows)
    {
        var batch = new RowBatch(Fields);
        for (var index = 0; index < rows.Length; index++)
        {
            var row = batch.NextRow();
            row[0] = FieldValue.Of((long)rows[index].Id);
            row[1] = FieldValue.Of(rows[index].Name);
            row[2] = FieldValue.Of(rows[index].Amount);
            batch.Commit(rows[index].Id.ToString(), index);
        }

        return batch;
    }
}

/// <param name="TellsUnchanged">Whether the system can tell a write that changed nothing.</param>
/// <param name="RowsAsync">What the system holds now, asked of itself.</param>
internal sealed record DestinationUnderTest(
    IDestination Connector, OpenConnection Connection, string Stream, bool TellsUnchanged, Func<Task<IReadOnlyList<(int Id, string Name, decimal Amount)>>> RowsAsync);
