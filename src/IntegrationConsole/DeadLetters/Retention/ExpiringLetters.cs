using System.Globalization;
using IntegrationConsole.Tenants.Keeping;

namespace IntegrationConsole.DeadLetters.Retention;

/// <summary>How many letters of a tenant expire soon if nobody decides.</summary>
/// <param name="InThreeDays">Of them, those that have three days or less.</param>
/// <param name="FailedBefore">All of them failed last before then.</param>
public sealed record Expiring(TenantId TenantId, BoundedCount InTwoWeeks, BoundedCount InThreeDays, int WaitingDays, DateTimeOffset FailedBefore)
{
    /// <summary>A sentence about those that have the least time.</summary>
    public string Words => InThreeDays.Value > 0 ? Sentence(InThreeDays, TenantKeeping.LastWarning) : Sentence(InTwoWeeks, TenantKeeping.FirstWarning);

    /// <summary>In the address of the list of dead letters: the oldest ones, up to the day to which these belong.</summary>
    public string Query => string.Create(CultureInfo.InvariantCulture, $"state=waiting&to={(InThreeDays.Value > 0 ? FailedBefore - TenantKeeping.FirstWarning + TenantKeeping.LastWarning : FailedBefore):yyyy-MM-dd}");

    private string Sentence(BoundedCount count, TimeSpan within)
    {
        var (letters, them, records) = count is { Value: 1, IsExact: true } ? ("letter expires", "it", "its record is") : ("letters expire", "them", "their records are");
        return string.Create(
            CultureInfo.InvariantCulture, $"{count} {letters} within {within.TotalDays:N0} days: nobody has decided about {them}, and after {WaitingDays:N0} days {records} deleted.");
    }
}

/// <summary>Finds letters that expire soon, before they do.</summary>
public sealed class ExpiringLetters(ConsoleDatabase database, TimeProvider clock)
{
    private const int CountedAtMost = 10_000;

    /// <summary>Of each tenant that has such letters. What waits behind others is told with the rest, and may stay longer.</summary>
    public async Task<IReadOnlyList<Expiring>> ReadAsync(IReadOnlyCollection<TenantId> tenants, CancellationToken cancellationToken)
    {
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        return await ReadAsync(session, tenants, cancellationToken);
    }

    /// <summary>The same in a session of the caller's, who sees all tenants.</summary>
    internal async Task<IReadOnlyList<Expiring>> ReadAsync(DatabaseSession session, IReadOnlyCollection<TenantId> tenants, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var rows = await session.ListAsync<Row>($"""
            select t.id as tenant_id, w.days, two.letters as in_two_weeks, three.letters as in_three_days
            from tenant t
            left join tenant_keeping k on k.tenant_id = t.id
            cross join lateral (select coalesce(k.waiting_days, @usual) as days, make_interval(days => coalesce(k.waiting_days, @usual)) as waiting) w
            cross join lateral ({Due("@two")}) two
            cross join lateral ({Due("@three")}) three
            where t.id = any(@ids) and k.held_at is null and two.letters > 0
            """,
            new
            {
                ids = tenants.Select(tenant => tenant.Value).ToArray(), usual = KeepingSettings.Usual.Effective.WaitingDays, two = now + TenantKeeping.FirstWarning,
                three = now + TenantKeeping.LastWarning, warned = TenantKeeping.FirstWarning, most = CountedAtMost + 1,
            }, cancellationToken);
        return [.. rows.Select(row => new Expiring(
            row.TenantId, Bounded(row.InTwoWeeks), Bounded(row.InThreeDays), row.Days, now + TenantKeeping.FirstWarning - TimeSpan.FromDays(row.Days)))];
    }

    /// <summary>Along the index by state and time; none before the tenant's removal begins.</summary>
    private static string Due(string until) => $"""
        select count(*)::int as letters from (
            select from dead_letter d
            where d.tenant_id = t.id and d.state = 'Waiting' and d.last_failed_at < {until} - w.waiting and (d.back_at is null or d.back_at < {until} - @warned)
              and coalesce(k.begins_at, '-infinity') <= {until}
              and not exists (select from failure_group h where h.tenant_id = d.tenant_id and h.id = d.group_id and (h.held_at is not null or h.released_at > {until} - @warned))
            limit @most) due
        """;

    private static BoundedCount Bounded(int count) => count > CountedAtMost ? new BoundedCount(CountedAtMost, false) : new BoundedCount(count, true);

    private sealed record Row(TenantId TenantId, int Days, int InTwoWeeks, int InThreeDays);
}
