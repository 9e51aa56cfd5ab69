using System.Text;
using IntegrationConsole.Mappings;
using IntegrationConsole.Mappings.Studio;

namespace IntegrationConsole.Tests.Mappings;

public sealed class Bringing_samples
{
    [Theory]
    [InlineData("a.json", "[{\"id\":1},{\"id\":2},{\"id\":3}]", 2)]
    [InlineData("a.json", "{\"id\":1}", 1)]
    [InlineData("a.json", "\ufeff{\n\"id\":1}\n", 1)]
    [InlineData("a.json", "{\"id\":1}\n{\"id\":2}\n", 2)]
    [InlineData("a.ndjson", "{\"id\":1}\n{\"id\":2}\n{\"id\":3}\n", 2)]
    [InlineData("a.ndjson", "{\"id\":1}\nnonsense\n", 2)]
    [InlineData("a.csv", "id,name\n1,Ada\n2,Bob\n3,Cy\n", 2)]
    public async Task The_first_records_of_a_file_are_taken(string name, string content, int records)
    {
        var sample = await FileAsync(name, content);

        Assert.Null(sample.Failure);
        Assert.Equal(records, sample.Records.Count);
        Assert.StartsWith("{", Encoding.UTF8.GetString(sample.Records[0]));
        Assert.Contains("id", sample.Profile.Fields.Select(field => field.Path));
    }

    [Theory]
    [InlineData("a.xml", "<a/>", "a.xml is none of .json, .ndjson and .csv.")]
    [InlineData("a", "{}", "a is none of .json, .ndjson and .csv.")]
    [InlineData("a.json", "{\"id\":1,\n \"x\" 2}", "a.json is not JSON: line 2, character 6 is not what was expected there.")]
    [InlineData("a.json", "[{\"id\":1},", "a.json")]
    [InlineData("a.json", "nonsense", "a.json")]
    [InlineData("a.ndjson", "nonsense\n", "")]
    public async Task What_cannot_be_read_says_why(string name, string content, string sentence)
    {
        var sample = await FileAsync(name, content);

        Assert.StartsWith(sentence, sample.Failure!.Sentence);
    }

    [Theory]
    [InlineData("{\"id\":1}", 1)]
    [InlineData(" [ {\"id\":1} ] ", 1)]
    [InlineData("{\"id\":1}\n{\"id\":2}", 2)]
    [InlineData("", 0)]
    [InlineData(" \n", 0)]
    public async Task What_is_typed_may_be_an_object_a_list_or_lines(string text, int records)
    {
        var sample = await GivenSample.OfTextAsync(text, 2, TimeProvider.System, default);

        Assert.Null(sample.Failure);
        Assert.Equal(records, sample.Records.Count);
    }

    [Theory]
    [InlineData("{", "The text is not JSON: line 1, character 2 is not what was expected there.")]
    [InlineData("5", "The text is not a record: a record is an object in braces.")]
    [InlineData("hello", "The text is not JSON: line 1, character 1 is not what was expected there.")]
    public async Task What_is_typed_and_no_record_says_where(string text, string sentence) =>
        Assert.Equal(sentence, (await GivenSample.OfTextAsync(text, 2, TimeProvider.System, default)).Failure!.Sentence);

    private static Task<StreamSample> FileAsync(string name, string content) => GivenSample.OfFileAsync(name, Encoding.UTF8.GetBytes(content), 2, TimeProvider.System, default);
}
