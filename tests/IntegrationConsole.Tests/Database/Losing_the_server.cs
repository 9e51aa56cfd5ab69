using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Database;

public sealed class Losing_the_server
{
    [Fact]
    public async Task The_first_page_after_the_server_came_back_is_answered()
    {
        await using var console = await TestConsole.StartAsync();
        var tenant = await console.GivenATenantAsync();
        await using (await console.Database.InTenantAsync(tenant, CancellationToken.None))
        {
            await using var another = await console.Database.InTenantAsync(tenant, CancellationToken.None);
        }

        await (await TestCluster.GetAsync()).CutAsync(console.Database.Source.ConnectionString);

        await using var session = await console.Database.InTenantAsync(tenant, CancellationToken.None);
        Assert.Equal(1, await session.OneAsync<int>("select 1", null, CancellationToken.None));
    }
}
