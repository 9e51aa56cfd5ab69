using IntegrationConsole.Access;
using IntegrationConsole.Configuration;
using IntegrationConsole.Tenants;
using IntegrationConsole.Tests.Support;
using Npgsql;

namespace IntegrationConsole.Tests.Access;

public sealed class Auditing
{
    private static readonly AuditEvent Something = new("change", "mapping", "m-1", "Customers", "email is required");

    [Fact]
    public async Task Entries_written_at_the_same_time_form_one_unbroken_chain()
    {
        await using var console = await TestConsole.StartAsync();
        var tenant = await console.GivenATenantAsync();
        var audit = console.Get<AuditTrail>();

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => audit.RecordAsync(tenant, TestConsole.Somebody, Something, CancellationToken.None)));
        var verdict = await audit.VerifyAsync(tenant, CancellationToken.None);

        Assert.Null(verdict.Broken);
        Assert.Equal(21, verdict.Entries);
    }

    [Theory]
    [InlineData("update audit_entry set detail = 'nothing' where seq = 4 and chain = '{0}'", 4, "entry 4 was altered")]
    [InlineData("delete from audit_entry where seq = 3 and chain = '{0}'", 3, "entry 3 is missing")]
    [InlineData("delete from audit_entry where seq = 6 and chain = '{0}'", 6, "entries 6 to 6 are missing at the end")]
    public async Task The_first_broken_link_is_named(string damage, long link, string finding)
    {
        await using var console = await TestConsole.StartAsync();
        var tenant = await console.GivenATenantAsync();
        var audit = console.Get<AuditTrail>();
        for (var i = 0; i < 5; i++)
        {
            await audit.RecordAsync(tenant, TestConsole.Somebody, Something, CancellationToken.None);
        }

        await DamageAsync(console, string.Format(damage, tenant));
        var verdict = await audit.VerifyAsync(tenant, CancellationToken.None);

        Assert.Equal(link, verdict.Broken);
        Assert.Equal(finding, verdict.Finding);
    }

    [Fact]
    public async Task A_chain_that_grows_while_it_is_verified_is_not_called_broken()
    {
        await using var console = await TestConsole.StartAsync();
        var tenant = await console.GivenATenantAsync();
        var audit = console.Get<AuditTrail>();
        using var enough = new CancellationTokenSource();
        var writing = Task.Run(async () =>
        {
            while (!enough.IsCancellationRequested)
            {
                await audit.RecordAsync(tenant, TestConsole.Somebody, Something, CancellationToken.None);
            }
        });

        for (var round = 0; round < 40; round++)
        {
            Assert.Equal("intact", (await audit.VerifyAsync(tenant, CancellationToken.None)).Finding);
        }

        await enough.CancelAsync();
        await writing;
    }

    [Fact]
    public async Task An_entry_that_was_slipped_in_behind_the_last_one_shows()
    {
        await using var console = await TestConsole.StartAsync();
        var tenant = await console.GivenATenantAsync();

        await DamageAsync(console, $"""
            insert into audit_entry select chain, seq + 1, at, actor, action, object_kind, object_id, object_name, result, detail, hash, hash from audit_entry where chain = '{tenant}'
            """);

        Assert.NotNull((await console.Get<AuditTrail>().VerifyAsync(tenant, CancellationToken.None)).Broken);
    }

    [Fact]
    public async Task The_console_itself_cannot_change_or_remove_an_entry()
    {
        await using var console = await TestConsole.StartAsync();
        var tenant = await console.GivenATenantAsync();

        foreach (var change in (string[])["update audit_entry set actor = 'nobody'", "delete from audit_entry"])
        {
            await using var session = await console.Database.InTenantAsync(tenant, CancellationToken.None);
            var refused = await Assert.ThrowsAsync<PostgresException>(() => session.RunAsync(change, null, CancellationToken.None));
            Assert.Contains("append-only", refused.MessageText);
        }
    }

    [Fact]
    public async Task What_is_undone_leaves_no_entry()
    {
        await using var console = await TestConsole.StartAsync();
        var tenant = await console.GivenATenantAsync();
        var audit = console.Get<AuditTrail>();

        await using (var session = await console.Database.InTenantAsync(tenant, CancellationToken.None))
        {
            await audit.AppendAsync(session, tenant, TestConsole.Somebody, Something, CancellationToken.None);
        }

        Assert.Equal(1, (await audit.VerifyAsync(tenant, CancellationToken.None)).Entries);
    }

    [Fact]
    public async Task The_trail_of_an_erased_tenant_can_be_read_and_is_verified_with_the_others()
    {
        await using var console = await TestConsole.StartAsync();
        var erased = await console.GivenATenantAsync();
        await console.GivenATenantAsync();
        var name = (await console.Get<TenantStore>().FindAsync(erased, default))!.Name;
        await console.Get<TenantStore>().EraseAsync(erased, TestConsole.Somebody, default);

        var listed = Assert.Single(await console.Get<AuditTrail>().ListErasedAsync(default));
        Assert.Equal((erased, name), (listed.Id, listed.Name));
        Assert.Equal(["erase", "create"], (await console.Get<AuditTrail>().ListAsync(erased, new AuditFilter(), null, 10, default)).Select(entry => entry.Action));

        using var output = new StringWriter();
        Assert.Equal(CommandLine.Done, await CommandLine.RunAsync(console.Get<IServiceProvider>(), ["audit", "verify"], output, default));
        Assert.Contains($"{name} {erased} (erased): 2 entries, intact", output.ToString());

        await DamageAsync(console, $"update audit_entry set actor = 'nobody' where seq = 1 and chain = '{erased}'");
        Assert.Equal(CommandLine.Failed, await CommandLine.RunAsync(console.Get<IServiceProvider>(), ["audit", "verify"], TextWriter.Null, default));
    }

    /// <summary>As somebody could who got hold of the database's owner.</summary>
    private static async Task DamageAsync(TestConsole console, string damage)
    {
        var cluster = await TestCluster.GetAsync();
        var owner = new NpgsqlConnectionStringBuilder(cluster.AdministratorConnectionString)
        {
            Database = new NpgsqlConnectionStringBuilder(console.Database.Source.ConnectionString).Database,
        };
        await using var source = NpgsqlDataSource.Create(owner.ConnectionString);
        await using var command = source.CreateCommand($"alter table audit_entry disable trigger user; {damage}; alter table audit_entry enable trigger user");
        Assert.Equal(1, await command.ExecuteNonQueryAsync());
    }
}
