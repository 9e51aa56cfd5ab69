using System.Text;
using System.Text.Json;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Tests.Connectors.Files;

public sealed class Reading_csv_files : IDisposable
{
    private readonly FolderOfFiles _files = new();

    [Theory]
    [InlineData("a,b\n1,2\n", """{"a":"1","b":"2"}""")]
    [InlineData("a;b\n1,5;2,5\n", """{"a":"1,5","b":"2,5"}""")]
    [InlineData("a\tb\n1\t2\n", """{"a":"1","b":"2"}""")]
    [InlineData("a|b\r\n1|2\r\n", """{"a":"1","b":"2"}""")]
    [InlineData("a,b\r1,2\r", """{"a":"1","b":"2"}""")]
    [InlineData("\n\na,b\n\n1,2\n\n", """{"a":"1","b":"2"}""")]
    [InlineData("a,b\n1,2", """{"a":"1","b":"2"}""")]
    [InlineData("a,b\n\"1\n\"\"x\"\"\",\"2,3\"\n", """{"a":"1\n\"x\"","b":"2,3"}""")]
    [InlineData("a,b\n1,\n", """{"a":"1","b":null}""")]
    [InlineData("id\n7\n", """{"id":"7"}""")]
    public async Task A_row_becomes_an_object_of_texts_whatever_separates_its_values(string csv, string json)
    {
        var record = Assert.Single(await _files.ReadAsync("orders.csv", csv));

        Assert.Null(record.Problem);
        Assert.Equal(json, record.Json);
    }

    [Theory]
    [InlineData("a,b\n,\"\"\n", "\"empty\": \"text\"", """{"a":"","b":""}""")]
    [InlineData("a,b\n 1 , \" 2 \" \n", "\"trim\": true", """{"a":"1","b":" 2 "}""")]
    [InlineData("a,b\n 1 ,2\n", "", """{"a":" 1 ","b":"2"}""")]
    [InlineData("a,b\n'1,2',3\n", "\"quote\": \"single\"", """{"a":"1,2","b":"3"}""")]
    [InlineData("a,b\n5\",\"x\n", "\"quote\": \"none\"", """{"a":"5\"","b":"\"x"}""")]
    [InlineData("# made today\na,b\n#no\n1,#2\n", "\"comment\": \"#\"", """{"a":"1","b":"#2"}""")]
    [InlineData("1;2\n", "\"header\": false", """{"column_1":"1","column_2":"2"}""")]
    [InlineData("a,b;c\n1,2;3\n", "\"delimiter\": \"semicolon\"", """{"a,b":"1,2","c":"3"}""")]
    public async Task The_settings_say_how_values_are_written(string csv, string settings, string json)
    {
        Assert.Equal(json, Assert.Single(await _files.ReadAsync("orders.csv", csv, settings)).Json);
    }

    [Theory]
    [InlineData(" id ,,name,name,,name_2,name\n1,2,3,4,5,6,7\n", "id,column_2,name,name_3,column_5,name_2,name_4")]
    [InlineData("ID,id\n1,2\n", "ID,id")]
    [InlineData("a\"\"b,\"c\"\"d\"\n1,2\n", null)]
    [InlineData("日本,\"x,y\"\n1,2\n", "日本,x,y")]
    public async Task Each_column_has_a_name_of_its_own(string csv, string? names)
    {
        if (names is null)
        {
            Assert.Contains("The header row of orders.csv has a quote inside", (await _files.FailAsync("orders.csv", csv)).Sentence);
            return;
        }

        var record = Assert.Single(await _files.ReadAsync("orders.csv", csv));
        Assert.Equal(names, string.Join(',', JsonDocument.Parse(record.Json).RootElement.EnumerateObject().Select(property => property.Name)));
    }

    [Fact]
    public async Task A_header_of_a_hundred_thousand_columns_is_read_and_a_hundred_thousand_equal_names_are_told_apart()
    {
        var values = string.Join(',', Enumerable.Range(0, 100_000));

        var record = Assert.Single(await _files.ReadAsync("wide.csv", string.Join(',', Enumerable.Repeat("x", 100_000)) + "\n" + values + "\n"));

        var row = JsonDocument.Parse(record.Json).RootElement;
        Assert.Equal(100_000, row.EnumerateObject().Select(property => property.Name).Distinct().Count());
        Assert.Equal("99999", row.GetProperty("x_100000").GetString());
    }

    [Theory]
    [InlineData("1,2,3", "field-count", "Line 3 of orders.csv has 3 fields and not 2 as the header.")]
    [InlineData("1", "field-count", "Line 3 of orders.csv has 1 field and not 2 as the header.")]
    [InlineData("1,5\" pipe", "quotes", "Line 3 of orders.csv has a quote inside a value that is not quoted.")]
    [InlineData("1,\"x\"y", "quotes", "Line 3 of orders.csv has text behind a closing quote.")]
    [InlineData("1,a\0b", "nul", "Line 3 of orders.csv holds NUL characters: the file is damaged, or its encoding is another one.")]
    public async Task A_row_that_does_not_fit_is_set_aside_as_it_stands_and_the_next_one_is_read(string row, string code, string sentence)
    {
        var records = await _files.ReadAsync("orders.csv", $"a,b\n1,2\n{row}\n3,4\n");

        Assert.Equal(["""{"a":"1","b":"2"}""", """{"a":"3","b":"4"}"""], [records[0].Json, records[2].Json]);
        Assert.Equal(3, records.Count);
        Assert.Equal(row, JsonSerializer.Deserialize<string>(records[1].Json));
        Assert.Equal((FailureCause.Malformed, code, sentence), (records[1].Problem!.Cause, records[1].Problem!.Code, records[1].Problem!.Sentence));
    }

    [Fact]
    public async Task Bytes_that_are_not_utf8_are_one_bad_row_and_not_the_end_of_the_file()
    {
        byte[] content = [.. "a,b\n1,caf"u8, 0xE9, .. "\n2,ok\n"u8];

        var records = await _files.ReadAsync("orders.csv", content);

        Assert.Equal("encoding", records[0].Problem!.Code);
        Assert.Equal("1,caf\uFFFD", JsonSerializer.Deserialize<string>(records[0].Json));
        Assert.Equal("""{"a":"2","b":"ok"}""", records[1].Json);
    }

    [Theory]
    [InlineData("utf-8", "auto", true)]
    [InlineData("utf-8", "windows-1252", true)]
    [InlineData("utf-8", "auto", false)]
    [InlineData("utf-16", "auto", true)]
    [InlineData("utf-16", "utf-16", false)]
    [InlineData("utf-16BE", "auto", true)]
    [InlineData("utf-16BE", "utf-16", false)]
    [InlineData("utf-32", "auto", true)]
    [InlineData("windows-1252", "windows-1252", false)]
    [InlineData("iso-8859-1", "iso-8859-1", false)]
    public async Task Text_is_read_in_the_encoding_that_its_mark_or_the_settings_say(string written, string setting, bool marked)
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        var encoding = Encoding.GetEncoding(written);
        byte[] content = [.. marked ? encoding.GetPreamble() : [], .. encoding.GetBytes("größe,née\nÄ,é\n")];

        var record = Assert.Single(await _files.ReadAsync("orders.csv", content, $"\"encoding\": \"{setting}\""));

        Assert.Equal("""{"größe":"Ä","née":"é"}""", record.Json);
    }

    [Fact]
    public async Task The_euro_sign_of_windows_is_not_lost()
    {
        var record = Assert.Single(await _files.ReadAsync("orders.csv", [.. "a\n"u8, 0x80, .. " 5\n"u8], "\"encoding\": \"windows-1252\""));

        Assert.Equal("""{"a":"€ 5"}""", record.Json);
    }

    [Fact]
    public async Task Utf16_that_is_cut_in_a_character_ends_in_a_sentence()
    {
        byte[] content = [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("a,b\n1,2\n3,"), 0x41];

        var failure = await _files.FailAsync("orders.csv", content);

        Assert.Equal((FailureCause.Malformed, "encoding"), (failure.Cause, failure.Code));
    }

    [Fact]
    public async Task Utf16_without_its_mark_is_told_from_text()
    {
        var failure = await _files.FailAsync("orders.csv", Encoding.Unicode.GetBytes("a,b\n1,2\n"));

        Assert.Contains("UTF-16", failure.Sentence);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a,b")]
    [InlineData("a,b\n")]
    [InlineData("\uFEFF")]
    [InlineData("\n\n\n")]
    public async Task A_file_without_rows_has_no_records(string csv)
    {
        Assert.Empty(await _files.ReadAsync("orders.csv", csv));
    }

    [Fact]
    public async Task A_file_of_nothing_but_nul_bytes_ends_in_a_sentence()
    {
        var failure = await _files.FailAsync("orders.csv", new byte[10_000]);

        Assert.Equal((FailureCause.Malformed, "nul"), (failure.Cause, failure.Code));
    }

    [Fact]
    public async Task A_quote_that_is_never_closed_is_named_with_its_line_before_it_fills_the_memory()
    {
        _files.Limits.MostRecordBytes = 64 * 1024;
        _files.Put("orders.csv", "a,b\n1,2\n3,\"open\n" + string.Concat(Enumerable.Repeat("4,5\n", 500_000)));
        var seen = new List<ReadFileBatch>();

        var failed = await Assert.ThrowsAsync<FailureException>(() =>
            _files.ReadAsync(_files.Connection(), new ReadRequest("orders.csv", ReadMode.Full, null, null, 100), seen.Add));

        Assert.Equal((FailureCause.TooLarge, true), (failed.Failure.Cause, failed.Failure.IsSystemic));
        Assert.Contains("begins at line 3", failed.Failure.Sentence);
        Assert.Equal(["""{"a":"1","b":"2"}"""], seen.SelectMany(batch => batch.Texts));
    }

    [Fact]
    public async Task A_quote_left_open_near_the_end_is_one_bad_record()
    {
        var records = await _files.ReadAsync("orders.csv", "a,b\n1,2\n3,\"open\n4,5\n");

        Assert.Equal(2, records.Count);
        Assert.Equal("Line 3 of orders.csv opens a quote that is never closed.", records[1].Problem!.Sentence);
        Assert.Equal("3,\"open\n4,5\n", JsonSerializer.Deserialize<string>(records[1].Json));
    }

    [Fact]
    public async Task The_header_describes_the_stream()
    {
        _files.Put("orders.csv", "id,name\n1,2\n");
        _files.Put("plain.csv", "1;2;3\n");

        var named = await _files.Connector.DescribeAsync(_files.Connection(), "orders.csv", CancellationToken.None);
        var numbered = await _files.Connector.DescribeAsync(_files.Connection("\"header\": false"), "plain.csv", CancellationToken.None);

        Assert.Equal(["id", "name"], named.Select(field => field.Name));
        Assert.Equal(["column_1", "column_2", "column_3"], numbered.Select(field => field.Name));
    }

    public void Dispose() => _files.Dispose();
}
