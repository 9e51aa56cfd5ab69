using System.Text;
using System.Text.Json;
using IntegrationConsole.Access;
using IntegrationConsole.Connectors.Circuits;
using IntegrationConsole.Tenants;
using Npgsql;

namespace IntegrationConsole.Credentials;

/// <summary>A tenant's credentials. What goes in as a secret never comes out of here but to be sent.</summary>
public sealed class CredentialStore(ConsoleDatabase database, TenantSeals seals, AuditTrail audit, TimeProvider clock)
{
    public const string Topic = "credential";

    private const string Columns = """
        tenant_id, id, name, kind, settings::text as settings, expires_at, last_used_at, tested_at, test_passed, test_message, created_at, replaced_at, version
        """;

    public async Task<IReadOnlyList<Credential>> ListAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.ListAsync<Credential>($"select {Columns} from credential where tenant_id = @tenant order by lower(name)", new { tenant }, cancellationToken);
    }

    public Task<Credential?> FindAsync(TenantId tenant, Guid id, CancellationToken cancellationToken) =>
        database.FindAtOnceAsync<Credential>(tenant, $"select {Columns} from credential where tenant_id = @tenant and id = @id", new { tenant, id }, cancellationToken);

    /// <returns>The new credential's id; null when its name is taken.</returns>
    public async Task<Guid?> CreateAsync(TenantId tenant, CredentialDraft draft, Actor actor, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        var seal = await seals.ForAsync(tenant, cancellationToken);
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var created = await session.RunAsync("""
            insert into credential (tenant_id, id, name, kind, settings, sealed, expires_at, created_at, replaced_at, version)
            values (@tenant, @id, @name, @kind, @settings::jsonb, @sealed, @expires, @now, @now, 1)
            on conflict (tenant_id, lower(name)) do nothing
            """,
            new
            {
                tenant, id, name = draft.Name.Trim(), kind = draft.Kind.ToString(), settings = SettingsOf(draft),
                @sealed = seal.Seal(Encoding.UTF8.GetBytes(draft.Secret), Context(id)), expires = draft.ExpiresAt, now,
            },
            cancellationToken);
        if (created == 0)
        {
            return null;
        }

        await AppendAsync(session, tenant, actor, "create", id, draft.Name, draft.Kind.ToString(), cancellationToken);
        await session.CommitAsync(cancellationToken);
        return id;
    }

    /// <summary>Changes the parts that may be shown, and the secret where a new one was entered.</summary>
    public async Task<Saved> UpdateAsync(TenantId tenant, Guid id, int version, CredentialDraft draft, Actor actor, CancellationToken cancellationToken)
    {
        var seal = await seals.ForAsync(tenant, cancellationToken);
        var replaced = draft.Secret.Length > 0 ? seal.Seal(Encoding.UTF8.GetBytes(draft.Secret), Context(id)) : null;
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        try
        {
            var updated = await session.RunAsync("""
                update credential
                set name = @name, settings = @settings::jsonb, expires_at = @expires, sealed = coalesce(@replaced, sealed),
                    replaced_at = case when @replaced::bytea is null then replaced_at else @now::timestamptz end,
                    tested_at = null, test_passed = null, test_message = null, version = version + 1
                where tenant_id = @tenant and id = @id and version = @version
                """,
                new
                {
                    tenant, id, version, name = draft.Name.Trim(), settings = SettingsOf(draft), expires = draft.ExpiresAt,
                    replaced, now = clock.GetUtcNow(),
                },
                cancellationToken);
            if (updated == 0)
            {
                return Saved.Outdated;
            }

            var users = await session.ListAsync<Guid>("select id from connection where tenant_id = @tenant and credential_id = @id", new { tenant, id }, cancellationToken);
            await CircuitStore.TryAgainAsync(session, tenant, [.. users], clock.GetUtcNow(), cancellationToken);
            await AppendAsync(session, tenant, actor, "change", id, draft.Name, replaced is null ? "" : "secret replaced", cancellationToken);
            await session.CommitAsync(cancellationToken);
            return Saved.Done;
        }
        catch (PostgresException taken) when (taken.SqlState is PostgresErrorCodes.UniqueViolation)
        {
            return Saved.Taken;
        }
    }

    /// <returns>False while connections still use it.</returns>
    public async Task<bool> DeleteAsync(TenantId tenant, Guid id, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        try
        {
            var name = await session.FindAsync<string>("delete from credential where tenant_id = @tenant and id = @id returning name", new { tenant, id }, cancellationToken);
            if (name is not null)
            {
                await AppendAsync(session, tenant, actor, "delete", id, name, "", cancellationToken);
                await session.CommitAsync(cancellationToken);
            }

            return true;
        }
        catch (PostgresException used) when (used.SqlState is PostgresErrorCodes.ForeignKeyViolation)
        {
            return false;
        }
    }

    /// <summary>The secret, for the moment of sending.</summary>
    internal async Task<(Credential Credential, string Secret)?> OpenAsync(TenantId tenant, Guid id, CancellationToken cancellationToken)
    {
        var seal = await seals.ForAsync(tenant, cancellationToken);
        await using var session = await database.InTenantAsync(tenant, cancellationToken);

        // The lock keeps the two reads together: one version's settings with another version's secret would be refused outside.
        var credential = await session.FindAsync<Credential>(
            $"select {Columns} from credential where tenant_id = @tenant and id = @id for share", new { tenant, id }, cancellationToken);
        if (credential is null)
        {
            return null;
        }

        var @sealed = await session.OneAsync<byte[]>("select sealed from credential where tenant_id = @tenant and id = @id", new { tenant, id }, cancellationToken);
        return (credential, Encoding.UTF8.GetString(seal.Open(@sealed, Context(id))));
    }

    internal async Task MarkUsedAsync(TenantId tenant, Guid id, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        await session.RunAsync("update credential set last_used_at = @now where tenant_id = @tenant and id = @id", new { tenant, id, now = clock.GetUtcNow() }, cancellationToken);
        await session.CommitAsync(cancellationToken);
    }

    /// <summary>Keeps how a test went, unless the credential was changed while it ran.</summary>
    public async Task SaveTestAsync(TenantId tenant, Guid id, int version, bool passed, string message, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        await session.RunAsync(
            "update credential set tested_at = @now, test_passed = @passed, test_message = @message where tenant_id = @tenant and id = @id and version = @version",
            new { tenant, id, version, passed, message, now = clock.GetUtcNow() }, cancellationToken);
        await session.NotifyAsync(new Change(Topic, tenant, id), cancellationToken);
        await session.CommitAsync(cancellationToken);
    }

    private async Task AppendAsync(DatabaseSession session, TenantId tenant, Actor actor, string action, Guid id, string name, string detail, CancellationToken cancellationToken)
    {
        await audit.AppendAsync(session, tenant, actor, new AuditEvent(action, "credential", id.ToString(), name.Trim(), detail), cancellationToken);
        await session.NotifyAsync(new Change(Topic, tenant, id), cancellationToken);
    }

    private static string SettingsOf(CredentialDraft draft) => JsonSerializer.Serialize(draft.Settings.ToDictionary(setting => setting.Key, setting => setting.Value.Trim()));

    private static string Context(Guid id) => $"credential:{id}";
}
