using System.Globalization;
using IntegrationConsole.Access;

namespace IntegrationConsole.Connectors.Budgets;

/// <summary>What backfills may take of a call budget.</summary>
/// <param name="UsualPerMinute">What the share is taken of where nothing limits the calls.</param>
/// <param name="Until">Null for until somebody ends it.</param>
public sealed record CallShare(Guid BudgetId, int Percent, double UsualPerMinute, DateTimeOffset? Until, string ChangedBy, DateTimeOffset ChangedAt);

/// <summary>The shares of call budgets that backfills are held to, so that the usual runs go first. They hold on all nodes.</summary>
public sealed class CallShares(ConsoleDatabase database, AuditTrail audit, TimeProvider clock)
{
    public const string Topic = "call-share";

    /// <summary>Where nothing is left of a budget, one call goes now and then: it waits for its turn like any other.</summary>
    private const double Slowest = 1.0 / 60;

    private const string Budget = """
        select b.tenant_id, b.id, b.per_second, b.per_minute, b.per_day, b.second_at, b.minute_at, b.day, b.day_used, b.told_limit, b.told_remaining, b.told_reset_at, b.told_at, b.free_at
        from call_budget b where b.tenant_id = @tenant and b.id = @id
        """;

    public async Task<IReadOnlyList<CallShare>> ListAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.ListAsync<CallShare>("""
            select budget_id, percent, usual_per_minute, until, changed_by, changed_at from call_share
            where tenant_id = @tenant and (until is null or until > @now) order by changed_at
            """, new { tenant, now = clock.GetUtcNow() }, cancellationToken);
    }

    /// <summary>Holds the backfills over a connection, and over those that share its credential, to a share of its calls.</summary>
    /// <returns>Whether there is such a connection.</returns>
    public async Task<bool> ApplyAsync(
        TenantId tenant, Guid connection, int percent, double usualPerMinute, DateTimeOffset? until, Actor actor, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        if (await FindAsync(session, tenant, connection, cancellationToken) is not { } found)
        {
            return false;
        }

        await session.RunAsync("""
            insert into call_share (tenant_id, budget_id, percent, usual_per_minute, until, free_at, changed_at, changed_by)
            values (@tenant, @budget, @percent, @usualPerMinute, @until, @now, @now, @actor)
            on conflict (tenant_id, budget_id) do update set percent = excluded.percent, usual_per_minute = excluded.usual_per_minute, until = excluded.until,
                free_at = excluded.free_at, changed_at = excluded.changed_at, changed_by = excluded.changed_by
            """, new { tenant, budget = found.BudgetId, percent, usualPerMinute, until, now, actor = actor.Name }, cancellationToken);
        var detail = string.Create(CultureInfo.InvariantCulture, $"backfills take {percent} % of the calls{(until is { } end ? $" until {end:d MMM yyyy, HH:mm} UTC" : "")}");
        await SaidAsync(session, tenant, actor, new AuditEvent("slow down", "connection", connection.ToString(), found.Name, detail), cancellationToken);
        return true;
    }

    /// <returns>Whether there was a share to end.</returns>
    public async Task<bool> EndAsync(TenantId tenant, Guid connection, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        if (await FindAsync(session, tenant, connection, cancellationToken) is not { } found
            || await session.RunAsync("delete from call_share where tenant_id = @tenant and budget_id = @budget", new { tenant, budget = found.BudgetId }, cancellationToken) == 0)
        {
            return false;
        }

        await SaidAsync(session, tenant, actor, new AuditEvent("end slowing down", "connection", connection.ToString(), found.Name), cancellationToken);
        return true;
    }

    /// <summary>Takes a slice of what backfills may call.</summary>
    /// <returns>Null where they are not held to a share.</returns>
    internal async Task<CallLease?> LeaseAsync(TenantId tenant, Guid id, int wanted, DateTimeOffset moment, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var share = await session.FindAsync<Row>("""
            select percent, usual_per_minute, free_at from call_share where tenant_id = @tenant and budget_id = @id and (until is null or until > @moment) for update
            """, new { tenant, id, moment }, cancellationToken);
        if (share is null)
        {
            return null;
        }

        var budget = await session.FindAsync<CallBudget>(Budget, new { tenant, id }, cancellationToken);
        var allowed = budget is null ? [] : AllowedCalls.PerSecond(budget, moment).ToArray();
        var rate = Math.Max(Slowest, (allowed.Length > 0 ? allowed.Min() : share.UsualPerMinute / 60) * share.Percent / 100);
        var count = (int)Math.Clamp(Math.Ceiling(rate), 1, wanted);
        var (from, spacing) = (share.FreeAt > moment ? share.FreeAt : moment, TimeSpan.FromSeconds(1 / rate));
        await session.RunAsync(
            "update call_share set free_at = @end where tenant_id = @tenant and budget_id = @id", new { tenant, id, end = from + (spacing * count) }, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return new CallLease(from, count, spacing);
    }

    private static Task<Owner?> FindAsync(DatabaseSession session, TenantId tenant, Guid connection, CancellationToken cancellationToken) => session.FindAsync<Owner>(
        "select coalesce(credential_id, id) as budget_id, name from connection where tenant_id = @tenant and id = @connection", new { tenant, connection }, cancellationToken);

    private async Task SaidAsync(DatabaseSession session, TenantId tenant, Actor actor, AuditEvent what, CancellationToken cancellationToken)
    {
        await audit.AppendAsync(session, tenant, actor, what, cancellationToken);
        await session.NotifyAsync(new Change(Topic, tenant), cancellationToken);
        await session.CommitAsync(cancellationToken);
    }

    private sealed record Row(int Percent, double UsualPerMinute, DateTimeOffset FreeAt);

    private sealed record Owner(Guid BudgetId, string Name);
}
