using System.Security.Cryptography;
using IntegrationConsole.Access;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Files.Uploads;
using IntegrationConsole.Tests.Support;
using Microsoft.Extensions.Hosting;

namespace IntegrationConsole.Tests.Connectors.Files;

public sealed class Uploading_files
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(Upload.PartBytes)]
    [InlineData((3 * Upload.PartBytes) + 17)]
    public async Task A_file_comes_back_byte_by_byte_as_it_was_uploaded(int size)
    {
        await using var console = await TestConsole.StartAsync();
        var tenant = await console.GivenATenantAsync();
        var connection = await console.GivenAConnectionAsync(tenant);
        var content = RandomNumberGenerator.GetBytes(size);

        var file = await console.UploadAsync(tenant, connection, "orders.csv", content);

        Assert.Equal(content, await ReadAsync(console, tenant, file.Id));
        Assert.Equal(size, file.Size);
        Assert.Equal(SHA256.HashData(content), file.Sha256);
        Assert.Equal("somebody@example.com", file.UploadedBy);
        var listed = Assert.Single(await console.Get<UploadedFiles>().ListAsync(tenant, connection, CancellationToken.None));
        Assert.Equal(file.Id, listed.Id);
    }

    [Fact]
    public async Task A_file_can_be_read_from_one_of_its_parts_on()
    {
        await using var console = await TestConsole.StartAsync();
        var tenant = await console.GivenATenantAsync();
        var content = RandomNumberGenerator.GetBytes((2 * Upload.PartBytes) + 5);
        var file = await console.UploadAsync(tenant, await console.GivenAConnectionAsync(tenant), "orders.csv", content);

        Assert.Equal(content[Upload.PartBytes..], await ReadAsync(console, tenant, file.Id, fromPart: 1));
    }

    [Fact]
    public async Task What_rests_in_the_database_is_sealed_part_by_part()
    {
        await using var console = await TestConsole.StartAsync();
        var tenant = await console.GivenATenantAsync();
        var content = new byte[Upload.PartBytes + 10];
        content.AsSpan().Fill((byte)'A');
        var file = await console.UploadAsync(tenant, await console.GivenAConnectionAsync(tenant), "orders.csv", content);

        await using var session = await console.Database.InTenantAsync(tenant, CancellationToken.None);
        var parts = await session.ListAsync<byte[]>("select sealed from uploaded_file_part order by number", null, CancellationToken.None);

        Assert.Equal(2, parts.Count);
        Assert.All(parts, part => Assert.Equal(-1, part.AsSpan().IndexOf("AAAAAAAA"u8)));
        await session.RunAsync("update uploaded_file_part set sealed = @first where number = 1", new { first = parts[0] }, CancellationToken.None);
        await session.CommitAsync(CancellationToken.None);
        await Assert.ThrowsAnyAsync<CryptographicException>(() => ReadAsync(console, tenant, file.Id));
    }

    [Fact]
    public async Task A_file_of_the_same_name_takes_the_place_of_the_earlier_one()
    {
        await using var console = await TestConsole.StartAsync();
        var tenant = await console.GivenATenantAsync();
        var connection = await console.GivenAConnectionAsync(tenant);
        var old = await console.UploadAsync(tenant, connection, "orders.csv", [1]);

        var second = await console.UploadAsync(tenant, connection, "orders.csv", [2, 3]);

        var left = Assert.Single(await console.Get<UploadedFiles>().ListAsync(tenant, connection, CancellationToken.None));
        Assert.Equal(second.Id, left.Id);
        var gone = await Assert.ThrowsAsync<FailureException>(() => ReadAsync(console, tenant, old.Id));
        Assert.Contains("replaced or deleted", gone.Failure.Sentence);
    }

    [Fact]
    public async Task Uploads_of_one_name_at_the_same_moment_leave_one_whole_file()
    {
        await using var console = await TestConsole.StartAsync();
        var tenant = await console.GivenATenantAsync();
        var connection = await console.GivenAConnectionAsync(tenant);

        await Task.WhenAll(Enumerable.Range(1, 8).Select(number => console.UploadAsync(tenant, connection, "orders.csv", [(byte)number, (byte)number])));

        var left = Assert.Single(await console.Get<UploadedFiles>().ListAsync(tenant, connection, CancellationToken.None));
        Assert.Single((await ReadAsync(console, tenant, left.Id)).Distinct());
        await using var session = await console.Database.InTenantAsync(tenant, CancellationToken.None);
        Assert.Equal(1, await session.OneAsync<int>("select count(*)::int from uploaded_file_part", null, CancellationToken.None));
    }

    [Fact]
    public async Task An_upload_that_is_not_finished_is_never_seen_and_leaves_nothing()
    {
        await using var console = await TestConsole.StartAsync();
        var tenant = await console.GivenATenantAsync();
        var connection = await console.GivenAConnectionAsync(tenant);
        var files = console.Get<UploadedFiles>();

        await using (var upload = await files.BeginAsync(tenant, connection, "orders.csv", TestConsole.Somebody, CancellationToken.None))
        {
            await upload.AppendAsync(new byte[Upload.PartBytes + 1], CancellationToken.None);
            Assert.Empty(await files.ListAsync(tenant, connection, CancellationToken.None));
            await Assert.ThrowsAsync<FailureException>(() => ReadAsync(console, tenant, upload.Id));
        }

        Assert.Equal((0, 0), await CountAsync(console, tenant));
    }

    [Fact]
    public async Task A_file_beyond_the_limit_is_refused_and_leaves_nothing()
    {
        await using var console = await TestConsole.StartAsync(settings: new() { ["Files:MostUploadBytes"] = "2000000" });
        var tenant = await console.GivenATenantAsync();
        var connection = await console.GivenAConnectionAsync(tenant);

        var refused = await Assert.ThrowsAsync<FailureException>(() => console.UploadAsync(tenant, connection, "orders.csv", new byte[2_000_001]));
        await console.UploadAsync(tenant, connection, "fits.csv", new byte[2_000_000]);

        Assert.Equal(FailureCause.TooLarge, refused.Failure.Cause);
        Assert.Contains("Files__MostUploadBytes", refused.Failure.Sentence);
        Assert.Equal((1, 2), await CountAsync(console, tenant));
    }

    [Fact]
    public async Task What_was_begun_and_forgotten_is_removed_after_a_day()
    {
        var clock = new ManualClock();
        await using var console = await TestConsole.StartAsync(clock);
        var tenant = await console.GivenATenantAsync();
        var connection = await console.GivenAConnectionAsync(tenant);
        var files = console.Get<UploadedFiles>();
        await console.UploadAsync(tenant, connection, "whole.csv", [1]);
        await using var forgotten = await files.BeginAsync(tenant, connection, "orders.csv", TestConsole.Somebody, CancellationToken.None);

        clock.Advance(TimeSpan.FromHours(23));
        var early = await files.RemoveAbandonedAsync(CancellationToken.None);
        clock.Advance(TimeSpan.FromHours(2));
        var late = await files.RemoveAbandonedAsync(CancellationToken.None);

        Assert.Equal((0, 1), (early, late));
        Assert.Single(await files.ListAsync(tenant, connection, CancellationToken.None));
        var gone = await Assert.ThrowsAsync<FailureException>(() => forgotten.FinishAsync(CancellationToken.None));
        Assert.Contains("removed meanwhile", gone.Failure.Sentence);
    }

    [Fact]
    public async Task Housekeeping_removes_them_without_being_asked()
    {
        var clock = new ManualClock();
        var log = new CapturedLog();
        await using var console = await TestConsole.StartAsync(clock, configure: log.AddTo);
        var tenant = await console.GivenATenantAsync();
        var connection = await console.GivenAConnectionAsync(tenant);
        await using var forgotten = await console.Get<UploadedFiles>().BeginAsync(tenant, connection, "orders.csv", TestConsole.Somebody, CancellationToken.None);
        var housekeeping = console.Get<IEnumerable<IHostedService>>().OfType<Rounds>().Single(rounds => rounds.Work == "Removing abandoned uploads");
        var removed = log.NextAsync("Removed 1 uploads");
        clock.Advance(TimeSpan.FromHours(25));

        await housekeeping.StartAsync(CancellationToken.None);
        await removed.WaitAsync(TimeSpan.FromSeconds(30));

        await housekeeping.StopAsync(CancellationToken.None);
        await Assert.ThrowsAsync<FailureException>(() => forgotten.FinishAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Uploading_and_deleting_are_in_the_audit_trail_and_told_to_the_pages()
    {
        await using var console = await TestConsole.StartAsync();
        var tenant = await console.GivenATenantAsync();
        var connection = await console.GivenAConnectionAsync(tenant);
        await using var listener = await console.Database.Source.OpenConnectionAsync();
        var heard = new List<string>();
        listener.Notification += (_, notice) => heard.Add(notice.Payload);
        await using (var listen = new Npgsql.NpgsqlCommand("listen console_change", listener))
        {
            await listen.ExecuteNonQueryAsync();
        }

        var file = await console.UploadAsync(tenant, connection, "orders.csv", [1, 2, 3]);
        var deleted = await console.Get<UploadedFiles>().DeleteAsync(tenant, file.Id, TestConsole.Somebody, CancellationToken.None);
        var again = await console.Get<UploadedFiles>().DeleteAsync(tenant, file.Id, TestConsole.Somebody, CancellationToken.None);

        Assert.True(deleted);
        Assert.False(again);
        var entries = await console.Get<AuditTrail>().ListAsync(tenant, new AuditFilter(ObjectKind: "file"), null, 10, CancellationToken.None);
        Assert.Equal(["delete", "upload"], entries.Select(entry => entry.Action));
        Assert.Contains("3 bytes, SHA-256 039058c6", entries[1].Detail);
        while (heard.Count < 2)
        {
            Assert.True(await listener.WaitAsync(TimeSpan.FromSeconds(10)));
        }

        Assert.All(heard, payload => Assert.Equal(new Change("connection", tenant, connection).ToString(), payload));
    }

    [Fact]
    public async Task Another_tenant_can_neither_see_nor_open_nor_delete_a_file_nor_upload_for_its_connection()
    {
        await using var console = await TestConsole.StartAsync();
        var mine = await console.GivenATenantAsync();
        var other = await console.GivenATenantAsync();
        var connection = await console.GivenAConnectionAsync(mine);
        var file = await console.UploadAsync(mine, connection, "orders.csv", [1]);
        var files = console.Get<UploadedFiles>();

        Assert.Empty(await files.ListAsync(other, connection, CancellationToken.None));
        await Assert.ThrowsAsync<FailureException>(() => ReadAsync(console, other, file.Id));
        Assert.False(await files.DeleteAsync(other, file.Id, TestConsole.Somebody, CancellationToken.None));
        await Assert.ThrowsAsync<FailureException>(() => console.UploadAsync(other, connection, "orders.csv", [2]));
        Assert.Equal([1], await ReadAsync(console, mine, file.Id));
    }

    [Theory]
    [InlineData("orders.csv", "orders.csv")]
    [InlineData("C:\\Users\\me\\orders.csv", "orders.csv")]
    [InlineData("../../etc/passwd", "passwd")]
    [InlineData(" <script>alert(1)</script>.csv", "script>.csv")]
    [InlineData("'; drop table uploaded_file; --", "'; drop table uploaded_file; --")]
    [InlineData("東京 🚀.csv", "東京 🚀.csv")]
    [InlineData("..", null)]
    [InlineData("", null)]
    [InlineData("orders/", null)]
    [InlineData("a\nb.csv", null)]
    [InlineData("a\0b.csv", null)]
    public async Task A_name_loses_its_folders_and_must_be_one_that_can_be_shown(string said, string? kept)
    {
        await using var console = await TestConsole.StartAsync();
        var tenant = await console.GivenATenantAsync();
        var connection = await console.GivenAConnectionAsync(tenant);

        if (kept is null)
        {
            var refused = await Assert.ThrowsAsync<FailureException>(() => console.UploadAsync(tenant, connection, said, [1]));
            Assert.Equal(FailureCause.Validation, refused.Failure.Cause);
        }
        else
        {
            Assert.Equal(kept, (await console.UploadAsync(tenant, connection, said, [1])).Name);
        }
    }

    [Fact]
    public async Task Deleting_a_connection_deletes_its_files()
    {
        await using var console = await TestConsole.StartAsync();
        var tenant = await console.GivenATenantAsync();
        var connection = await console.GivenAConnectionAsync(tenant);
        await console.UploadAsync(tenant, connection, "orders.csv", [1]);

        await console.Get<IntegrationConsole.Connectors.ConnectionStore>().DeleteAsync(tenant, connection, TestConsole.Somebody, CancellationToken.None);

        Assert.Equal((0, 0), await CountAsync(console, tenant));
    }

    private static async Task<byte[]> ReadAsync(TestConsole console, TenantId tenant, Guid file, int fromPart = 0)
    {
        await using var content = await console.Get<UploadedFiles>().OpenAsync(tenant, file, fromPart, CancellationToken.None);
        var bytes = new MemoryStream();
        await content.CopyToAsync(bytes);
        return bytes.ToArray();
    }

    private static async Task<(int Files, int Parts)> CountAsync(TestConsole console, TenantId tenant)
    {
        await using var session = await console.Database.InTenantAsync(tenant, CancellationToken.None);
        return (await session.OneAsync<int>("select count(*)::int from uploaded_file", null, CancellationToken.None),
            await session.OneAsync<int>("select count(*)::int from uploaded_file_part", null, CancellationToken.None));
    }
}
