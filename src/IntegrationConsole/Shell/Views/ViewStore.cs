using IntegrationConsole.Access;

namespace IntegrationConsole.Shell.Views;

/// <summary>What came of saving a view.</summary>
public enum ViewSaved
{
    Done,
    TooMany,
    NameTaken,
}

/// <summary>The views that people saved, and what each makes of them.</summary>
public sealed class ViewStore(ConsoleDatabase database, AuditTrail audit, TimeProvider clock)
{
    public const string Topic = "saved-view";

    /// <summary>So many one person may have saved.</summary>
    public const int Most = 50;

    public const int LongestName = 60;

    /// <summary>Where it belongs that belongs to no tenant.</summary>
    private static readonly TenantId Nowhere = new(Guid.Empty);

    private const string Query = """
        select v.tenant_id, v.id, v.owner_id, v.owner, v.name, v.page, v.query, v.reach, coalesce(u.is_pinned, false) as is_pinned, coalesce(u.is_default, false) as is_default
        from saved_view v
        left join saved_view_use u on u.tenant_id = @here and u.user_id = @user and u.view_tenant = v.tenant_id and u.view_id = v.id
        where v.tenant_id = any(@places) and (v.owner_id = @user or v.reach <> 'Private') and (v.tenant_id = @here or v.reach = 'Fleet')
        """;

    /// <summary>Those that a person has on one page of a tenant, or of the fleet.</summary>
    /// <param name="tenant">Null for the fleet.</param>
    /// <param name="user">The reader.</param>
    /// <param name="page">As addresses have it.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<IReadOnlyList<SavedView>> ListAsync(TenantId? tenant, Guid user, string page, CancellationToken cancellationToken)
    {
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        return await session.ListAsync<SavedView>($"{Query} and v.page = @page order by v.reach, lower(v.name)", Args(tenant, user, page), cancellationToken);
    }

    /// <summary>Those that a person pinned in a tenant, or for the fleet.</summary>
    public async Task<IReadOnlyList<SavedView>> ListPinnedAsync(TenantId? tenant, Guid user, CancellationToken cancellationToken)
    {
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        return await session.ListAsync<SavedView>($"{Query} and u.is_pinned order by lower(v.name)", Args(tenant, user, ""), cancellationToken);
    }

    /// <param name="tenant">Null for the fleet.</param>
    /// <param name="address">The page and its filters.</param>
    /// <param name="name">How it is called.</param>
    /// <param name="reach">Who has it.</param>
    /// <param name="actor">Who saves it; was asked for their rights.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<ViewSaved> SaveAsync(TenantId? tenant, ViewAddress address, string name, ViewReach reach, Actor actor, CancellationToken cancellationToken)
    {
        var user = actor.UserId ?? throw new InvalidOperationException("Only people save views.");
        var place = reach is ViewReach.Fleet ? Nowhere : tenant ?? Nowhere;
        await using var session = await database.AcrossTenantsAsync(cancellationToken);

        // One at a time for each person: two windows do not save the last one twice.
        await session.RunAsync("select from access_user where id = @user for update", new { user }, cancellationToken);
        var own = await session.ListAsync<Own>("select tenant_id, page, name, reach from saved_view where owner_id = @user", new { user }, cancellationToken);
        if (own.Count >= Most)
        {
            return ViewSaved.TooMany;
        }

        if (own.Any(view => view.TenantId == place && view.Page == address.Page && string.Equals(view.Name, name, StringComparison.OrdinalIgnoreCase)))
        {
            return ViewSaved.NameTaken;
        }

        var now = clock.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        await session.RunAsync("""
            insert into saved_view (tenant_id, id, owner_id, owner, name, page, query, reach, created_at) values (@place, @id, @user, @owner, @name, @page, @query, @reach, @now)
            """, new { place, id, user, owner = actor.Name, name, page = address.Page, query = address.Query, reach = reach.ToString(), now }, cancellationToken);
        await SaidAsync(session, tenant, reach, actor, new AuditEvent("share", "view", id.ToString(), name, reach is ViewReach.Fleet ? "with everybody" : "with the tenant"), cancellationToken);
        return ViewSaved.Done;
    }

    /// <summary>Keeps other filters under the same name; only who saved it may.</summary>
    public async Task<bool> ChangeAsync(SavedView view, string query, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        if (await session.RunAsync(
            "update saved_view set query = @query where tenant_id = @place and id = @id and owner_id = @user",
            new { place = view.TenantId, id = view.Id, user = actor.UserId, query }, cancellationToken) == 0)
        {
            return false;
        }

        await SaidAsync(session, TenantOf(view), view.Reach, actor, new AuditEvent("change", "view", view.Id.ToString(), view.Name), cancellationToken);
        return true;
    }

    /// <summary>Deletes a view for all who have it.</summary>
    /// <param name="view">Which.</param>
    /// <param name="isAdmitted">It is somebody else's, and the actor may change what is shared.</param>
    /// <param name="actor">Who.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<bool> DeleteAsync(SavedView view, bool isAdmitted, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        if (await session.RunAsync(
            "delete from saved_view where tenant_id = @place and id = @id and (owner_id = @user or (@isAdmitted and reach <> 'Private'))",
            new { place = view.TenantId, id = view.Id, user = actor.UserId, isAdmitted }, cancellationToken) == 0)
        {
            return false;
        }

        await SaidAsync(session, TenantOf(view), view.Reach, actor, new AuditEvent("delete", "view", view.Id.ToString(), view.Name), cancellationToken);
        return true;
    }

    /// <summary>Pins a view to a person's rail, or has their page open with it.</summary>
    /// <param name="tenant">Where; null for the fleet.</param>
    /// <param name="user">Whose.</param>
    /// <param name="view">Which.</param>
    /// <param name="isPinned">Whether it stands in the rail.</param>
    /// <param name="isDefault">Whether the page opens with it, in place of any other.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task MarkAsync(TenantId? tenant, Guid user, SavedView view, bool isPinned, bool isDefault, CancellationToken cancellationToken)
    {
        var here = tenant ?? Nowhere;
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        if (isDefault)
        {
            await session.RunAsync(
                "update saved_view_use set is_default = false where tenant_id = @here and user_id = @user and page = @page and is_default", new { here, user, page = view.Page }, cancellationToken);
        }

        await session.RunAsync("""
            insert into saved_view_use (tenant_id, user_id, view_tenant, view_id, page, is_pinned, is_default)
            select @here, @user, v.tenant_id, v.id, v.page, @isPinned, @isDefault from saved_view v where v.tenant_id = @place and v.id = @id
            on conflict (tenant_id, user_id, view_id) do update set is_pinned = excluded.is_pinned, is_default = excluded.is_default
            """, new { here, user, place = view.TenantId, id = view.Id, isPinned, isDefault }, cancellationToken);
        await session.NotifyAsync(new Change(Topic, tenant), cancellationToken);
        await session.CommitAsync(cancellationToken);
    }

    private static TenantId? TenantOf(SavedView view) => view.TenantId == Nowhere ? null : view.TenantId;

    /// <summary>What only concerns who saved it is nobody else's to read about.</summary>
    private async Task SaidAsync(DatabaseSession session, TenantId? tenant, ViewReach reach, Actor actor, AuditEvent what, CancellationToken cancellationToken)
    {
        if (reach is not ViewReach.Private)
        {
            await audit.AppendAsync(session, reach is ViewReach.Fleet ? null : tenant, actor, what, cancellationToken);
        }

        await session.NotifyAsync(new Change(Topic, tenant), cancellationToken);
        await session.CommitAsync(cancellationToken);
    }

    private static object Args(TenantId? tenant, Guid user, string page)
    {
        var here = (tenant ?? Nowhere).Value;
        return new { here, user, page, places = new[] { here, Nowhere.Value } };
    }

    private sealed record Own(TenantId TenantId, string Page, string Name, string Reach);
}
