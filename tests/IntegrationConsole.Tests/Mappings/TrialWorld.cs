using System.Text;
using IntegrationConsole.Access;
using IntegrationConsole.Mappings;
using IntegrationConsole.Mappings.Trials;
using IntegrationConsole.Tenants;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Mappings;

/// <summary>A tenant with one mapping that is not published yet, and its tests.</summary>
internal sealed class TrialWorld : IAsyncDisposable
{
    public required TestConsole Console { get; init; }

    public required TenantId Tenant { get; init; }

    public required Guid Mapping { get; init; }

    public SavedTestStore Tests => Console.Get<SavedTestStore>();

    public static async Task<TrialWorld> StartAsync(params FieldRule[] rules)
    {
        var console = await TestConsole.StartAsync();
        var tenant = await console.GivenATenantAsync();
        await using var session = await console.Database.InTenantAsync(tenant, default);
        var mapping = await console.Get<MappingStore>().CreateAsync(session, tenant, "Customers", Trial.Document(rules), TestConsole.Somebody, default);
        await session.CommitAsync(default);
        return new TrialWorld { Console = console, Tenant = tenant, Mapping = mapping };
    }

    public async Task GivenATableAsync(string name, params (string Key, string Value)[] rows)
    {
        var store = Console.Get<LookupStore>();
        var known = (await store.ListAsync(Tenant, default)).FirstOrDefault(table => table.Name == name);
        await store.SaveAsync(Tenant, known?.Id, name, "", rows.ToDictionary(row => row.Key, row => row.Value), TestConsole.Somebody, default);
    }

    /// <summary>Keeps a test, and says what the store said.</summary>
    public Task<TestSaving> KeepAsync(string name, string record, Expectation expectation) =>
        Tests.SaveAsync(Tenant, Mapping, null, new TestDraft(name, Encoding.UTF8.GetBytes(record), expectation, Trial.Noon), TestConsole.Somebody, default);

    public async Task<MappingVersion> NewestAsync() => (await Console.Get<MappingStore>().ListVersionsAsync(Tenant, Mapping, default))[0];

    public async Task<IReadOnlyList<TestResult>> RunAsync() => await Console.Get<TestBench>().RunAsync(Tenant, Mapping, (await NewestAsync()).Parsed, [], default);

    public async Task<PublicationCheck> CheckAsync() => await Console.Get<Publication>().CheckAsync(Tenant, Mapping, (await NewestAsync()).Parsed, [], default);

    public async Task<Published> PublishAsync(int agreed = 0, string note = "") =>
        await Console.Get<Publication>().PublishAsync(Tenant, Mapping, (await NewestAsync()).Number, [], note, agreed, TestConsole.Somebody, default);

    public async Task SaveAsync(params FieldRule[] rules)
    {
        var newest = await NewestAsync();
        Assert.Equal(Saved.Done, await Console.Get<MappingStore>().SaveDraftAsync(Tenant, Mapping, newest.Number, newest.EditedAt, Trial.Document(rules), TestConsole.Somebody, default));
    }

    public async Task<AuditEntry> LastEntryAsync() => (await Console.Get<AuditTrail>().ListAsync(Tenant, new AuditFilter(), null, 1, default)).Single();

    public ValueTask DisposeAsync() => Console.DisposeAsync();
}
