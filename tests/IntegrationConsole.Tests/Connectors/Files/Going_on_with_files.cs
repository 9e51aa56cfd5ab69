using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Tests.Connectors.Files;

public sealed class Going_on_with_files : IDisposable
{
    private readonly FolderOfFiles _files = new();

    [Fact]
    public async Task A_stopped_read_goes_on_in_the_middle_of_a_file_bad_rows_counted()
    {
        _files.Put("1.csv", "a,b\n1,1\nbad\n2,2\n");
        _files.Put("2.csv", "a,b\n3,3\n4\n5,5\n");
        var whole = await ReadAsync(1);

        for (var stop = 0; stop < whole.Count; stop++)
        {
            var rest = await ReadAsync(2, whole[stop].Checkpoint);
            Assert.Equal(whole.SelectMany(batch => batch.Texts), whole.Take(stop + 1).Concat(rest).SelectMany(batch => batch.Texts));
        }

        Assert.Equal(6, whole.Count);
    }

    [Fact]
    public async Task A_file_that_was_read_to_its_end_may_change_or_go_away_afterwards()
    {
        _files.Put("1.csv", "a\n1\n");
        _files.Put("2.csv", "a\n2\n3\n");
        var first = (await _files.ReadAsync(_files.Connection(), new ReadRequest("*", ReadMode.Full, null, null, 2)))[0];
        File.Delete(Path.Combine(_files.Folder, "1.csv"));

        var rest = await ReadAsync(10, first.Checkpoint);

        Assert.Equal(["""{"a":"1"}""", """{"a":"2"}"""], first.Texts);
        Assert.Equal(["""{"a":"3"}"""], rest.SelectMany(batch => batch.Texts));
    }

    [Theory]
    [InlineData("changed")]
    [InlineData("touched")]
    [InlineData("removed")]
    public async Task A_file_that_is_not_the_same_any_more_is_not_gone_on_with(string what)
    {
        _files.Put("1.csv", "a\n1\n2\n3\n");
        var first = (await ReadAsync(1))[0];
        switch (what)
        {
            case "changed":
                _files.Put("1.csv", "a\n0\n1\n2\n3\n");
                break;
            case "touched":
                _files.Put("1.csv", "a\n1\n2\n4\n", TimeSpan.FromMinutes(30));
                break;
            default:
                File.Delete(Path.Combine(_files.Folder, "1.csv"));
                _files.Put("2.csv", "a\n5\n");
                break;
        }

        var failed = await Assert.ThrowsAsync<FailureException>(() => ReadAsync(1, first.Checkpoint));

        Assert.Equal((FailureCause.Configuration, "file-changed"), (failed.Failure.Cause, failed.Failure.Code));
        Assert.Contains("start a new run", failed.Failure.Sentence);
    }

    [Fact]
    public async Task A_file_that_changes_while_it_is_read_is_noticed_at_its_end()
    {
        _files.Put("1.csv", "a\n1\n2\n");

        var failed = await Assert.ThrowsAsync<FailureException>(() => _files.ReadAsync(
            _files.Connection(), new ReadRequest("*", ReadMode.Full, null, null, 1), _ => _files.Put("1.csv", "a\n1\n2\n3\n")));

        Assert.Contains("changed while it was being read", failed.Failure.Sentence);
    }

    [Theory]
    [InlineData("")]
    [InlineData("7")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{\"file\": 7}")]
    public async Task A_place_that_cannot_be_understood_ends_in_a_sentence(string checkpoint)
    {
        _files.Put("1.csv", "a\n1\n");

        var failed = await Assert.ThrowsAsync<FailureException>(() => ReadAsync(1, checkpoint));

        Assert.Equal((FailureCause.Configuration, "checkpoint"), (failed.Failure.Cause, failed.Failure.Code));
    }

    [Fact]
    public async Task An_incremental_read_takes_files_in_the_order_in_which_they_were_written()
    {
        _files.Put("b.csv", "a\n1\n", TimeSpan.FromMinutes(30));
        _files.Put("a.csv", "a\n2\n", TimeSpan.FromMinutes(20));
        _files.Put("c.csv", "a\n3\n", TimeSpan.FromMinutes(20));

        var first = await IncrementAsync(null);
        _files.Put("0.csv", "a\n4\n", TimeSpan.FromMinutes(10));
        _files.Put("b.csv", "a\n5\n", TimeSpan.FromMinutes(5));
        var second = await IncrementAsync(first[^1].Watermark);

        Assert.Equal(["""{"a":"1"}""", """{"a":"2"}""", """{"a":"3"}"""], first.SelectMany(batch => batch.Texts));
        Assert.Equal("2026-03-02T07:40:00Z c.csv", first[^1].Watermark);
        Assert.Equal(["""{"a":"4"}""", """{"a":"5"}"""], second.SelectMany(batch => batch.Texts));
    }

    [Fact]
    public async Task The_cursor_passes_a_file_only_when_all_of_it_was_read()
    {
        _files.Put("1.csv", "a\n1\n2\n3\n", TimeSpan.FromMinutes(30));
        _files.Put("2.csv", "a\n4\n5\n", TimeSpan.FromMinutes(20));

        var batches = await IncrementAsync("2026-01-01T00:00:00Z", size: 2);

        Assert.Equal(
            ["2026-01-01T00:00:00Z", "2026-03-02T07:30:00Z 1.csv", "2026-03-02T07:40:00Z 2.csv"], batches.Select(batch => batch.Watermark));
    }

    [Fact]
    public async Task An_incremental_read_that_stopped_goes_on_where_it_was()
    {
        _files.Put("z.csv", "a\n1\n2\n3\n", TimeSpan.FromMinutes(30));
        _files.Put("a.csv", "a\n4\n5\n", TimeSpan.FromMinutes(20));
        var whole = await IncrementAsync(null, size: 1);

        for (var stop = 0; stop < whole.Count; stop++)
        {
            var rest = await IncrementAsync(null, size: 2, whole[stop].Checkpoint);
            Assert.Equal(whole.SelectMany(batch => batch.Texts), whole.Take(stop + 1).Concat(rest).SelectMany(batch => batch.Texts));
            Assert.Equal(whole[^1].Watermark, rest[^1].Watermark);
        }
    }

    [Fact]
    public async Task Nothing_new_leaves_the_cursor_where_it_was()
    {
        _files.Put("1.csv", "a\n1\n");
        var cursor = (await IncrementAsync(null))[^1].Watermark;

        var again = Assert.Single(await IncrementAsync(cursor));

        Assert.Empty(again.Texts);
        Assert.Equal(cursor, again.Watermark);
    }

    [Fact]
    public async Task A_file_that_may_still_be_being_written_is_left_to_the_next_incremental_read()
    {
        _files.Put("old.csv", "a\n1\n");
        _files.Put("young.csv", "a\n2\n", TimeSpan.FromSeconds(1));
        _files.Put("future.csv", "a\n3\n", TimeSpan.FromDays(-1));

        var first = await IncrementAsync(null);
        _files.Clock.Advance(TimeSpan.FromSeconds(2));
        var second = await IncrementAsync(first[^1].Watermark);
        _files.Clock.Advance(TimeSpan.FromDays(2));
        var third = await IncrementAsync(second[^1].Watermark);

        Assert.Equal(["""{"a":"1"}"""], first.SelectMany(batch => batch.Texts));
        Assert.Equal(["""{"a":"2"}"""], second.SelectMany(batch => batch.Texts));
        Assert.Equal(["""{"a":"3"}"""], third.SelectMany(batch => batch.Texts));
    }

    [Fact]
    public async Task A_read_of_everything_waits_for_a_file_that_may_still_be_being_written()
    {
        _files.Put("old.csv", "a\n1\n");
        _files.Put("young.csv", "a\n2\n", TimeSpan.FromSeconds(1));

        var reading = ReadAsync(10);
        var waited = !reading.IsCompleted;
        _files.Put("young.csv", "a\n2\n3\n", TimeSpan.Zero);
        _files.Clock.Advance(TimeSpan.FromSeconds(3));

        Assert.True(waited);
        Assert.Equal(["""{"a":"1"}""", """{"a":"2"}""", """{"a":"3"}"""], (await reading).SelectMany(batch => batch.Texts));
    }

    [Fact]
    public async Task A_file_that_is_always_being_written_ends_the_wait_in_a_sentence()
    {
        _files.Put("log.csv", "a\n1\n", TimeSpan.Zero);

        var reading = ReadAsync(10);
        while (!reading.IsCompleted)
        {
            _files.Put("log.csv", "a\n1\n", TimeSpan.Zero);
            _files.Clock.Advance(TimeSpan.FromSeconds(0.5));
            await Task.Yield();
        }

        var failed = await Assert.ThrowsAsync<FailureException>(() => reading);
        Assert.Equal((FailureCause.TargetDown, "file-young"), (failed.Failure.Cause, failed.Failure.Code));
    }

    [Fact]
    public async Task A_cursor_that_somebody_mistyped_is_named()
    {
        _files.Put("1.csv", "a\n1\n");

        var failed = await Assert.ThrowsAsync<FailureException>(() => IncrementAsync("yesterday"));

        Assert.Equal((FailureCause.Configuration, "cursor"), (failed.Failure.Cause, failed.Failure.Code));
    }

    private Task<IReadOnlyList<ReadFileBatch>> ReadAsync(int size, string? checkpoint = null) =>
        _files.ReadAsync(_files.Connection(), new ReadRequest("*", ReadMode.Full, null, checkpoint, size));

    private Task<IReadOnlyList<ReadFileBatch>> IncrementAsync(string? cursor, int size = 100, string? checkpoint = null) =>
        _files.ReadAsync(_files.Connection(), new ReadRequest("*", ReadMode.Incremental, cursor, checkpoint, size));

    public void Dispose() => _files.Dispose();
}
