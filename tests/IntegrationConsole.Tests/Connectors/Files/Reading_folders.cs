using System.Diagnostics;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Files;

namespace IntegrationConsole.Tests.Connectors.Files;

public sealed class Reading_folders : IDisposable
{
    private readonly FolderOfFiles _files = new();

    [Fact]
    public async Task The_pattern_chooses_the_files_and_their_names_give_the_order()
    {
        foreach (var name in (string[])["orders-2.csv", "orders-10.csv", "orders-1.csv", "Orders-3.csv", "orders.csv", ".orders-4.csv", "orders-5.csv.tmp"])
        {
            _files.Put(name, $"name\n{name}\n");
        }

        Directory.CreateDirectory(Path.Combine(_files.Folder, "orders-6.csv"));

        var batches = await ReadAsync("orders-*.csv");

        Assert.Equal(["""{"name":"orders-1.csv"}""", """{"name":"orders-10.csv"}""", """{"name":"orders-2.csv"}"""], batches.SelectMany(batch => batch.Texts));
        Assert.Single(batches);
    }

    [Fact]
    public async Task The_pattern_and_each_file_are_streams()
    {
        _files.Put("orders-1.csv", "a\n");
        _files.Put("orders-2.csv", "a\n");
        _files.Put("other.csv", "a\n");

        var streams = await _files.Connector.DiscoverAsync(_files.Connection(pattern: "orders-*.csv"), CancellationToken.None);

        Assert.Equal(["orders-*.csv", "orders-1.csv", "orders-2.csv"], streams.Select(stream => stream.Name));
        Assert.All(streams, stream => Assert.True(stream is { CanRead: true, CanWrite: false, SupportsIncremental: true }));
        Assert.Equal(["orders-1.csv"], (await _files.Connector.DiscoverAsync(_files.Connection(pattern: "orders-1.csv"), CancellationToken.None)).Select(stream => stream.Name));
    }

    [Theory]
    [InlineData("a\nb.csv")]
    [InlineData("<script>alert(1)<script>.csv")]
    [InlineData("'; drop table connection; --.csv")]
    [InlineData("東京 🚀 *?[].csv")]
    [InlineData("-rf.csv")]
    [InlineData("back\\slash.csv")]
    public async Task A_file_may_have_any_name(string name)
    {
        _files.Put(name, "a\n1\n2\n");

        var batches = await _files.ReadAsync(_files.Connection(pattern: "*.csv"), new ReadRequest(name, ReadMode.Full, null, null, 1));
        var rest = await _files.ReadAsync(_files.Connection(pattern: "*.csv"), new ReadRequest(name, ReadMode.Full, null, batches[0].Checkpoint, 1));
        var incremental = await _files.ReadAsync(_files.Connection(pattern: "*.csv"), new ReadRequest("*.csv", ReadMode.Incremental, null, null, 10));
        var later = await _files.ReadAsync(_files.Connection(pattern: "*.csv"), new ReadRequest("*.csv", ReadMode.Incremental, incremental[^1].Watermark, null, 10));

        Assert.Equal("""{"a":"2"}""", Assert.Single(rest.SelectMany(batch => batch.Texts)));
        Assert.Equal(2, incremental.SelectMany(batch => batch.Texts).Count());
        Assert.Empty(later.SelectMany(batch => batch.Texts));
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("..")]
    [InlineData("sub/../../outside")]
    [InlineData("/etc")]
    [InlineData("/")]
    [InlineData("/proc/self")]
    [InlineData("{outside}")]
    [InlineData("{folder}-2")]
    [InlineData("linked")]
    [InlineData("linked/deeper")]
    [InlineData("circle")]
    [InlineData("missing")]
    [InlineData("sub\0")]
    public async Task Nothing_outside_the_allowed_folders_can_be_read(string folder)
    {
        Directory.CreateDirectory(Path.Combine(_files.Outside, "deeper"));
        Directory.CreateDirectory(_files.Folder + "-2");
        Directory.CreateDirectory(Path.Combine(_files.Folder, "sub"));
        Directory.CreateSymbolicLink(Path.Combine(_files.Folder, "linked"), _files.Outside);
        Directory.CreateSymbolicLink(Path.Combine(_files.Folder, "circle"), Path.Combine(_files.Folder, "circle"));
        var connection = _files.Connection(folder: folder.Replace("{outside}", _files.Outside).Replace("{folder}", _files.Folder));

        var refused = await Assert.ThrowsAsync<FailureException>(() => _files.Connector.DiscoverAsync(connection, CancellationToken.None));

        Assert.Equal((FailureCause.Configuration, "folder"), (refused.Failure.Cause, refused.Failure.Code));
        Assert.Contains("Files__AllowedFolders", refused.Failure.Sentence);
    }

    [Theory]
    [InlineData("sub")]
    [InlineData("./sub/")]
    [InlineData("{folder}/sub")]
    [InlineData("inner-link")]
    public async Task Folders_inside_may_be_named_either_way(string folder)
    {
        Directory.CreateDirectory(Path.Combine(_files.Folder, "sub"));
        Directory.CreateSymbolicLink(Path.Combine(_files.Folder, "inner-link"), "sub");
        _files.Put("sub/orders.csv", "a\n1\n");

        var batches = await _files.ReadAsync(_files.Connection(folder: folder.Replace("{folder}", _files.Folder)), new ReadRequest("orders.csv", ReadMode.Full, null, null, 10));

        Assert.Single(batches.SelectMany(batch => batch.Texts));
    }

    [Fact]
    public async Task A_link_to_a_file_outside_is_refused_and_one_to_a_file_inside_is_followed()
    {
        Directory.CreateDirectory(_files.Outside);
        await File.WriteAllTextAsync(Path.Combine(_files.Outside, "secret.csv"), "a\nsecret\n");
        _files.Put("real.csv", "a\n1\n");
        File.CreateSymbolicLink(Path.Combine(_files.Folder, "bad.csv"), Path.Combine(_files.Outside, "secret.csv"));
        File.CreateSymbolicLink(Path.Combine(_files.Folder, "worse.csv"), "../outside/secret.csv");
        File.CreateSymbolicLink(Path.Combine(_files.Folder, "good.csv"), "real.csv");
        File.CreateSymbolicLink(Path.Combine(_files.Folder, "broken.csv"), "nowhere.csv");
        File.CreateSymbolicLink(Path.Combine(_files.Folder, "loop.csv"), "loop.csv");
        File.SetLastWriteTimeUtc(Path.Combine(_files.Outside, "secret.csv"), new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        foreach (var link in (string[])["bad.csv", "worse.csv"])
        {
            var refused = await Assert.ThrowsAsync<FailureException>(() => ReadAsync(link));
            Assert.Equal((FailureCause.Configuration, "link"), (refused.Failure.Cause, refused.Failure.Code));
        }

        Assert.Equal("""{"a":"1"}""", Assert.Single((await ReadAsync("good.csv")).SelectMany(batch => batch.Texts)));
        var streams = await _files.Connector.DiscoverAsync(_files.Connection(), CancellationToken.None);
        Assert.DoesNotContain(streams, stream => stream.Name is "broken.csv" or "loop.csv");
    }

    [Fact]
    public async Task Without_allowed_folders_the_sentence_names_the_setting()
    {
        _files.Options.AllowedFolders.Clear();

        var report = await _files.Connector.CheckAsync(_files.Connection(), CancellationToken.None);

        Assert.False(report.Passed);
        Assert.Contains("Files__AllowedFolders__0", report.Summary);
    }

    [Fact]
    public async Task A_folder_per_tenant_keeps_tenants_apart()
    {
        _files.Options.AllowedFolders.Clear();
        _files.Options.AllowedFolders.Add(Path.Combine(_files.Folder, FilesOptions.TenantMark));
        Directory.CreateDirectory(Path.Combine(_files.Folder, _files.Tenant.ToString()));
        _files.Put($"{_files.Tenant}/orders.csv", "a\n1\n");
        var mine = _files.Connection();
        var other = mine with { Tenant = new TenantId(Guid.NewGuid()) };
        var asking = _files.Connection(folder: Path.Combine(_files.Folder, _files.Tenant.ToString())) with { Tenant = other.Tenant };

        Assert.Equal(2, (await _files.Connector.DiscoverAsync(mine, CancellationToken.None)).Count);
        await Assert.ThrowsAsync<FailureException>(() => _files.Connector.DiscoverAsync(other, CancellationToken.None));
        await Assert.ThrowsAsync<FailureException>(() => _files.Connector.DiscoverAsync(asking, CancellationToken.None));
    }

    [Fact]
    public void A_file_that_may_not_be_read_ends_in_a_sentence_and_so_does_a_folder()
    {
        _files.Put("orders.csv", "a\n1\n");
        var path = Path.Combine(_files.Folder, "orders.csv");
        File.SetUnixFileMode(Path.GetDirectoryName(_files.Folder)!, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        File.SetUnixFileMode(path, UnixFileMode.None);

        var file = Assert.Throws<FailureException>(() => AsNobody.Run(() => ReadAsync("orders.csv")));
        File.SetUnixFileMode(_files.Folder, UnixFileMode.OtherExecute);
        var folder = Assert.Throws<FailureException>(() => AsNobody.Run(() => ReadAsync("orders.csv")));
        File.SetUnixFileMode(_files.Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        Assert.Equal("orders.csv may not be read: allow it to the user that the console runs as.", file.Failure.Sentence);
        Assert.Equal("The folder . may not be read: allow it to the user that the console runs as.", folder.Failure.Sentence);
        Assert.Equal(FailureCause.Configuration, folder.Failure.Cause);
    }

    [Fact]
    public async Task A_pipe_in_the_folder_is_not_waited_for()
    {
        using var made = Process.Start("mkfifo", [Path.Combine(_files.Folder, "pipe.csv")]);
        await made.WaitForExitAsync();
        File.SetLastWriteTimeUtc(Path.Combine(_files.Folder, "pipe.csv"), new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        Assert.Empty(await ReadAsync("pipe.csv").WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task A_file_that_vanishes_before_its_turn_ends_in_a_sentence()
    {
        _files.Put("1.csv", "a\n1\n2\n");
        _files.Put("2.csv", "a\n3\n");

        var failed = await Assert.ThrowsAsync<FailureException>(() => _files.ReadAsync(
            _files.Connection(), new ReadRequest("*", ReadMode.Full, null, null, 1), _ => File.Delete(Path.Combine(_files.Folder, "2.csv"))));

        Assert.Equal("2.csv is no longer there.", failed.Failure.Sentence);
        Assert.Equal(FailureCause.Configuration, failed.Failure.Cause);
    }

    [Fact]
    public async Task A_folder_where_nothing_matches_is_no_reason_to_think_that_everything_was_deleted()
    {
        var failed = await Assert.ThrowsAsync<FailureException>(() => ReadAsync("*"));

        Assert.Equal("No file in the folder . matches *.", failed.Failure.Sentence);
    }

    private Task<IReadOnlyList<ReadFileBatch>> ReadAsync(string pattern) =>
        _files.ReadAsync(_files.Connection(pattern: pattern), new ReadRequest(pattern, ReadMode.Full, null, null, 100));

    public void Dispose() => _files.Dispose();
}
