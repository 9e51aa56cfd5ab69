using System.Text.Json;
using IntegrationConsole.Connectors;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Connectors.Files;

public sealed class Testing_file_connections : IDisposable
{
    private readonly FolderOfFiles _files = new();

    [Fact]
    public async Task Every_step_says_what_it_found()
    {
        _files.Put("1.csv", "a,b\n1,2\n");
        _files.Put("2.csv", "a,b\n1,2\n", TimeSpan.FromSeconds(1));

        var report = await _files.Connector.CheckAsync(_files.Connection(pattern: "*.csv"), CancellationToken.None);

        Assert.True(report.Passed);
        Assert.Equal(["Folder .", "Files *.csv", "First record of all 2 files"], report.Steps.Select(step => step.Tried));
        Assert.StartsWith("There are 2 files; 1 of them written within the last two seconds", report.Steps[1].Answer);
        Assert.Equal("The first record can be read; each has 2 fields.", report.Summary);
    }

    [Theory]
    [InlineData("orders.csv", "a,b\n1,2,3\n", "", "Line 2 of orders.csv has 3 fields and not 2 as the header.")]
    [InlineData("orders.json", "{\"items\": []}", "", "orders.json is an object and not a list: set the record selector to the property that holds the list.")]
    [InlineData("orders.json", "{\"items\": []}", "\"records\": \"rows\"", "orders.json has no list at rows.")]
    [InlineData("orders.bin", "x", "", "The name of orders.bin does not tell its format: choose the format in the settings.")]
    public async Task A_first_record_that_cannot_be_read_fails_the_test_with_what_to_do(string name, string content, string settings, string sentence)
    {
        _files.Put(name, content);

        var report = await _files.Connector.CheckAsync(_files.Connection(settings), CancellationToken.None);

        Assert.Equal([true, true, false], report.Steps.Select(step => step.Passed));
        Assert.Equal(sentence, report.Summary);
        Assert.NotEmpty(report.Steps[^1].Suggestion);
    }

    [Fact]
    public async Task All_files_that_cannot_be_read_are_named()
    {
        _files.Put("1.csv", "a,b\n1,2\n");
        _files.Put("2.csv", "a,b\n1,2,3\n");
        _files.Put("3.csv", "a,b\n\"1,2\n");

        var report = await _files.Connector.CheckAsync(_files.Connection(pattern: "*.csv"), CancellationToken.None);

        Assert.False(report.Passed);
        Assert.Equal("2 of 3 files cannot be read: 2.csv, 3.csv. Line 2 of 2.csv has 3 fields and not 2 as the header.", report.Summary);
    }

    [Fact]
    public async Task A_file_without_records_passes_and_says_so()
    {
        _files.Put("orders.xml", "<orders><order/></orders>");

        var report = await _files.Connector.CheckAsync(_files.Connection("\"element\": \"ordr\""), CancellationToken.None);

        Assert.True(report.Passed);
        Assert.StartsWith("orders.xml can be read and holds no record.", report.Summary);
    }

    [Fact]
    public async Task A_folder_without_such_files_fails_the_test()
    {
        var report = await _files.Connector.CheckAsync(_files.Connection(pattern: "*.csv"), CancellationToken.None);

        Assert.Equal("No file in the folder . matches *.csv.", report.Summary);
        Assert.False(report.Passed);
    }

    [Fact]
    public async Task A_connection_without_uploads_fails_its_test()
    {
        await using var console = await TestConsole.StartAsync();
        var tenant = await console.GivenATenantAsync();
        var connection = new OpenConnection(
            tenant, await console.GivenAConnectionAsync(tenant), "files", "file", JsonSerializer.Deserialize<JsonElement>("{}"), new NoAuthentication());

        var report = await console.Get<ConnectorCatalog>().Get("file").CheckAsync(connection, CancellationToken.None);

        Assert.Equal("No file has been uploaded for this connection yet.", report.Summary);
        Assert.False(report.Passed);
    }

    [Fact]
    public async Task The_allowed_folders_come_from_the_configuration()
    {
        await using var console = await TestConsole.StartAsync(settings: new() { ["Files:AllowedFolders:0"] = _files.Folder });
        _files.Put("orders.csv", "a\n1\n");

        var report = await console.Get<ConnectorCatalog>().Get("file").CheckAsync(_files.Connection(), CancellationToken.None);

        Assert.True(report.Passed, report.Summary);
    }

    [Theory]
    [InlineData("""{"from": "folder", "folder": "../etc", "pattern": "*"}""", "folder")]
    [InlineData("""{"from": "folder", "folder": "in", "pattern": "../*"}""", "pattern")]
    [InlineData("""{"from": "folder", "folder": "in", "pattern": "a\\b"}""", "pattern")]
    [InlineData("""{"from": "folder", "folder": "in"}""", "pattern")]
    [InlineData("""{"from": "folder", "pattern": "*"}""", "folder")]
    [InlineData("""{"from": "ftp"}""", "from")]
    [InlineData("""{"from": "upload", "comment": "//"}""", "comment")]
    [InlineData("""{"from": "upload", "comment": ";"}""", "comment")]
    [InlineData("""{"from": "upload", "records": "a..b"}""", "records")]
    [InlineData("""{"from": "upload", "element": "a//b"}""", "element")]
    [InlineData("""{"from": "upload", "element": "1a"}""", "element")]
    [InlineData("""{"from": "upload", "format": "xlsx"}""", "format")]
    public void A_wrong_setting_is_named(string settings, string path)
    {
        var problem = Assert.Single(SettingRules.Check(_files.Connector, JsonSerializer.Deserialize<JsonElement>(settings)));

        Assert.Equal(path, problem.Path);
    }

    [Fact]
    public void Settings_that_say_little_are_enough()
    {
        foreach (var settings in (string[])["""{"from": "upload"}""", """{"from": "upload", "folder": null, "header": null, "format": null, "comment": ""}""", """{"from": "folder", "folder": ".", "pattern": "*"}"""])
        {
            Assert.Empty(SettingRules.Check(_files.Connector, JsonSerializer.Deserialize<JsonElement>(settings)));
        }
    }

    public void Dispose() => _files.Dispose();
}
