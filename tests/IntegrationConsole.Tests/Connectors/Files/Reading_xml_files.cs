using System.Text;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Tests.Connectors.Files;

public sealed class Reading_xml_files : IDisposable
{
    private readonly FolderOfFiles _files = new();

    [Theory]
    [InlineData("<r><id>1</id><name/></r>", """{"id":"1","name":""}""")]
    [InlineData("<r><id>1</id></r>", """{"id":"1"}""")]
    [InlineData("<r a=\"1\" b='2'/>", """{"@a":"1","@b":"2"}""")]
    [InlineData("<r>5</r>", """{"#text":"5"}""")]
    [InlineData("<r/>", "{}")]
    [InlineData("<r><price currency=\"EUR\"> 5.00 </price></r>", """{"price":{"@currency":"EUR","#text":" 5.00 "}}""")]
    [InlineData("<r><tag>a</tag><id>1</id><tag>b</tag><tag/></r>", """{"tag":["a","b",""],"id":"1"}""")]
    [InlineData("<r><lines>\n  <line><no>1</no></line>\n  <line><no>2</no></line>\n</lines></r>", """{"lines":{"line":[{"no":"1"},{"no":"2"}]}}""")]
    [InlineData("<r>\n one <b>two</b> three \n</r>", """{"b":"two","#text":"one  three"}""")]
    [InlineData("<r><a>  </a><b><![CDATA[<x>&amp;]]> &lt;&#233;</b></r>", """{"a":"  ","b":"<x>&amp; <é"}""")]
    [InlineData("<r xmlns:x='urn:x' xmlns='urn:y'><x:id x:kind='k'>1</x:id></r>", """{"id":{"@kind":"k","#text":"1"}}""")]
    [InlineData("<r xmlns:i='http://www.w3.org/2001/XMLSchema-instance'><a i:nil='true'/><b i:nil='false'>1</b></r>", """{"a":null,"b":"1"}""")]
    [InlineData("<r xmlns:x='urn:x' x:id='1' id='2'/>", """{"@id":["1","2"]}""")]
    [InlineData("<r><!-- no --><?no no?><id>1<!-- 2 -->3</id></r>", """{"id":"13"}""")]
    public async Task An_element_becomes_an_object(string element, string json)
    {
        var record = Assert.Single(await _files.ReadAsync("orders.xml", $"<?xml version=\"1.0\"?>\n<list>\n  {element}\n</list>"));

        Assert.Null(record.Problem);
        Assert.Equal(json, record.Json);
    }

    [Theory]
    [InlineData("", 3)]
    [InlineData("order", 3)]
    [InlineData("export/orders/order", 2)]
    [InlineData("/export/orders/order", 2)]
    [InlineData("export/order", 0)]
    [InlineData("id", 2)]
    [InlineData("export", 1)]
    [InlineData("nothing", 0)]
    public async Task The_setting_says_which_elements_are_records(string element, int count)
    {
        var xml = "<export><made/><orders><order><id>1</id></order><order><id>2</id></order></orders><more><order/></more></export>";

        Assert.Equal(count, (await _files.ReadAsync("orders.xml", xml, $"\"element\": \"{element}\"")).Count);
    }

    [Theory]
    [InlineData("<!DOCTYPE list [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]><list><r>&b;</r></list>")]
    [InlineData("<!DOCTYPE list [<!ENTITY file SYSTEM \"file:///etc/passwd\">]><list><r>&file;</r></list>")]
    [InlineData("<!DOCTYPE list SYSTEM \"http://127.0.0.1:1/list.dtd\"><list><r/></list>")]
    public async Task Document_types_are_refused(string xml)
    {
        var failure = await _files.FailAsync("orders.xml", xml);

        Assert.Equal((FailureCause.Malformed, "xml"), (failure.Cause, failure.Code));
        Assert.Contains("DTD", failure.Sentence);
    }

    [Theory]
    [InlineData("<list><r>1</r><r>2</r>")]
    [InlineData("<list><r>1</r><r>2</r><r")]
    [InlineData("<list><r>1</r><r>2</r></wrong>")]
    [InlineData("<list><r>1</r><r>2</r>\0</list>")]
    [InlineData("<list><r>1</r><r>2</r><r>&unknown;</r></list>")]
    public async Task What_came_before_the_damage_is_read_and_the_damage_is_named_with_its_line(string xml)
    {
        _files.Put("orders.xml", xml);
        var seen = new List<ReadFileBatch>();

        var failed = await Assert.ThrowsAsync<FailureException>(() =>
            _files.ReadAsync(_files.Connection(), new ReadRequest("orders.xml", ReadMode.Full, null, null, 100), seen.Add));

        Assert.Equal((FailureCause.Malformed, "xml"), (failed.Failure.Cause, failed.Failure.Code));
        Assert.Contains("at line 1, position", failed.Failure.Sentence);
        Assert.Equal(["""{"#text":"1"}""", """{"#text":"2"}"""], seen.SelectMany(batch => batch.Texts));
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("\uFEFF", "xml")]
    [InlineData("{\"json\": true}", "xml")]
    public async Task A_file_that_is_no_xml_ends_in_a_sentence(string content, string code)
    {
        Assert.Equal(code, (await _files.FailAsync("orders.xml", content)).Code);
    }

    [Fact]
    public async Task A_record_nested_too_deep_is_set_aside_and_the_next_one_is_read()
    {
        var deep = string.Concat(Enumerable.Repeat("<a>", 200)) + "x" + string.Concat(Enumerable.Repeat("</a>", 200));

        var records = await _files.ReadAsync("orders.xml", $"<list><r>{deep}<b>1</b></r><r><b>2</b></r></list>");

        Assert.Equal([true, false], records.Select(record => record.Problem is { Cause: FailureCause.Malformed, Code: "depth" }));
        Assert.Equal("""{"b":"2"}""", records[1].Json);
        Assert.EndsWith("\"b\":\"1\"}", records[0].Json);
    }

    [Theory]
    [InlineData("element")]
    [InlineData("text")]
    [InlineData("attribute")]
    [InlineData("names")]
    [InlineData("depth")]
    public async Task A_file_made_to_fill_the_memory_ends_in_a_sentence(string how)
    {
        _files.Limits.MostRecordBytes = 256 * 1024;
        var much = how switch
        {
            "element" => "<r>" + string.Concat(Enumerable.Repeat("<a/>", 200_000)) + "</r>",
            "text" => "<r>" + new string('x', 1_000_000) + "</r>",
            "attribute" => "<r a=\"" + new string('x', 1_000_000) + "\"/>",
            "names" => string.Concat(Enumerable.Range(0, 110_000).Select(number => $"<r{number}/>")),
            _ => string.Concat(Enumerable.Repeat("<r>", 1_000)),
        };

        var failure = await _files.FailAsync("orders.xml", $"<list>{much}</list>");

        Assert.True(failure.IsSystemic);
        Assert.Equal(how switch { "names" => "names", "depth" => "depth", _ => "record-size" }, failure.Code);
    }

    [Fact]
    public async Task The_encoding_is_the_one_that_the_file_declares()
    {
        byte[] content = [.. "<?xml version=\"1.0\" encoding=\"windows-1252\"?><list><r>caf"u8, 0xE9, .. " "u8, 0x80, .. "</r></list>"u8];

        Assert.Equal("""{"#text":"café €"}""", Assert.Single(await _files.ReadAsync("orders.xml", content)).Json);
        Assert.Equal("""{"#text":"é"}""", Assert.Single(await _files.ReadAsync(
            "wide.xml", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("<?xml version=\"1.0\" encoding=\"utf-16\"?><list><r>é</r></list>")])).Json);
    }

    public void Dispose() => _files.Dispose();
}
