using System.Text;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync.Reconciliations;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Tests.Support;
using IntegrationConsole.Tests.Sync.Sends;

namespace IntegrationConsole.Tests.Sync.Reconciliations;

/// <summary>The same with a company's API, whose list is read.</summary>
public sealed class Comparing_with_a_list
{
    private static readonly object Readable = new { canRead = true, records = "items" };

    private static readonly MappingDocument Document = new(
        [
            new() { Name = "id", Type = FieldType.Integer, Source = "id" }, new() { Name = "name", Source = "name" },
            new() { Name = "price", Type = FieldType.Decimal, Source = "price" }, new() { Name = "at", Type = FieldType.Timestamp, Source = "at" },
        ],
        []);

    [Fact]
    public async Task What_is_missing_in_excess_and_different_is_found_and_repaired()
    {
        await using var world = await SendWorld.StartAsync(WriteMode.Upsert, Readable, document: Document);
        world.Source.Records = [.. Enumerable.Range(1, 60).Select(Order)];
        await world.RunAsync();
        world.Sink.Remove("5");
        await PutAsync(world, 7, """{"id":"7","name":"else","price":"7.50","at":"2026-01-07T02:00:00+02:00"}""");
        await PutAsync(world, 8, """{"id":"8","name":"name 8","price":"8.5","at":"2026-01-08T01:00:00+01:00","more":1}""");
        await PutAsync(world, 9, """{"id":9,"name":"name 9"}""");
        await PutAsync(world, 900, """{"id":900,"name":"somebody else's"}""");
        var store = world.Console.Get<ReconciliationStore>();

        var compared = await CompareAsync(world);

        Assert.Equal((1L, 1L, 1L, 60L), (compared.Missing, compared.Extra, compared.Different, compared.Compared));
        Assert.Equal("5", Assert.Single(await store.ListKeysAsync(world.Tenant, compared.Id, DifferenceKind.Missing, 10, default)).KeyText);
        Assert.Equal("900", Assert.Single(await store.ListKeysAsync(world.Tenant, compared.Id, DifferenceKind.Extra, 10, default)).KeyText);
        var different = Assert.Single(await store.ListKeysAsync(world.Tenant, compared.Id, DifferenceKind.Different, 10, default));
        Assert.Equal(("7", "name"), (different.KeyText, string.Join(", ", different.Fields)));

        var sent = world.Sent;
        var run = await world.MoveAsync((await store.RepairAsync(world.Tenant, compared.Id, TestConsole.Somebody, default)).RunId!.Value);
        Assert.Equal((RunState.Succeeded, 2L, 2L, sent + 2), (run.State, run.RecordsRead, run.Written, world.Sent));
        Assert.Equal((0L, 1L, 0L), (await CompareAsync(world)) is var after ? (after.Missing, after.Extra, after.Different) : default);
    }

    [Fact]
    public async Task A_list_that_cannot_be_read_is_a_reason_and_not_a_result()
    {
        await using var world = await SendWorld.StartAsync(WriteMode.Upsert, new { canRead = false }, document: Document);

        var compared = await CompareAsync(world);

        Assert.Equal(ReconciliationState.Failed, compared.State);
        Assert.Equal("orders of shop cannot be read, so there is nothing to compare with: let the stream be read in the connection's settings.", compared.Step);
    }

    [Fact]
    public async Task What_appends_cannot_be_compared()
    {
        await using var world = await SendWorld.StartAsync(WriteMode.Append, Readable, document: Document);

        var request = await world.Console.Get<ReconciliationStore>().RequestAsync(world.Tenant, world.Sync.Id, TestConsole.Somebody, default);

        Assert.Equal((null, "The integration appends: nothing tells which row of the destination came from which record."), (request.Id, request.Answer));
    }

    private static async Task<Reconciliation> CompareAsync(SendWorld world)
    {
        var store = world.Console.Get<ReconciliationStore>();
        var id = (await store.RequestAsync(world.Tenant, world.Sync.Id, TestConsole.Somebody, default)).Id!.Value;
        await Comparing_both_sides.MoveAsync(world.Console);
        return (await store.FindAsync(world.Tenant, id, default))!;
    }

    private static string Order(int id) => $$"""{"id":{{id}},"name":"name {{id}}","price":{{id}}.50,"at":"2026-01-{{1 + (id - 1) % 28:00}}T00:00:00Z"}""";

    private static async Task PutAsync(SendWorld world, int id, string record)
    {
        using var client = new HttpClient();
        using var content = new StringContent(record, Encoding.UTF8, "application/json");
        using var answer = await client.PutAsync($"{world.Outside.Address}/sink/orders/{id}", content);
        Assert.True(answer.IsSuccessStatusCode);
    }
}
