using IntegrationConsole.Tenants;
using Microsoft.Extensions.Options;

namespace IntegrationConsole.Connectors.Budgets;

/// <summary>A budget as its page shows it.</summary>
/// <param name="Name">The credential, or the connection where it has none.</param>
/// <param name="Connections">Those that share it.</param>
public sealed record BudgetView(string Name, bool IsOfCredential, string[] Connections, CallBudget Budget);

/// <summary>A budget of which little is left, or whose calls wait.</summary>
/// <param name="DayLeft">Of what people set for a day; null where they set nothing.</param>
/// <param name="ToldLeft">As the system said; null where it says nothing at present.</param>
public sealed record ScarceBudget(TenantId TenantId, string Name, int? PerDay, int? DayLeft, double? ToldLeft, DateTimeOffset FreeAt);

/// <summary>The call budgets of all credentials. One row each, from which nodes take slices.</summary>
public sealed class BudgetStore(ConsoleDatabase database, IOptions<QuotaOptions> quotas, TimeProvider clock)
{
    private const string Columns = """
        b.tenant_id, b.id, b.per_second, b.per_minute, b.per_day, b.second_at, b.minute_at, b.day, b.day_used, b.told_limit, b.told_remaining, b.told_reset_at, b.told_at, b.free_at
        """;

    /// <summary>What the connections set that share a budget: of each limit the strictest.</summary>
    private const string Limits = """
        select count(*)::int as connections, min(nullif(settings ->> 'callsPerSecond', '')::double precision) as per_second, min(nullif(settings ->> 'callsPerMinute', '')::int) as per_minute,
               min(nullif(settings ->> 'callsPerDay', '')::int) as per_day
        from connection where tenant_id = @tenant and (credential_id = @id or (id = @id and credential_id is null))
        """;

    /// <summary>What all calls of a tenant share: its quota, under the tenant's own id.</summary>
    private const string Quota = """
        select 1 as connections, null::double precision as per_second,
               nullif(coalesce((select calls_per_minute from tenant_quota where tenant_id = @tenant), @usual), 0) as per_minute, null::int as per_day
        """;

    /// <summary>Takes a slice.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="id">The credential, or the connection where it has none; the tenant's own for what all its calls share.</param>
    /// <param name="wanted">How many calls.</param>
    /// <param name="moment">From when on they are wanted.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>Null where nothing limits the calls.</returns>
    internal async Task<(CallBudget Budget, CallLease Lease)?> LeaseAsync(TenantId tenant, Guid id, int wanted, DateTimeOffset moment, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var limits = id == tenant.Value
            ? await session.OneAsync<LimitRow>(Quota, new { tenant, usual = quotas.Value.CallsPerMinute }, cancellationToken)
            : await session.OneAsync<LimitRow>(Limits, new { tenant, id }, cancellationToken);
        var before = await LockAsync(session, tenant, id, limits is { Connections: > 0, Limits.IsNone: false }, moment, cancellationToken);
        if (before is null || (limits.Limits.IsNone && !before.IsTold(moment)))
        {
            return null;
        }

        var (after, lease) = BudgetReckoning.Lease(
            before with { PerSecond = limits.PerSecond, PerMinute = limits.PerMinute, PerDay = limits.PerDay }, wanted, moment);
        await SaveAsync(session, after, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return (after, lease);
    }

    /// <summary>Keeps what a system said.</summary>
    /// <returns>Null where there is no such connection.</returns>
    internal async Task<CallBudget?> HearAsync(TenantId tenant, Guid id, ToldLimit told, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var limits = await session.OneAsync<LimitRow>(Limits, new { tenant, id }, cancellationToken);
        if (await LockAsync(session, tenant, id, limits.Connections > 0, now, cancellationToken) is not { } before)
        {
            return null;
        }

        var after = BudgetReckoning.Hear(before, told, now) with { PerSecond = limits.PerSecond, PerMinute = limits.PerMinute, PerDay = limits.PerDay };
        await SaveAsync(session, after, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return after;
    }

    /// <summary>A tenant's budgets that something limits, by name.</summary>
    public async Task<IReadOnlyList<BudgetView>> ListAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var budgets = await session.ListAsync<CallBudget>($"select {Columns} from call_budget b where b.tenant_id = @tenant", new { tenant }, cancellationToken);
        var users = await session.ListAsync<User>("""
            select coalesce(n.credential_id, n.id) as id, n.name, n.credential_id is not null as is_of_credential, coalesce(c.name, n.name) as owner
            from connection n left join credential c on c.tenant_id = n.tenant_id and c.id = n.credential_id
            where n.tenant_id = @tenant order by lower(n.name)
            """, new { tenant }, cancellationToken);
        var byId = users.ToLookup(user => user.Id);
        return
        [
            .. budgets.Where(budget => byId[budget.Id].Any())
                .Select(budget => new BudgetView(byId[budget.Id].First().Owner, byId[budget.Id].First().IsOfCredential, [.. byId[budget.Id].Select(user => user.Name)], budget))
                .OrderBy(view => view.Name, StringComparer.OrdinalIgnoreCase),
        ];
    }

    /// <summary>Those of some tenants of which less than a fifth is left, or whose calls wait.</summary>
    public async Task<IReadOnlyList<ScarceBudget>> ListScarceAsync(IReadOnlyCollection<TenantId> tenants, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        return await session.ListAsync<ScarceBudget>("""
            select b.tenant_id, coalesce(c.name, n.name) as name, b.per_day, b.per_day - case when b.day = @day then b.day_used else 0 end as day_left,
                   case when b.told_reset_at > @now then greatest(b.told_remaining, 0) end as told_left, b.free_at
            from call_budget b
            left join credential c on c.tenant_id = b.tenant_id and c.id = b.id
            left join connection n on n.tenant_id = b.tenant_id and n.id = b.id
            where b.tenant_id = any(@tenants) and coalesce(c.name, n.name) is not null
              and (b.free_at > @soon or (b.day = @day and b.day_used > b.per_day * 0.8) or (b.told_reset_at > @now and b.told_remaining < b.told_limit * 0.2))
            order by b.free_at desc
            """, new { tenants = tenants.Select(tenant => tenant.Value).ToArray(), now, day = CallBudget.DayOf(now), soon = now + TimeSpan.FromSeconds(2) }, cancellationToken);
    }

    /// <summary>The budget from which a connection's calls are taken; null where nothing limits them.</summary>
    internal static Task<CallBudget?> FindAsync(DatabaseSession session, TenantId tenant, Guid connection, CancellationToken cancellationToken) =>
        session.FindAsync<CallBudget>($"""
            select {Columns} from connection n join call_budget b on b.tenant_id = n.tenant_id and b.id = coalesce(n.credential_id, n.id)
            where n.tenant_id = @tenant and n.id = @connection
            """, new { tenant, connection }, cancellationToken);

    /// <summary>For which connections of these calls wait at this moment, and until when.</summary>
    public async Task<IReadOnlyList<(string Connection, DateTimeOffset Until)>> ListWaitsAsync(TenantId tenant, IReadOnlyCollection<Guid> connections, CancellationToken cancellationToken)
    {
        // Slices are leased a second ahead: that is no wait.
        var soon = clock.GetUtcNow() + TimeSpan.FromSeconds(2);
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var rows = await session.ListAsync<Wait>("""
            select n.name, b.free_at from connection n join call_budget b on b.tenant_id = n.tenant_id and b.id = coalesce(n.credential_id, n.id)
            where n.tenant_id = @tenant and n.id = any(@connections) and b.free_at > @soon order by b.free_at
            """, new { tenant, connections = connections.ToArray(), soon }, cancellationToken);
        return [.. rows.Select(row => (row.Name, row.FreeAt))];
    }

    /// <summary>Until when calls of the tenant wait for its quota; null where they do not.</summary>
    public async Task<DateTimeOffset?> FindQuotaWaitAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        var soon = clock.GetUtcNow() + TimeSpan.FromSeconds(2);
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.FindAsync<DateTimeOffset?>(
            "select free_at from call_budget where tenant_id = @tenant and id = @id and per_minute is not null and free_at > @soon", new { tenant, id = tenant.Value, soon }, cancellationToken);
    }

    private static async Task<CallBudget?> LockAsync(DatabaseSession session, TenantId tenant, Guid id, bool mayMake, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var row = await session.FindAsync<CallBudget>($"select {Columns} from call_budget b where b.tenant_id = @tenant and b.id = @id for update", new { tenant, id }, cancellationToken);
        if (row is not null || !mayMake)
        {
            return row;
        }

        await session.RunAsync("""
            insert into call_budget (tenant_id, id, second_at, minute_at, day, day_used, told_at, free_at) values (@tenant, @id, @now, @now, @day, 0, @now, @now)
            on conflict (tenant_id, id) do nothing
            """, new { tenant, id, now, day = CallBudget.DayOf(now) }, cancellationToken);
        return await session.FindAsync<CallBudget>($"select {Columns} from call_budget b where b.tenant_id = @tenant and b.id = @id for update", new { tenant, id }, cancellationToken);
    }

    private static Task<int> SaveAsync(DatabaseSession session, CallBudget budget, CancellationToken cancellationToken) => session.RunAsync("""
        update call_budget set per_second = @perSecond, per_minute = @perMinute, per_day = @perDay, second_at = @secondAt, minute_at = @minuteAt, day = @day, day_used = @dayUsed,
                               told_limit = @toldLimit, told_remaining = @toldRemaining, told_reset_at = @toldResetAt, told_at = @toldAt, free_at = @freeAt
        where tenant_id = @tenant and id = @id
        """,
        new
        {
            tenant = budget.TenantId, id = budget.Id, perSecond = budget.PerSecond, perMinute = budget.PerMinute, perDay = budget.PerDay, secondAt = budget.SecondAt,
            minuteAt = budget.MinuteAt, day = budget.Day, dayUsed = budget.DayUsed, toldLimit = budget.ToldLimit, toldRemaining = budget.ToldRemaining,
            toldResetAt = budget.ToldResetAt, toldAt = budget.ToldAt, freeAt = budget.FreeAt,
        },
        cancellationToken);

    private sealed record LimitRow(int Connections, double? PerSecond, int? PerMinute, int? PerDay)
    {
        public CallLimits Limits => new(PerSecond, PerMinute, PerDay);
    }

    private sealed record User(Guid Id, string Name, bool IsOfCredential, string Owner);

    private sealed record Wait(string Name, DateTimeOffset FreeAt);
}
