using System.Text;
using IntegrationConsole.Mappings;

namespace IntegrationConsole.Tests.Mappings.Lookups;

public sealed class Reading_files
{
    public static TheoryData<byte[]> Encodings { get; } =
    [
        Encoding.UTF8.GetBytes("DE,Ö\nFR,France\n"),
        [.. Encoding.UTF8.GetPreamble(), .. Encoding.UTF8.GetBytes("DE;Ö\r\nFR;France")],
        [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes("DE\tÖ\nFR\tFrance")],
        [.. Encoding.BigEndianUnicode.GetPreamble(), .. Encoding.BigEndianUnicode.GetBytes("DE,Ö\n\nFR,\"France\"")],
    ];

    [Theory]
    [MemberData(nameof(Encodings))]
    public async Task Two_columns_however_they_are_written(byte[] file)
    {
        var (rows, problem) = await LookupText.ReadAsync(new MemoryStream(file), default);

        Assert.Null(problem);
        Assert.Equal(new Dictionary<string, string> { ["DE"] = "Ö", ["FR"] = "France" }, rows);
    }

    [Theory]
    [InlineData("DE,Germany\nFR,France")]
    [InlineData("DE;Germany\r\n\r\nFR;France\r\n")]
    [InlineData(" DE \t Germany \nFR\tFrance\n")]
    [InlineData("DE , Germany\n FR,\"France\"")]
    public void What_is_typed_or_pasted_reads_the_same_way(string text)
    {
        var (rows, problem) = LookupText.Read(text);

        Assert.Null(problem);
        Assert.Equal(new Dictionary<string, string> { ["DE"] = "Germany", ["FR"] = "France" }, rows);
    }

    [Theory]
    [InlineData("KR;Korea, Republic of\n")]
    [InlineData("KR;\"Korea, Republic of\"\n")]
    [InlineData("KR\tKorea, Republic of\n")]
    [InlineData("\nKR;Korea, Republic of\n")]
    [InlineData("KR,\"Korea, Republic of\"\n")]
    public async Task A_comma_in_the_first_value_is_no_separator(string file)
    {
        var (rows, problem) = await LookupText.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(file)), default);

        Assert.Null(problem);
        Assert.Equal([("KR", "Korea, Republic of")], rows.Select(row => (row.Key, row.Value)));
    }

    [Theory]
    [InlineData("\"a;b\tc\",x\n", "a;b\tc")]
    [InlineData("a,b\tx\n", "a,b")]
    public async Task A_key_may_hold_a_separator_that_is_quoted_or_another_one(string file, string key) =>
        Assert.Equal([(key, "x")], (await LookupText.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(file)), default)).Rows.Select(row => (row.Key, row.Value)));

    [Theory]
    [InlineData("DE,Germany\nFR\n", "Line 2 has 1 column; two are expected, parted by a comma, a semicolon or a tab.")]
    [InlineData("DE,Germany\n\nDE,again\n", "Line 3 holds DE for the second time.")]
    [InlineData("DE,Germany\n,none\n", "Line 2 has nothing to look up before the separator.")]
    [InlineData("DE,Ger\0many\n", "Line 1 holds a character that cannot be kept.")]
    public async Task The_first_line_that_will_not_do_is_named(string file, string sentence) =>
        Assert.Equal(sentence, (await LookupText.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(file)), default)).Problem);

    [Fact]
    public async Task What_was_written_is_read_again()
    {
        (string, string)[] rows = [("a,b", "c\"d"), ("line\nbreak", ""), ("semi;colon", "tab\there")];

        var (read, problem) = await LookupText.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(LookupText.Write(rows))), default);

        Assert.Null(problem);
        Assert.Equal(rows, read.Select(row => (row.Key, row.Value)));
    }
}
