using System.Buffers.Text;
using System.Security.Cryptography;
using IntegrationConsole.Access;
using IntegrationConsole.Tenants;

namespace IntegrationConsole.Webhooks;

/// <summary>A tenant's endpoints.</summary>
public sealed class WebhookStore(ConsoleDatabase database, AuditTrail audit, TimeProvider clock)
{
    public const string Topic = "webhook";

    /// <summary>Told when deliveries were kept.</summary>
    public const string ArrivalTopic = "webhook-arrival";

    /// <summary>24 letters and digits of a URL: nobody meets one by trying.</summary>
    private const int PublicIdBytes = 18;

    private const string Columns = "tenant_id, id, public_id, slug, name, settings::text as settings, credential_id, old_credential_id, enabled, created_at, updated_at, version";

    public async Task<IReadOnlyList<WebhookEndpoint>> ListAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.ListAsync<WebhookEndpoint>($"select {Columns} from webhook_endpoint where tenant_id = @tenant order by lower(name), slug", new { tenant }, cancellationToken);
    }

    public async Task<WebhookEndpoint?> FindAsync(TenantId tenant, Guid id, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.FindAsync<WebhookEndpoint>($"select {Columns} from webhook_endpoint where tenant_id = @tenant and id = @id", new { tenant, id }, cancellationToken);
    }

    public async Task<WebhookEndpoint?> FindBySlugAsync(TenantId tenant, string slug, CancellationToken cancellationToken)
    {
        await using var session = await database.PreparedAsync(tenant, cancellationToken);
        return await session.FindAsync<WebhookEndpoint>($"select {Columns} from webhook_endpoint where tenant_id = @tenant and slug = @slug", new { tenant, slug }, cancellationToken);
    }

    /// <summary>By what stands in its address, which is all that a sender says of whose it is.</summary>
    internal async Task<WebhookEndpoint?> FindByAddressAsync(string publicId, CancellationToken cancellationToken)
    {
        await using var session = await database.PreparedAcrossTenantsAsync(cancellationToken);
        return await session.FindAsync<WebhookEndpoint>($"select {Columns} from webhook_endpoint where public_id = @publicId", new { publicId }, cancellationToken);
    }

    /// <returns>The new endpoint's id; null when its stream's name is taken.</returns>
    public async Task<Guid?> CreateAsync(TenantId tenant, WebhookDraft draft, WebhookSecrets secrets, Actor actor, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var created = await session.RunAsync("""
            insert into webhook_endpoint (tenant_id, id, public_id, slug, name, settings, credential_id, old_credential_id, enabled, created_at, updated_at, version)
            values (@tenant, @id, @publicId, @slug, @name, @settings::jsonb, @secret, @old, @enabled, @now, @now, 1)
            on conflict (tenant_id, slug) do nothing
            """,
            new
            {
                tenant, id, publicId = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(PublicIdBytes)), slug = SlugOf(draft), name = draft.Name.Trim(),
                settings = draft.Settings.ToJson(), secret = secrets.Current, old = secrets.Old, enabled = draft.Enabled, now,
            }, cancellationToken);
        if (created == 0)
        {
            return null;
        }

        await session.RunAsync("insert into webhook_position (tenant_id, endpoint_id) values (@tenant, @id)", new { tenant, id }, cancellationToken);
        await AppendAsync(session, tenant, actor, "create", id, draft.Name, draft.Settings.Scheme.Words, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return id;
    }

    /// <param name="tenant">Whose.</param>
    /// <param name="id">Which one; its stream keeps its name, for integrations read it by that.</param>
    /// <param name="version">That was changed.</param>
    /// <param name="draft">What it is to be.</param>
    /// <param name="secrets">Null leaves those that there are.</param>
    /// <param name="actor">Who changes it.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<Saved> UpdateAsync(TenantId tenant, Guid id, int version, WebhookDraft draft, WebhookSecrets? secrets, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var before = await session.FindAsync<WebhookEndpoint>(
            $"select {Columns} from webhook_endpoint where tenant_id = @tenant and id = @id and version = @version for update", new { tenant, id, version }, cancellationToken);
        if (before is null)
        {
            return Saved.Outdated;
        }

        var after = secrets ?? new WebhookSecrets(before.CredentialId, before.OldCredentialId);
        await session.RunAsync("""
            update webhook_endpoint set name = @name, settings = @settings::jsonb, credential_id = @secret, old_credential_id = @old, enabled = @enabled, updated_at = @now, version = version + 1
            where tenant_id = @tenant and id = @id
            """,
            new { tenant, id, name = draft.Name.Trim(), settings = draft.Settings.ToJson(), secret = after.Current, old = after.Old, enabled = draft.Enabled, now = clock.GetUtcNow() },
            cancellationToken);
        await AppendAsync(session, tenant, actor, "change", id, draft.Name, Difference(before, draft, after), cancellationToken);
        await session.CommitAsync(cancellationToken);
        return Saved.Done;
    }

    /// <summary>Removes an endpoint with what it received. Its address leads nowhere from then on.</summary>
    public async Task DeleteAsync(TenantId tenant, Guid id, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var name = await session.FindAsync<string>("delete from webhook_endpoint where tenant_id = @tenant and id = @id returning name", new { tenant, id }, cancellationToken);
        if (name is not null)
        {
            await AppendAsync(session, tenant, actor, "delete", id, name, "", cancellationToken);
            await session.CommitAsync(cancellationToken);
        }
    }

    public static string SlugOf(WebhookDraft draft) =>
        draft.Slug.Length > 0 ? draft.Slug : TenantRules.SlugOf(draft.Name) is { Length: > 0 } made ? made : "webhook";

    private async Task AppendAsync(DatabaseSession session, TenantId tenant, Actor actor, string action, Guid id, string name, string detail, CancellationToken cancellationToken)
    {
        await audit.AppendAsync(session, tenant, actor, new AuditEvent(action, "webhook", id.ToString(), name.Trim(), detail), cancellationToken);
        await session.NotifyAsync(new Change(Topic, tenant, id), cancellationToken);
    }

    private static string Difference(WebhookEndpoint before, WebhookDraft after, WebhookSecrets secrets)
    {
        (bool IsOther, string Words)[] changes =
        [
            (before.Name != after.Name.Trim(), $"name: {before.Name} → {after.Name.Trim()}"),
            (before.Rules.Scheme != after.Settings.Scheme, $"verification: {before.Rules.Scheme.Words} → {after.Settings.Scheme.Words}"),
            (before.Rules with { Scheme = after.Settings.Scheme } != after.Settings, "settings"),
            (before.CredentialId != secrets.Current, "secret"),
            (before.OldCredentialId != secrets.Old, secrets.Old is null ? "old secret taken away" : "old secret kept for now"),
            (before.Enabled != after.Enabled, after.Enabled ? "switched on" : "switched off"),
        ];
        return string.Join("; ", changes.Where(change => change.IsOther).Select(change => change.Words));
    }
}

/// <summary>With which credentials deliveries are verified.</summary>
/// <param name="Current">The one that signs.</param>
/// <param name="Old">The one before it, which is good as well; null for none.</param>
public sealed record WebhookSecrets(Guid Current, Guid? Old = null);
