using IntegrationConsole.Access;
using IntegrationConsole.Tenants;
using Npgsql;

namespace IntegrationConsole.Mappings.Trials;

/// <summary>The tests of a tenant's mappings. Records and expectations are sealed at rest with the tenant's data key.</summary>
public sealed class SavedTestStore(ConsoleDatabase database, TenantSeals seals, AuditTrail audit, TimeProvider clock)
{
    public const string Topic = "mapping-test";

    /// <summary>All of them are run before every publication, while somebody waits.</summary>
    public const int MostTests = 200;

    public const int MostBytes = 1024 * 1024;

    public const int LongestName = 200;

    private const string RecordContext = "mapping-test-record";
    private const string ExpectationContext = "mapping-test-expectation";

    /// <summary>In the order of their names.</summary>
    public async Task<IReadOnlyList<SavedTest>> ListAsync(TenantId tenant, Guid mapping, CancellationToken cancellationToken)
    {
        var seal = await seals.ForAsync(tenant, cancellationToken);
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var rows = await session.ListAsync<Row>("""
            select id, name, record, expectation, at, edited_by, edited_at, version from mapping_test
            where tenant_id = @tenant and mapping_id = @mapping order by lower(name)
            """, new { tenant, mapping }, cancellationToken);
        return [.. rows.Select(row => new SavedTest(
            row.Id, row.Name, seal.Open(row.Record, RecordContext), Expectation.FromBytes(seal.Open(row.Expectation, ExpectationContext)), row.At, row.EditedBy, row.EditedAt, row.Version))];
    }

    /// <summary>Keeps a new test, or changes the one with this id that the person saw at this version.</summary>
    public async Task<TestSaving> SaveAsync(TenantId tenant, Guid mapping, (Guid Id, int Version)? seen, TestDraft draft, Actor actor, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var seal = await seals.ForAsync(tenant, cancellationToken);
        var parameters = new
        {
            tenant, mapping, id = seen?.Id ?? Guid.CreateVersion7(now), version = seen?.Version ?? 0, name = draft.Name.Trim(), record = seal.Seal(draft.Record, RecordContext),
            expectation = seal.Seal(draft.Expectation.ToBytes(), ExpectationContext), at = draft.At, actor = actor.Name, now, most = MostTests,
        };
        await using var session = await database.InTenantAsync(tenant, cancellationToken);

        // Held until the end, so that two people at once do not put in one test too many.
        await session.FindAsync<Guid?>("select id from mapping where tenant_id = @tenant and id = @mapping for update", parameters, cancellationToken);
        try
        {
            var changed = await session.RunAsync(seen is null ? Insert : Update, parameters, cancellationToken);
            if (changed == 0)
            {
                return seen is null ? TestSaving.Full : TestSaving.Outdated;
            }
        }
        catch (PostgresException taken) when (taken.SqlState is PostgresErrorCodes.UniqueViolation)
        {
            return TestSaving.NameTaken;
        }

        await RecordAsync(session, tenant, mapping, actor, seen is null ? "create" : "change", parameters.id, parameters.name, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return TestSaving.Done;
    }

    public async Task DeleteAsync(TenantId tenant, Guid mapping, Guid id, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var name = await session.FindAsync<string>(
            "delete from mapping_test where tenant_id = @tenant and mapping_id = @mapping and id = @id returning name", new { tenant, mapping, id }, cancellationToken);
        if (name is not null)
        {
            await RecordAsync(session, tenant, mapping, actor, "delete", id, name, cancellationToken);
            await session.CommitAsync(cancellationToken);
        }
    }

    private async Task RecordAsync(DatabaseSession session, TenantId tenant, Guid mapping, Actor actor, string action, Guid id, string name, CancellationToken cancellationToken)
    {
        await audit.AppendAsync(session, tenant, actor, new AuditEvent(action, "mapping test", id.ToString(), name), cancellationToken);
        await session.NotifyAsync(new Change(Topic, tenant, mapping), cancellationToken);
    }

    private const string Insert = """
        insert into mapping_test (tenant_id, id, mapping_id, name, record, expectation, at, edited_by, edited_at, version)
        select @tenant, @id, @mapping, @name, @record, @expectation, @at, @actor, @now, 1
        where (select count(*) from mapping_test where tenant_id = @tenant and mapping_id = @mapping) < @most
        """;

    private const string Update = """
        update mapping_test set name = @name, record = @record, expectation = @expectation, at = @at, edited_by = @actor, edited_at = @now, version = version + 1
        where tenant_id = @tenant and mapping_id = @mapping and id = @id and version = @version
        """;

    private sealed record Row(Guid Id, string Name, byte[] Record, byte[] Expectation, DateTimeOffset At, string EditedBy, DateTimeOffset EditedAt, int Version);
}
