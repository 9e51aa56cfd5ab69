using IntegrationConsole.Mappings;
using IntegrationConsole.Tenants;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Database;

public sealed class Keeping_operations_together
{
    private static readonly Dictionary<string, string> Rows = new() { ["a"] = "b" };

    [Fact]
    public async Task Operations_that_commit_for_themselves_are_kept_as_a_whole_or_not_at_all()
    {
        await using var console = await TestConsole.StartAsync();
        var tenant = await console.GivenATenantAsync();
        async Task<int> SaveAsync(string name, bool commit) => await console.Database.TogetherAsync(async joint =>
        {
            await console.Get<LookupStore>().SaveAsync(tenant, null, name, "", Rows, TestConsole.Somebody, default);
            await console.Get<LookupStore>().SaveAsync(tenant, null, $"{name} too", "", Rows, TestConsole.Somebody, default);
            var seen = (await console.Get<LookupStore>().ListAsync(tenant, default)).Count;
            if (commit)
            {
                await joint.CommitAsync(default);
            }

            return seen;
        }, default);

        Assert.Equal(2, await SaveAsync("left", commit: false));
        Assert.Empty(await console.Get<LookupStore>().ListAsync(tenant, default));
        Assert.Equal(2, await SaveAsync("kept", commit: true));
        Assert.Equal(["kept", "kept too"], (await console.Get<LookupStore>().ListAsync(tenant, default)).Select(table => table.Name));
    }

    [Fact]
    public async Task A_part_that_fails_is_undone_alone()
    {
        await using var console = await TestConsole.StartAsync();
        var tenant = await console.GivenATenantAsync();

        await console.Database.TogetherAsync(async joint =>
        {
            await console.Get<LookupStore>().SaveAsync(tenant, null, "one", "", Rows, TestConsole.Somebody, default);
            Assert.Null(await console.Get<LookupStore>().SaveAsync(tenant, null, "ONE", "", Rows, TestConsole.Somebody, default));
            await console.Get<LookupStore>().SaveAsync(tenant, null, "two", "", Rows, TestConsole.Somebody, default);
            await joint.CommitAsync(default);
            return true;
        }, default);

        Assert.Equal(["one", "two"], (await console.Get<LookupStore>().ListAsync(tenant, default)).Select(table => table.Name));
    }

    [Fact]
    public async Task A_part_leaves_the_scope_of_the_one_around_it_as_it_was()
    {
        await using var console = await TestConsole.StartAsync();
        var (one, other) = (await console.GivenATenantAsync(), await console.GivenATenantAsync());
        await console.Get<LookupStore>().SaveAsync(other, null, "theirs", "", Rows, TestConsole.Somebody, default);

        var (before, after) = await console.Database.TogetherAsync(async _ =>
        {
            await using var session = await console.Database.InTenantAsync(one, default);
            var seen = await session.OneAsync<long>("select count(*) from lookup_table", null, default);
            Assert.Equal(2, (await console.Get<TenantStore>().ListAllAsync(default)).Count);
            return (seen, await session.OneAsync<long>("select count(*) from lookup_table", null, default));
        }, default);

        Assert.Equal((0, 0), (before, after));
    }
}
