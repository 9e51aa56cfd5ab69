namespace IntegrationConsole.Sync.Runs;

/// <summary>How many runs began in a stretch of time, by result.</summary>
/// <param name="Since">Where there were too many to count: the moment from which on they were. Before it nothing is known.</param>
public sealed record RunSpread(IReadOnlyDictionary<(int Step, RunState State), int> Counts, DateTimeOffset? Since)
{
    public int Of(int step, params RunState[] states) => states.Sum(state => Counts.GetValueOrDefault((step, state)));
}

/// <summary>Counts runs over time. The newest are counted, as many as a page can wait for.</summary>
public sealed class RunHistogram(ConsoleDatabase database)
{
    private const int MostRuns = 100_000;

    /// <summary>Of each tenant so many at least, even among many.</summary>
    private const int FewestRuns = 500;

    /// <param name="tenants">Those that the reader may see.</param>
    /// <param name="filter">Which of their runs; its time is the one that is counted.</param>
    /// <param name="step">How long a step is; the first begins with the filter's time.</param>
    /// <param name="cancellationToken">Stops.</param>
    public Task<RunSpread> CountAsync(IReadOnlyCollection<TenantId> tenants, RunFilter filter, TimeSpan step, CancellationToken cancellationToken) =>
        CountAsync(tenants, filter, step, Math.Max(FewestRuns, MostRuns / Math.Max(1, tenants.Count)), cancellationToken);

    /// <param name="most">Of each tenant.</param>
    internal async Task<RunSpread> CountAsync(IReadOnlyCollection<TenantId> tenants, RunFilter filter, TimeSpan step, int most, CancellationToken cancellationToken)
    {
        var parameters = filter.Parameters(tenants);
        parameters.Add("start", filter.From);
        parameters.Add("seconds", step.TotalSeconds);
        parameters.Add("most", most);
        await using var session = tenants.Count == 1 ? await database.InTenantAsync(tenants.First(), cancellationToken) : await database.AcrossTenantsAsync(cancellationToken);
        var rows = await session.ListAsync<Row>(Sql, parameters, cancellationToken);
        var since = rows.Select(row => row.Since).FirstOrDefault();
        var known = rows.Where(row => since is null || filter.From + (row.Step * step) >= since);
        return new RunSpread(known.ToDictionary(row => (row.Step, row.State), row => row.Runs), since);
    }

    internal const string Sql = $"""
        with counted as materialized (
            select t.id as tenant, n.queued_at, n.state from unnest(@tenants) t(id)
            cross join lateral (
                select x.queued_at, x.state from run x where x.tenant_id = t.id and {RunFilter.Where} order by x.queued_at desc, x.id desc limit @most) n),
        cut as (select max(oldest) as since from (select min(queued_at) as oldest from counted group by tenant having count(*) >= @most) full_ones)
        select floor(extract(epoch from queued_at - @start) / @seconds)::int as step, state, count(*)::int as runs, (select since from cut) as since
        from counted group by 1, 2
        """;

    private sealed record Row(int Step, RunState State, int Runs, DateTimeOffset? Since);
}
