using System.Text.Json;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings;
using IntegrationConsole.Mappings.Lookups;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Mappings.Lookups;

public sealed class Filling_by_a_run
{
    private static readonly RowField[] Fields = [new("key", FieldType.Integer), new("value", FieldType.String)];

    [Fact]
    public async Task Rows_become_entries_and_only_what_is_new_counts_as_written()
    {
        await using var console = await TestConsole.StartAsync();
        var (tenant, connector, connection) = await GivenAsync(console);
        await using var writer = await connector.OpenAsync(connection, Request("customers"), default);

        var first = await writer.WriteAsync(Rows((1, "Ada"), (2, "Bob"), (2, "Ben")), 0, 3, "", default);
        var between = (await console.Get<LookupStore>().LoadAsync(tenant, ["customers"], default))["customers"];
        var again = await writer.WriteAsync(Rows((1, "Ada"), (2, "Bea")), 0, 2, "", default);

        Assert.Equal((2, 1), (first.Written, first.Unchanged));
        Assert.Equal(new Dictionary<string, string> { ["1"] = "Ada", ["2"] = "Ben" }, between);
        Assert.Equal((1, 1), (again.Written, again.Unchanged));
        Assert.Equal(
            new Dictionary<string, string> { ["1"] = "Ada", ["2"] = "Bea" }, (await console.Get<LookupStore>().LoadAsync(tenant, ["customers"], default))["customers"]);
        Assert.Equal([("customers", "key")], (await connector.DiscoverAsync(connection, default)).Select(stream => (stream.Name, stream.KeyFields[0])));
    }

    [Fact]
    public async Task A_table_that_did_not_change_is_not_read_again()
    {
        await using var console = await TestConsole.StartAsync();
        var (tenant, connector, connection) = await GivenAsync(console);
        await using var writer = await connector.OpenAsync(connection, Request("customers"), default);
        await writer.WriteAsync(Rows((1, "Ada")), 0, 1, "", default);
        var before = (await console.Get<LookupStore>().LoadAsync(tenant, ["customers"], default))["customers"];

        await writer.WriteAsync(Rows((1, "Ada")), 0, 1, "", default);

        Assert.Same(before, (await console.Get<LookupStore>().LoadAsync(tenant, ["customers"], default))["customers"]);
    }

    [Fact]
    public async Task A_row_that_cannot_be_an_entry_is_set_aside_alone()
    {
        await using var console = await TestConsole.StartAsync();
        var (_, connector, connection) = await GivenAsync(console);
        await using var writer = await connector.OpenAsync(connection, Request("customers"), default);

        var result = await writer.WriteAsync(Rows((1, "Ada"), (2, "nul\0"), (3, "Cid")), 0, 3, "", default);

        Assert.Equal((2, 0), (result.Written, result.Unchanged));
        Assert.Equal((1, FailureCause.Validation), (Assert.Single(result.Failures).Key, result.Failures[1].Cause));
    }

    [Theory]
    [InlineData(WriteMode.Append, "key", "value", "A lookup table is filled by key: choose to change the record with this key, or make it.")]
    [InlineData(WriteMode.Upsert, "value", "value", "The key of a lookup table is its field key: name it as the integration's key.")]
    [InlineData(WriteMode.Upsert, "key", "name", "A lookup table has the fields key and value, and no name: remove it from the mapping.")]
    public async Task What_is_no_key_and_value_is_refused_before_the_first_row(WriteMode mode, string key, string second, string sentence)
    {
        await using var console = await TestConsole.StartAsync();
        var (_, connector, connection) = await GivenAsync(console);
        var request = new WriteRequest("customers", mode, [new("key", FieldType.String), new(second, FieldType.String)], [key], CreateStream: true);

        var refused = await Assert.ThrowsAsync<FailureException>(() => connector.OpenAsync(connection, request, default));

        Assert.Equal((FailureCause.Configuration, sentence), (refused.Failure.Cause, refused.Failure.Sentence));
    }

    [Fact]
    public async Task A_table_that_is_not_there_is_made_only_where_the_integration_may()
    {
        await using var console = await TestConsole.StartAsync();
        var (_, connector, connection) = await GivenAsync(console);

        var refused = await Assert.ThrowsAsync<FailureException>(() => connector.OpenAsync(connection, Request("customers") with { CreateStream = false }, default));

        Assert.StartsWith("There is no lookup table named customers", refused.Failure.Sentence);
        Assert.Empty(await connector.DiscoverAsync(connection, default));
    }

    [Fact]
    public async Task A_table_is_found_by_its_name_whatever_its_letters()
    {
        await using var console = await TestConsole.StartAsync();
        var (tenant, connector, connection) = await GivenAsync(console);
        await console.Get<LookupStore>().SaveAsync(tenant, null, "Customers", "", new Dictionary<string, string>(), TestConsole.Somebody, default);
        await using var writer = await connector.OpenAsync(connection, Request(" customers ") with { CreateStream = false }, default);

        await writer.WriteAsync(Rows((1, "Ada")), 0, 1, "", default);

        Assert.Equal(new Dictionary<string, string> { ["1"] = "Ada" }, (await console.Get<LookupStore>().LoadAsync(tenant, ["Customers"], default))["Customers"]);
    }

    private static WriteRequest Request(string stream) => new(stream, WriteMode.Upsert, Fields, ["key"], CreateStream: true);

    private static RowBatch Rows(params (long Key, string Value)[] entries)
    {
        var rows = new RowBatch(Fields);
        foreach (var (key, value) in entries)
        {
            var row = rows.NextRow();
            (row[0], row[1]) = (FieldValue.Of(key), FieldValue.Of(value));
            rows.Commit($"{key}", rows.Count);
        }

        return rows;
    }

    private static async Task<(TenantId Tenant, IDestination Connector, OpenConnection Connection)> GivenAsync(TestConsole console)
    {
        var tenant = await console.GivenATenantAsync();
        var connection = new OpenConnection(tenant, Guid.CreateVersion7(), "Our tables", LookupConnector.Kind, JsonSerializer.Deserialize<JsonElement>("{}"), new NoAuthentication());
        return (tenant, (IDestination)console.Get<ConnectorCatalog>().Get(LookupConnector.Kind), connection);
    }
}
