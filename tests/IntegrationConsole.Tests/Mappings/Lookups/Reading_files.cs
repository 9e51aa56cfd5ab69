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
