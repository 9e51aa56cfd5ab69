using IntegrationConsole.Tests.Support;
using Npgsql;

namespace IntegrationConsole.Tests.Database;

public sealed class Keeping_tenants_apart
{
    [Fact]
    public async Task A_query_that_forgets_its_tenant_sees_only_the_rows_of_the_session()
    {
        await using var console = await TestConsole.StartAsync();
        var mine = await console.GivenATenantAsync();
        var other = await console.GivenATenantAsync();

        await using var session = await console.Database.InTenantAsync(mine, CancellationToken.None);
        var seen = await session.ListAsync<Guid>("select id from tenant", null, CancellationToken.None);

        Assert.Equal([mine.Value], seen);
        Assert.NotEqual(mine, other);
    }

    [Fact]
    public async Task A_row_cannot_be_written_for_another_tenant()
    {
        await using var console = await TestConsole.StartAsync();
        var mine = await console.GivenATenantAsync();
        var other = await console.GivenATenantAsync();

        await using var session = await console.Database.InTenantAsync(mine, CancellationToken.None);
        var refused = await Assert.ThrowsAsync<PostgresException>(() => session.RunAsync(
            "insert into mapping (tenant_id, id, name, created_at) values (@other, @id, 'x', now())", new { other, id = Guid.NewGuid() }, CancellationToken.None));

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    [Fact]
    public async Task A_connection_without_a_scope_sees_nothing()
    {
        await using var console = await TestConsole.StartAsync();
        await console.GivenATenantAsync();

        await using var command = console.Database.Source.CreateCommand("select count(*) from tenant");

        Assert.Equal(0L, await command.ExecuteScalarAsync());
    }

    [Fact]
    public async Task Every_table_with_a_tenant_column_is_protected()
    {
        await using var console = await TestConsole.StartAsync();

        await using var session = await console.Database.AcrossTenantsAsync(CancellationToken.None);
        var bare = await session.ListAsync<string>("""
            select c.relname from pg_class c
            join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
            where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
              and not (c.relrowsecurity and c.relforcerowsecurity and exists (select from pg_policy p where p.polrelid = c.oid))
            """, null, CancellationToken.None);

        Assert.Empty(bare);
    }

    [Fact]
    public async Task A_superuser_login_is_bound_too()
    {
        await using var console = await TestConsole.StartAsync();
        var mine = await console.GivenATenantAsync();
        await console.GivenATenantAsync();
        var cluster = await TestCluster.GetAsync();
        var asSuperuser = new NpgsqlConnectionStringBuilder(cluster.AdministratorConnectionString)
        {
            Database = new NpgsqlConnectionStringBuilder(console.Database.Source.ConnectionString).Database,
        };
        await using var database = await DatabaseStart.OpenAsync(
            asSuperuser.ConnectionString, new DatabaseOptions(), keepRunning: true, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance, CancellationToken.None);

        await using var session = await database.InTenantAsync(mine, CancellationToken.None);

        Assert.Equal([mine.Value], await session.ListAsync<Guid>("select id from tenant", null, CancellationToken.None));
    }
}
