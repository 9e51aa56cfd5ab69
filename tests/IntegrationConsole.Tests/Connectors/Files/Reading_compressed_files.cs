using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Tests.Connectors.Files;

public sealed class Reading_compressed_files : IDisposable
{
    private readonly FolderOfFiles _files = new();
    private readonly byte[] _packed = GivenFiles.Gzip(GivenFiles.Utf8("id,name\n" + string.Concat(Enumerable.Range(1, 20_000).Select(id => $"{id},name {id * 7919 % 20_011}\n"))));

    [Theory]
    [InlineData("orders.csv.gz", "")]
    [InlineData("orders.CSV.GZ", "\"compression\": \"gzip\"")]
    [InlineData("orders.csv", "")]
    public async Task A_file_is_unpacked_because_it_is_compressed_and_not_because_of_its_name(string name, string settings)
    {
        Assert.Equal(20_000, (await _files.ReadAsync(name, _packed, settings)).Count);
    }

    [Fact]
    public async Task Files_that_were_compressed_one_by_one_and_joined_are_read_to_the_end()
    {
        byte[] joined = [.. _packed, .. GivenFiles.Gzip(GivenFiles.Utf8("20001,last\n"))];

        Assert.Equal(20_001, (await _files.ReadAsync("orders.csv.gz", joined)).Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(1_000)]
    [InlineData(30_000)]
    public async Task A_file_that_was_cut_off_is_never_taken_for_a_whole_one(int missing)
    {
        var failure = await _files.FailAsync("orders.csv.gz", _packed[..^missing]);

        Assert.Equal((FailureCause.Malformed, "compression"), (failure.Cause, failure.Code));
    }

    [Fact]
    public async Task A_damaged_file_ends_in_a_sentence()
    {
        var damaged = _packed.ToArray();
        damaged[damaged.Length / 2] ^= 0x55;
        var checksum = _packed.ToArray();
        checksum[^6] ^= 1;

        Assert.Equal("compression", (await _files.FailAsync("damaged.csv.gz", damaged)).Code);
        Assert.Equal("compression", (await _files.FailAsync("checksum.csv.gz", checksum)).Code);
        Assert.Equal("compression", (await _files.FailAsync("appended.csv.gz", [.. _packed, 1, 2, 3])).Code);
        Assert.Equal("compression", (await _files.FailAsync("plain.csv", "id\n1\n", "\"compression\": \"gzip\"")).Code);
    }

    [Fact]
    public async Task A_file_that_unpacks_without_end_is_stopped_at_the_limit()
    {
        _files.Options.MostUnpackedBytes = 4 * 1024 * 1024;
        var bomb = GivenFiles.Gzip([.. "a\n"u8, .. Enumerable.Repeat(GivenFiles.Utf8("0\n"), 8 * 1024 * 1024).SelectMany(row => row)]);

        var failure = await _files.FailAsync("bomb.csv.gz", bomb);

        Assert.Equal((FailureCause.TooLarge, "unpacked-size"), (failure.Cause, failure.Code));
        Assert.Contains("Files__MostUnpackedBytes", failure.Sentence);
        Assert.InRange(bomb.Length, 1, 200_000);
    }

    [Fact]
    public async Task A_plain_file_is_read_as_it_is_where_the_settings_say_so()
    {
        var failure = await _files.FailAsync("orders.json", GivenFiles.Gzip("[]"u8.ToArray()), "\"compression\": \"none\"");

        Assert.Equal(FailureCause.Malformed, failure.Cause);
    }

    [Theory]
    [InlineData("orders.json", "", "empty")]
    [InlineData("orders.json", "\uFEFF", "empty")]
    [InlineData("orders.json", "[{\"id\":1},{\"id\":2", "truncated")]
    [InlineData("orders.dat", "id\n1\n", "format")]
    public async Task A_file_that_cannot_be_understood_ends_in_a_sentence(string name, string content, string code)
    {
        Assert.Equal(code, (await _files.FailAsync(name, content)).Code);
    }

    [Fact]
    public async Task A_line_that_is_no_json_is_one_bad_record()
    {
        var records = await _files.ReadAsync("orders.ndjson", "{\"id\":1}\n{oh\n{\"id\":3}\n");

        Assert.Equal([false, true, false], records.Select(record => record.Problem is not null));
    }

    public void Dispose() => _files.Dispose();
}
