using IntegrationConsole.Access;

namespace IntegrationConsole.DeadLetters.Runbooks;

/// <summary>What came of keeping a runbook.</summary>
public enum RunbookSaved
{
    Done,

    /// <summary>Somebody else changed or deleted it meanwhile.</summary>
    Outdated,
    TooMany,
}

/// <summary>What people wrote about failures that are known. Which runbook belongs to which failure is decided when it is asked for, so a new one holds for old failures too.</summary>
public sealed class RunbookStore(ConsoleDatabase database, AuditTrail audit, TimeProvider clock)
{
    public const string Topic = "runbook";

    /// <summary>So many a tenant may have, and so many may hold for all.</summary>
    public const int Most = 500;

    private const string Columns = "tenant_id, id, title, steps, link, owner, cause, code, connector, contains, is_on, changed_at, changed_by, version";

    /// <summary>Where it belongs that holds for all tenants.</summary>
    private static readonly TenantId Everywhere = new(Guid.Empty);

    /// <summary>Those of some tenants, with those that hold for all.</summary>
    public async Task<RunbookShelf> ReadAsync(IReadOnlyCollection<TenantId> tenants, CancellationToken cancellationToken)
    {
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        return await ReadAsync(session, tenants, cancellationToken);
    }

    /// <param name="session">Sees all tenants.</param>
    /// <param name="tenants">Those that the reader may see.</param>
    /// <param name="cancellationToken">Stops.</param>
    public static async Task<RunbookShelf> ReadAsync(DatabaseSession session, IReadOnlyCollection<TenantId> tenants, CancellationToken cancellationToken) =>
        new(await session.ListAsync<Runbook>(
            $"select {Columns} from runbook where tenant_id = any(@places) order by lower(title), id",
            new { places = tenants.Append(Everywhere).Select(tenant => tenant.Value).ToArray() }, cancellationToken));

    /// <summary>The one that belongs to a group; null where nobody has written one.</summary>
    public async Task<Runbook?> ForGroupAsync(TenantId tenant, Guid group, CancellationToken cancellationToken)
    {
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        return await SignAsync(session, tenant, group, cancellationToken) is { } sign ? (await ReadAsync(session, [tenant], cancellationToken)).Find(sign) : null;
    }

    /// <summary>What is known of a group, to write a runbook for it; null where there is none.</summary>
    public async Task<FailureSign?> SignAsync(TenantId tenant, Guid group, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await SignAsync(session, tenant, group, cancellationToken);
    }

    /// <summary>What each runbook was there for, in some tenants. Every group counts for the one that is shown with it.</summary>
    public async Task<IReadOnlyDictionary<Guid, RunbookUse>> CountUseAsync(RunbookShelf shelf, IReadOnlyCollection<TenantId> tenants, CancellationToken cancellationToken)
    {
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        var failures = await KnownFailure.ListAsync(session, tenants, cancellationToken);
        return failures.Select(failure => (Failure: failure, Runbook: shelf.Find(failure.Sign))).Where(found => found.Runbook is not null).GroupBy(found => found.Runbook!.Id)
            .ToDictionary(found => found.Key, found => new RunbookUse(found.Sum(one => one.Failure.Groups), found.Sum(one => one.Failure.Resolved), found.Max(one => one.Failure.Last)));
    }

    /// <summary>How many failure groups a pattern would recognise, of how many.</summary>
    public async Task<(int Fits, int Known)> TryAsync(RunbookPattern pattern, IReadOnlyCollection<TenantId> tenants, CancellationToken cancellationToken)
    {
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        var failures = await KnownFailure.ListAsync(session, tenants, cancellationToken);
        return (failures.Where(failure => pattern.Fits(failure.Sign)).Sum(failure => failure.Groups), failures.Sum(failure => failure.Groups));
    }

    /// <param name="tenant">Null for what holds for all tenants.</param>
    /// <param name="draft">Without problems.</param>
    /// <param name="before">What it takes the place of, as the actor saw it; null for a new one.</param>
    /// <param name="actor">Who; was asked for their rights.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<RunbookSaved> SaveAsync(TenantId? tenant, RunbookDraft draft, Runbook? before, Actor actor, CancellationToken cancellationToken)
    {
        var place = tenant ?? Everywhere;
        var now = clock.GetUtcNow();
        var id = before?.Id ?? Guid.CreateVersion7(now);
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        if (before is null && await session.OneAsync<int>("select count(*)::int from runbook where tenant_id = @place", new { place }, cancellationToken) >= Most)
        {
            return RunbookSaved.TooMany;
        }

        var row = new
        {
            place, id, title = draft.Title.Trim(), steps = draft.Steps.Trim(), link = draft.Link.Trim(), owner = draft.Owner.Trim(), cause = draft.Cause?.ToString(), code = draft.Pattern.Code,
            connector = draft.Connector, contains = draft.Pattern.Contains, isOn = draft.IsOn, now, by = actor.Name, version = before?.Version ?? 0,
        };
        var kept = await session.RunAsync(before is null
            ? """
              insert into runbook (tenant_id, id, title, steps, link, owner, cause, code, connector, contains, is_on, changed_at, changed_by, version)
              values (@place, @id, @title, @steps, @link, @owner, @cause, @code, @connector, @contains, @isOn, @now, @by, 1)
              """
            : """
              update runbook set title = @title, steps = @steps, link = @link, owner = @owner, cause = @cause, code = @code, connector = @connector, contains = @contains, is_on = @isOn,
                  changed_at = @now, changed_by = @by, version = version + 1
              where tenant_id = @place and id = @id and version = @version
              """, row, cancellationToken);
        if (kept == 0)
        {
            return RunbookSaved.Outdated;
        }

        await EndAsync(session, tenant, new AuditEvent(before is null ? "create" : "change", "runbook", id.ToString(), row.title, draft.IsOn ? "" : "switched off"), actor, cancellationToken);
        return RunbookSaved.Done;
    }

    /// <returns>False when it is gone, or somebody else changed it meanwhile.</returns>
    public async Task<bool> DeleteAsync(Runbook runbook, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        if (await session.RunAsync("delete from runbook where tenant_id = @TenantId and id = @Id and version = @Version", runbook, cancellationToken) == 0)
        {
            return false;
        }

        await EndAsync(session, runbook.IsForAll ? null : runbook.TenantId, new AuditEvent("delete", "runbook", runbook.Id.ToString(), runbook.Title), actor, cancellationToken);
        return true;
    }

    private async Task EndAsync(DatabaseSession session, TenantId? tenant, AuditEvent what, Actor actor, CancellationToken cancellationToken)
    {
        await audit.AppendAsync(session, tenant, actor, what, cancellationToken);
        await session.NotifyAsync(new Change(Topic, tenant), cancellationToken);
        await session.CommitAsync(cancellationToken);
    }

    private static async Task<FailureSign?> SignAsync(DatabaseSession session, TenantId tenant, Guid group, CancellationToken cancellationToken) =>
        (await session.FindAsync<KnownFailure>($"""
            select g.tenant_id, g.cause, g.code, {KnownFailure.ConnectorOfGroup} as connector, g.title, g.template, 1 as groups, 0 as resolved, g.last_seen as last
            from failure_group g join sync_definition s on s.tenant_id = g.tenant_id and s.id = g.sync_id where g.tenant_id = @tenant and g.id = @group
            """, new { tenant, group }, cancellationToken))?.Sign;
}
