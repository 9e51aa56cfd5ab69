using System.Globalization;

namespace IntegrationConsole.Sync.Runs;

/// <summary>Why a queued run does not start, as of now.</summary>
/// <param name="Number">Its place in the tenant's line, from 1; null where it was called, and waits for a node.</param>
/// <param name="Places">How many of the tenant's runs may go at a time.</param>
/// <param name="Going">Runs that have the places.</param>
/// <param name="Ahead">Whose runs come before it, the most first; empty where that was not asked.</param>
public sealed record RunWait(Guid RunId, long? Number, int Places, IReadOnlyList<string> Going, IReadOnlyList<string> Ahead)
{
    /// <summary>For lists.</summary>
    public string ShortWords => Number is { } number ? FormattableString.Invariant($"Number {number:N0} in the line for the tenant's {PlaceWords}") : "Its turn has come: starts on the next free node";

    /// <summary>In whole sentences: which quota, who has the places, who comes before.</summary>
    public string Words
    {
        get
        {
            if (Number is not { } number)
            {
                return "Its turn has come: it starts as soon as a worker node has a free slot.";
            }

            var going = Going.Count == 0 ? "" : $" Going now: {string.Join(", ", Going)}.";
            var ahead = Ahead.Count == 0 ? " It is next." : $" Before it: {string.Join(", ", Ahead)}.";
            return FormattableString.Invariant($"Waits for a free place: the tenant's quota is {RunsWords} at the same time. It is number {number:N0} in the line.{going}{ahead}");
        }
    }

    private string PlaceWords => Places == 1 ? "one place" : string.Create(CultureInfo.InvariantCulture, $"{Places} places");

    private string RunsWords => Places == 1 ? "one run" : string.Create(CultureInfo.InvariantCulture, $"{Places} runs");
}

/// <summary>Tells of queued runs why they wait for a place.</summary>
public sealed class RunWaits(ConsoleDatabase database, RunLine line, TimeProvider clock)
{
    private const int MostNamed = 5;

    /// <summary>The tenant's line; runs behind another one of their kind do not wait for a place.</summary>
    private const string InLine = $"""
        select r.id, r.sync_id, row_number() over (order by {RunLine.Order}) as number from run r
        where r.tenant_id = @tenant and r.state = 'Queued' and r.called_at is null and r.start_after <= @now
        """;

    /// <summary>Why this run waits for a place; null where it does not, or waits for something else.</summary>
    public async Task<RunWait?> FindAsync(Run run, CancellationToken cancellationToken)
    {
        if ((await ListAsync(run.TenantId, [run], cancellationToken)).GetValueOrDefault(run.Id) is not { } wait)
        {
            return null;
        }

        await using var session = await database.InTenantAsync(run.TenantId, cancellationToken);
        var ahead = wait.Number is > 1
            ? await session.ListAsync<Group>($"""
                with line as ({InLine})
                select s.name, count(*) as runs from line l join sync_definition s on s.tenant_id = @tenant and s.id = l.sync_id
                where l.number < @number group by s.name order by count(*) desc, s.name
                """, new { tenant = run.TenantId, now = clock.GetUtcNow(), number = wait.Number }, cancellationToken)
            : [];
        return wait with { Going = await GoingAsync(session, run.TenantId, cancellationToken), Ahead = WordsOf(ahead) };
    }

    /// <summary>The same of several runs of a tenant, in short; those that wait for nothing are absent.</summary>
    public async Task<IReadOnlyDictionary<Guid, RunWait>> ListAsync(TenantId tenant, IReadOnlyCollection<Run> runs, CancellationToken cancellationToken)
    {
        var queued = runs.Where(run => run.State is RunState.Queued).Select(run => run.Id).ToArray();
        if (queued.Length == 0)
        {
            return new Dictionary<Guid, RunWait>();
        }

        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var rows = await session.ListAsync<Row>($"""
            with line as ({InLine})
            select r.id, l.number, {RunLine.Places} as places from run r left join line l on l.id = r.id
            where r.tenant_id = @tenant and r.id = any(@queued) and r.state = 'Queued' and (l.id is not null or r.called_at <= @now)
              and not exists (select from run o where o.tenant_id = r.tenant_id and o.sync_id = r.sync_id and o.beside = r.beside and o.state = 'Running' and o.parent_id is null and r.parent_id is null)
            """, new { tenant, queued, now = clock.GetUtcNow(), usual = line.UsualPlaces }, cancellationToken);
        return rows.ToDictionary(row => row.Id, row => new RunWait(row.Id, row.Number, row.Places, [], []));
    }

    private static async Task<IReadOnlyList<string>> GoingAsync(DatabaseSession session, TenantId tenant, CancellationToken cancellationToken)
    {
        var going = await session.ListAsync<GoingRun>("""
            select s.name, r.number, r.partition from run r join sync_definition s on s.tenant_id = r.tenant_id and s.id = r.sync_id
            where r.tenant_id = @tenant and r.state = 'Running' and not r.is_split order by r.started_at, r.id
            """, new { tenant }, cancellationToken);
        return Most([.. going.Select(run => FormattableString.Invariant($"run {run.Number} of {run.Name}{(run.Partition is { } part ? $", partition {part}" : "")}"))]);
    }

    private static IReadOnlyList<string> WordsOf(IReadOnlyList<Group> groups) =>
        Most([.. groups.Select(group => FormattableString.Invariant($"{group.Runs:N0} {(group.Runs == 1 ? "run" : "runs")} of {group.Name}"))]);

    private static IReadOnlyList<string> Most(IReadOnlyList<string> names) =>
        names.Count <= MostNamed ? names : [.. names.Take(MostNamed), FormattableString.Invariant($"{names.Count - MostNamed:N0} more")];

    private sealed record Row(Guid Id, long? Number, int Places);

    private sealed record Group(string Name, long Runs);

    private sealed record GoingRun(string Name, long Number, int? Partition);
}
