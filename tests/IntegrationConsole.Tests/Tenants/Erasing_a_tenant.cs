using IntegrationConsole.Access;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Credentials;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Tenants;
using IntegrationConsole.Tests.Support;
using IntegrationConsole.Tests.Sync;

namespace IntegrationConsole.Tests.Tenants;

public sealed class Erasing_a_tenant
{
    [Fact]
    public async Task Nothing_of_it_is_left_in_any_table_and_another_tenant_is_untouched()
    {
        await using var world = await SyncWorld.StartAsync();
        var other = await world.Console.GivenATenantAsync();
        await FillAsync(world, other);
        var before = await CountAsync(world.Console, world.Tenant);
        var others = await CountAsync(world.Console, other);

        // What this test is about is there to begin with.
        string[] filled =
        [
            "tenant_key", "access_grant", "credential", "credential_token", "connection", "uploaded_file", "uploaded_file_part", "mapping", "mapping_version", "lookup_table",
            "lookup_row", "sync_definition", "replay", "run", "run_log", "dead_letter", "dead_letter_attempt", "replay_item", "sync_minute", "connection_minute", "health_state",
            "health_evaluation", "health_transition",
        ];
        Assert.DoesNotContain(filled, table => before[table] == 0);

        Assert.True(await world.Console.Get<TenantStore>().EraseAsync(world.Tenant, TestConsole.Somebody, default));

        Assert.DoesNotContain(await CountAsync(world.Console, world.Tenant), table => table.Value > 0);
        Assert.Equal(others, await CountAsync(world.Console, other));
        Assert.Null(await world.Console.Get<TenantStore>().FindAsync(world.Tenant, default));
        Assert.False(await world.Console.Get<TenantStore>().EraseAsync(world.Tenant, TestConsole.Somebody, default));
    }

    [Fact]
    public async Task Every_table_with_a_tenant_goes_with_its_tenant()
    {
        await using var console = await TestConsole.StartAsync();

        await using var session = await console.Database.AcrossTenantsAsync(default);
        var left = await session.ListAsync<string>("""
            with recursive goes (relation) as (
                select 'tenant'::regclass::oid
                union
                select c.conrelid from pg_constraint c join goes g on c.confrelid = g.relation where c.contype = 'f' and c.confdeltype = 'c')
            select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
            where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and not exists (select from goes where relation = c.oid)
            """, null, default);

        // Their rows go by a trigger of what they belong to, because a reference is checked for each row that is written.
        Assert.Equal(["dead_letter_attempt", "send_ledger"], left.Order());
    }

    [Fact]
    public async Task The_audit_trail_stays_whole_and_says_who_erased_it()
    {
        await using var console = await TestConsole.StartAsync();
        var tenant = await console.GivenATenantAsync();
        var audit = console.Get<AuditTrail>();

        await console.Get<TenantStore>().EraseAsync(tenant, TestConsole.Somebody, default);

        Assert.Equal((2, null), (await audit.VerifyAsync(tenant, default)) is { } own ? (own.Entries, own.Broken) : default);
        Assert.Null((await audit.VerifyAsync(null, default)).Broken);
        foreach (var chain in (TenantId?[])[tenant, null])
        {
            var entry = (await audit.ListAsync(chain, new AuditFilter(Action: "erase"), null, 10, default)).Single();
            Assert.Equal(("somebody@example.com", tenant.ToString()), (entry.Actor, entry.ObjectId));
        }
    }

    [Fact]
    public async Task What_its_key_sealed_cannot_be_opened_any_more()
    {
        await using var console = await TestConsole.StartAsync();
        var tenant = await console.GivenATenantAsync();
        await console.Get<TenantSeals>().ForAsync(tenant, default);

        await console.Get<TenantStore>().EraseAsync(tenant, TestConsole.Somebody, default);

        await Assert.ThrowsAsync<InvalidOperationException>(() => console.Get<TenantSeals>().ForAsync(tenant, default));
    }

    private static async Task FillAsync(SyncWorld world, TenantId other)
    {
        var console = world.Console;
        await using (var session = await console.Database.AcrossTenantsAsync(default))
        {
            await session.RunAsync("""
                insert into access_user (id, user_name, normalized_user_name, email, normalized_email, email_confirmed, display_name, is_platform_admin, phone_number_confirmed,
                                         two_factor_enabled, lockout_enabled, access_failed_count, created_at)
                values (@id, 'a@b.c', 'A@B.C', 'a@b.c', 'A@B.C', true, 'A', false, false, false, true, 0, now())
                """, new { id = TestConsole.Somebody.UserId }, default);
            await session.CommitAsync(default);
        }

        foreach (var tenant in (TenantId[])[world.Tenant, other])
        {
            await console.Get<AccessStore>().SetRoleAsync(tenant, TestConsole.Somebody.UserId!.Value, Role.Operator, TestConsole.Somebody, default);
            await console.Get<LookupStore>().SaveAsync(tenant, null, "codes", "", new Dictionary<string, string> { ["a"] = "b" }, TestConsole.Somebody, default);
            var credential = await console.Get<CredentialStore>().CreateAsync(
                tenant, new CredentialDraft("key", AuthenticationKind.Bearer, new Dictionary<string, string>(), "s", null), TestConsole.Somebody, default);
            var connection = await console.Get<ConnectionStore>().CreateAsync(tenant, new ConnectionDraft("with key", "fake", "{}", credential), TestConsole.Somebody, default);
            await using var session = await console.Database.InTenantAsync(tenant, default);
            await session.RunAsync("""
                insert into credential_token (tenant_id, credential_id, credential_version, sealed, obtained_at) values (@tenant, @credential, 1, '', now());
                insert into uploaded_file (tenant_id, id, connection_id, name, size, sha256, uploaded_by, uploaded_at, complete) values (@tenant, @connection, @connection, 'f', 1, '', 'x', now(), true);
                insert into uploaded_file_part (tenant_id, file_id, number, sealed) values (@tenant, @connection, 1, '');
                insert into connection_minute (tenant_id, connection_id, minute, calls, failures, durations) values (@tenant, @connection, now(), 1, 0, '{}');
                insert into health_state (tenant_id, object_kind, object_id, state, reason, heals_itself, evidence_kind, findings, print, since)
                values (@tenant, 'Tenant', @tenant, 'Good', '', true, '', '[]', '', now());
                insert into health_evaluation (tenant_id, evaluated_at) values (@tenant, now());
                insert into health_transition (tenant_id, object_kind, object_id, at, from_state, to_state, reason) values (@tenant, 'Tenant', @tenant, now(), 'Good', 'Bad', '');
                """, new { tenant, credential, connection }, default);
            await session.CommitAsync(default);
        }

        world.GivenRecords(3);
        world.System.Refuse = keys => keys.Contains("2") ? new Failure(FailureCause.Validation, "No.") : null;
        var run = await world.RunAsync();
        await world.ReplayAsync();
        await console.Get<RunStore>().LogAsync(world.Tenant, run.Id, RunLogLevel.Info, "a line", default);
        Assert.Single(await world.LettersAsync(LetterState.Waiting));
    }

    /// <summary>How many rows of a tenant stand in each table that has its column, as the information schema knows them.</summary>
    private static async Task<SortedDictionary<string, long>> CountAsync(TestConsole console, TenantId tenant)
    {
        await using var session = await console.Database.AcrossTenantsAsync(default);
        var tables = await session.ListAsync<string>(
            "select table_name from information_schema.columns where table_schema = 'public' and column_name = 'tenant_id'", null, default);
        var counts = new SortedDictionary<string, long>();
        foreach (var table in tables)
        {
            counts[table] = await session.OneAsync<long>($"select count(*) from \"{table}\" where tenant_id = @tenant", new { tenant }, default);
        }

        return counts;
    }
}
