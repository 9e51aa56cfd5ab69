using IntegrationConsole.Tests.Support;
using Npgsql;

namespace IntegrationConsole.Tests.Database;

public sealed class Losing_a_node
{
    [Fact]
    public async Task What_a_node_had_locked_when_it_was_cut_off_is_let_go_by_itself()
    {
        await using var console = await TestConsole.StartAsync();
        var tenant = await console.GivenATenantAsync();
        await using var cutOff = await console.Database.InTenantAsync(tenant, default);
        Assert.Equal(1, await RenameAsync(cutOff, tenant, "never"));

        await using var other = await console.Database.InTenantAsync(tenant, default);
        Assert.Equal(1, await RenameAsync(other, tenant, "after all"));
        await other.CommitAsync(default);

        var late = await Assert.ThrowsAnyAsync<NpgsqlException>(() => cutOff.CommitAsync(default));
        Assert.True(late.IsDatabaseOutage, late.ToString());
        await using var third = await console.Database.InTenantAsync(tenant, default);
        Assert.Equal("after all", await third.OneAsync<string>("select name from tenant where id = @tenant", new { tenant }, default));
    }

    private static Task<int> RenameAsync(DatabaseSession session, TenantId tenant, string name) =>
        session.RunAsync("update tenant set name = @name where id = @tenant", new { tenant, name }, default);
}
