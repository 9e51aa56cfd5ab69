using System.Text.Json;
using IntegrationConsole.Access;
using IntegrationConsole.Connectors.Circuits;
using IntegrationConsole.Tenants;
using Npgsql;

namespace IntegrationConsole.Connectors;

/// <summary>A tenant's connections.</summary>
public sealed class ConnectionStore(ConsoleDatabase database, AuditTrail audit, TimeProvider clock)
{
    public const string Topic = "connection";

    private const string Columns = """
        tenant_id, id, name, kind, settings::text as settings, credential_id, checked_at, check_passed, check_report::text as check_report,
        created_at, updated_at, version
        """;

    public async Task<IReadOnlyList<Connection>> ListAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.ListAsync<Connection>($"select {Columns} from connection where tenant_id = @tenant order by lower(name)", new { tenant }, cancellationToken);
    }

    /// <summary>The names of some connections of some tenants.</summary>
    public async Task<IReadOnlyDictionary<Guid, string>> NamesAsync(IReadOnlyCollection<TenantId> tenants, IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        var rows = await session.ListAsync<Named>(
            "select id, name from connection where tenant_id = any(@tenants) and id = any(@ids)", new { tenants = tenants.Select(tenant => tenant.Value).ToArray(), ids = ids.ToArray() }, cancellationToken);
        return rows.ToDictionary(row => row.Id, row => row.Name);
    }

    public Task<Connection?> FindAsync(TenantId tenant, Guid id, CancellationToken cancellationToken) =>
        database.FindAtOnceAsync<Connection>(tenant, $"select {Columns} from connection where tenant_id = @tenant and id = @id", new { tenant, id }, cancellationToken);

    /// <returns>The new connection's id; null when its name is taken.</returns>
    public async Task<Guid?> CreateAsync(TenantId tenant, ConnectionDraft draft, Actor actor, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var created = await session.RunAsync("""
            insert into connection (tenant_id, id, name, kind, settings, credential_id, created_at, updated_at, version)
            values (@tenant, @id, @name, @kind, @settings::jsonb, @credential, @now, @now, 1)
            on conflict (tenant_id, lower(name)) do nothing
            """, new { tenant, id, name = draft.Name.Trim(), kind = draft.Kind, settings = draft.Settings, credential = draft.CredentialId, now }, cancellationToken);
        if (created == 0)
        {
            return null;
        }

        await audit.AppendAsync(session, tenant, actor, new AuditEvent("create", "connection", id.ToString(), draft.Name.Trim(), draft.Kind), cancellationToken);
        await session.NotifyAsync(new Change(Topic, tenant, id), cancellationToken);
        await session.CommitAsync(cancellationToken);
        return id;
    }

    public async Task<Saved> UpdateAsync(TenantId tenant, Guid id, int version, ConnectionDraft draft, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        try
        {
            var before = await session.FindAsync<Connection>(
                $"select {Columns} from connection where tenant_id = @tenant and id = @id and version = @version for update", new { tenant, id, version }, cancellationToken);
            if (before is null)
            {
                return Saved.Outdated;
            }

            // What was tested is not what is saved: the old test's result says nothing about it.
            await session.RunAsync("""
                update connection set name = @name, settings = @settings::jsonb, credential_id = @credential, updated_at = @now, version = version + 1,
                                      checked_at = null, check_passed = null, check_report = null
                where tenant_id = @tenant and id = @id
                """, new { tenant, id, name = draft.Name.Trim(), settings = draft.Settings, credential = draft.CredentialId, now = clock.GetUtcNow() }, cancellationToken);
            await CircuitStore.TryAgainAsync(session, tenant, [id], clock.GetUtcNow(), cancellationToken);
            await audit.AppendAsync(session, tenant, actor, new AuditEvent("change", "connection", id.ToString(), draft.Name.Trim(), Difference(before, draft)), cancellationToken);
            await session.NotifyAsync(new Change(Topic, tenant, id), cancellationToken);
            await session.CommitAsync(cancellationToken);
            return Saved.Done;
        }
        catch (PostgresException taken) when (taken.SqlState is PostgresErrorCodes.UniqueViolation)
        {
            return Saved.Taken;
        }
    }

    /// <returns>False while syncs still use it.</returns>
    public async Task<bool> DeleteAsync(TenantId tenant, Guid id, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        try
        {
            var name = await session.FindAsync<string>("delete from connection where tenant_id = @tenant and id = @id returning name", new { tenant, id }, cancellationToken);
            if (name is null)
            {
                return true;
            }

            await audit.AppendAsync(session, tenant, actor, new AuditEvent("delete", "connection", id.ToString(), name), cancellationToken);
            await session.NotifyAsync(new Change(Topic, tenant, id), cancellationToken);
            await session.CommitAsync(cancellationToken);
            return true;
        }
        catch (PostgresException used) when (used.SqlState is PostgresErrorCodes.ForeignKeyViolation)
        {
            return false;
        }
    }

    /// <summary>Keeps how a test went, unless the connection was changed while it ran.</summary>
    public async Task SaveCheckAsync(TenantId tenant, Guid id, int version, CheckReport report, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        await session.RunAsync("""
            update connection set checked_at = @now, check_passed = @passed, check_report = @report::jsonb
            where tenant_id = @tenant and id = @id and version = @version
            """, new { tenant, id, version, now = clock.GetUtcNow(), passed = report.Passed, report = JsonSerializer.Serialize(report, JsonSerializerOptions.Web) }, cancellationToken);
        await session.NotifyAsync(new Change(Topic, tenant, id), cancellationToken);
        await session.CommitAsync(cancellationToken);
    }

    private static string Difference(Connection before, ConnectionDraft after)
    {
        var changes = new List<string>();
        if (before.Name != after.Name.Trim())
        {
            changes.Add($"name: {before.Name} → {after.Name.Trim()}");
        }

        if (before.CredentialId != after.CredentialId)
        {
            changes.Add("credential");
        }

        var old = before.SettingsJson.EnumerateObject().ToDictionary(setting => setting.Name, setting => setting.Value.GetRawText());
        var now = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(after.Settings)!.ToDictionary(setting => setting.Key, setting => setting.Value.GetRawText());
        changes.AddRange(old.Keys.Union(now.Keys).Where(name => !JsonElementEquals(old.GetValueOrDefault(name), now.GetValueOrDefault(name))));
        return string.Join("; ", changes);
    }

    private static bool JsonElementEquals(string? one, string? other) =>
        one is null || other is null ? one == other
            : JsonElement.DeepEquals(JsonSerializer.Deserialize<JsonElement>(one), JsonSerializer.Deserialize<JsonElement>(other));

    private sealed record Named(Guid Id, string Name);
}
