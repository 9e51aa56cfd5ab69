using System.Text.Json;
using IntegrationConsole.Access;
using IntegrationConsole.Tenants;
using Npgsql;

namespace IntegrationConsole.Alerts.Channels;

/// <summary>A tenant's channels. What goes in as a secret never comes out of here but to be sent.</summary>
public sealed class ChannelStore(ConsoleDatabase database, TenantSeals seals, AuditTrail audit, TimeProvider clock)
{
    public const string Topic = "alert-channel";

    private const string Columns = """
        tenant_id, id, name, kind, settings::text as settings, least_severity, after_minutes, working_hours_only, is_on, console_address, failures_in_a_row, last_sent_at,
        last_failed_at, last_problem, version
        """;

    /// <summary>In the order of the chain.</summary>
    public async Task<IReadOnlyList<AlertChannel>> ListAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await ListAsync(session, [tenant.Value], cancellationToken);
    }

    internal static async Task<IReadOnlyList<AlertChannel>> ListAsync(DatabaseSession session, Guid[] tenants, CancellationToken cancellationToken)
    {
        var rows = await session.ListAsync<Row>($"select {Columns} from alert_channel where tenant_id = any(@tenants) order by after_minutes, lower(name)", new { tenants }, cancellationToken);
        return [.. rows.Select(row => row.Channel)];
    }

    public async Task<AlertChannel?> FindAsync(TenantId tenant, Guid id, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return (await session.FindAsync<Row>($"select {Columns} from alert_channel where tenant_id = @tenant and id = @id", new { tenant, id }, cancellationToken))?.Channel;
    }

    /// <returns>The new channel's id; null when its name is taken.</returns>
    public async Task<Guid?> CreateAsync(TenantId tenant, ChannelDraft draft, string consoleAddress, Actor actor, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        var seal = await seals.ForAsync(tenant, cancellationToken);
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var created = await session.RunAsync("""
            insert into alert_channel (tenant_id, id, name, kind, settings, sealed, least_severity, after_minutes, working_hours_only, is_on, console_address, changed_at, version)
            values (@tenant, @id, @name, @kind, @settings::jsonb, @sealed, @least, @after, @hours, @on, @console, @now, 1)
            on conflict (tenant_id, lower(name)) do nothing
            """,
            new
            {
                tenant, id, name = draft.Name.Trim(), kind = draft.Kind.ToString(), settings = SettingsOf(draft), @sealed = seal.Seal(JsonSerializer.SerializeToUtf8Bytes(draft.Secrets), Context(id)),
                least = draft.LeastSeverity.ToString(), after = draft.AfterMinutes, hours = draft.WorkingHoursOnly, on = draft.IsOn, console = consoleAddress, now,
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

    /// <summary>Changes what may be shown, and each secret for which a new one was entered. A channel that failed is given a new chance.</summary>
    public async Task<Saved> UpdateAsync(TenantId tenant, Guid id, int version, ChannelDraft draft, string consoleAddress, Actor actor, CancellationToken cancellationToken)
    {
        var seal = await seals.ForAsync(tenant, cancellationToken);
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var @sealed = await session.FindAsync<byte[]>("select sealed from alert_channel where tenant_id = @tenant and id = @id and version = @version for update", new { tenant, id, version }, cancellationToken);
        if (@sealed is null)
        {
            return Saved.Outdated;
        }

        var secrets = SecretsOf(seal, @sealed, id);
        var replaced = draft.Secrets.Where(secret => secret.Value.Trim().Length > 0).ToList();
        replaced.ForEach(secret => secrets[secret.Key] = secret.Value.Trim());
        try
        {
            await session.RunAsync("""
                update alert_channel set name = @name, settings = @settings::jsonb, sealed = @sealed, least_severity = @least, after_minutes = @after, working_hours_only = @hours,
                    is_on = @on, console_address = @console, failures_in_a_row = 0, changed_at = @now, version = version + 1
                where tenant_id = @tenant and id = @id
                """,
                new
                {
                    tenant, id, name = draft.Name.Trim(), settings = SettingsOf(draft), @sealed = seal.Seal(JsonSerializer.SerializeToUtf8Bytes(secrets), Context(id)),
                    least = draft.LeastSeverity.ToString(), after = draft.AfterMinutes, hours = draft.WorkingHoursOnly, on = draft.IsOn, console = consoleAddress, now = clock.GetUtcNow(),
                },
                cancellationToken);
        }
        catch (PostgresException taken) when (taken.SqlState is PostgresErrorCodes.UniqueViolation)
        {
            return Saved.Taken;
        }

        await AppendAsync(session, tenant, actor, "change", id, draft.Name, replaced.Count > 0 ? "secret replaced" : "", cancellationToken);
        await session.CommitAsync(cancellationToken);
        return Saved.Done;
    }

    public async Task DeleteAsync(TenantId tenant, Guid id, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        if (await session.FindAsync<string>("delete from alert_channel where tenant_id = @tenant and id = @id returning name", new { tenant, id }, cancellationToken) is { } name)
        {
            await AppendAsync(session, tenant, actor, "delete", id, name, "", cancellationToken);
            await session.CommitAsync(cancellationToken);
        }
    }

    /// <summary>The channel with its secrets, for the moment of sending; null when it is gone.</summary>
    internal async Task<(AlertChannel Channel, IReadOnlyDictionary<string, string> Secrets)?> OpenAsync(TenantId tenant, Guid id, CancellationToken cancellationToken)
    {
        var seal = await seals.ForAsync(tenant, cancellationToken);
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var row = await session.FindAsync<Row>($"select {Columns} from alert_channel where tenant_id = @tenant and id = @id for share", new { tenant, id }, cancellationToken);
        return row is null ? null : (row.Channel, SecretsOf(seal, await session.OneAsync<byte[]>("select sealed from alert_channel where tenant_id = @tenant and id = @id", new { tenant, id }, cancellationToken), id));
    }

    private static Dictionary<string, string> SecretsOf(TenantSeal seal, byte[] @sealed, Guid id) =>
        JsonSerializer.Deserialize<Dictionary<string, string>>(seal.Open(@sealed, Context(id)))!;

    /// <summary>Of an address that is secret itself, its host may be shown.</summary>
    private static string SettingsOf(ChannelDraft draft)
    {
        var settings = draft.Settings.ToDictionary(setting => setting.Key, setting => setting.Value.Trim());
        if (draft.Kind is ChannelKind.Slack or ChannelKind.Teams && Uri.TryCreate(draft.Secret(ChannelSettings.Address), UriKind.Absolute, out var address))
        {
            settings[ChannelSettings.Host] = address.Host;
        }

        return JsonSerializer.Serialize(settings);
    }

    private async Task AppendAsync(DatabaseSession session, TenantId tenant, Actor actor, string action, Guid id, string name, string detail, CancellationToken cancellationToken)
    {
        await audit.AppendAsync(session, tenant, actor, new AuditEvent(action, "alert channel", id.ToString(), name.Trim(), detail), cancellationToken);
        await session.NotifyAsync(new Change(Topic, tenant, id), cancellationToken);
    }

    private static string Context(Guid id) => $"alert-channel:{id}";

    private sealed record Row(
        TenantId TenantId, Guid Id, string Name, ChannelKind Kind, string Settings, Severity LeastSeverity, int AfterMinutes, bool WorkingHoursOnly, bool IsOn,
        string ConsoleAddress, int FailuresInARow, DateTimeOffset? LastSentAt, DateTimeOffset? LastFailedAt, string LastProblem, int Version)
    {
        public AlertChannel Channel => new(
            TenantId, Id, Name, Kind, JsonSerializer.Deserialize<Dictionary<string, string>>(Settings)!, LeastSeverity, AfterMinutes, WorkingHoursOnly, IsOn, ConsoleAddress,
            FailuresInARow, LastSentAt, LastFailedAt, LastProblem, Version);
    }
}
