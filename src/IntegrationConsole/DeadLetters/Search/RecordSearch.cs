using System.Text.Json;
using IntegrationConsole.Access;
using IntegrationConsole.Controls;
using IntegrationConsole.Tenants;

namespace IntegrationConsole.DeadLetters.Search;

/// <summary>Letters whose records hold what was looked for.</summary>
/// <param name="Ids">The newest first.</param>
/// <param name="Looked">How many were opened: the newest of those that the filter finds.</param>
/// <param name="IsAll">Whether those were all of them.</param>
public sealed record RecordFinding(IReadOnlyList<Guid> Ids, int Looked, bool IsAll)
{
    public string Words => IsAll ? $"Looked into {(Looked == 1 ? "one record" : $"all {Durations.Exact(Looked)} records")}."
        : $"Looked into the newest {Durations.Exact(Looked)} records; for older ones choose days before them.";
}

/// <summary>
/// Finds letters by what stands in their records. Records are sealed, so no index knows them: the newest are opened on the
/// server, as many as a page can wait for, and forgotten again. For people who may see records.
/// </summary>
public sealed class RecordSearch(ConsoleDatabase database, TenantSeals seals, Reveals reveals)
{
    public const int MostLetters = 10_000;
    private const long MostBytes = 32 * 1024 * 1024;

    /// <summary>So many records are in memory at once.</summary>
    private const int ChunkSize = 500;

    /// <param name="tenant">Whose.</param>
    /// <param name="filter">Among which letters.</param>
    /// <param name="conditions">All of which have to hold for the record as a replay would send it.</param>
    /// <param name="actor">Who looks: the trail says so, with the fields and without the values.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<RecordFinding> LookAsync(
        TenantId tenant, DeadLetterFilter filter, IReadOnlyList<FieldCondition> conditions, Actor actor, CancellationToken cancellationToken)
    {
        var fields = string.Join(", ", conditions.Select(condition => condition.Field).Distinct(StringComparer.Ordinal));
        await reveals.NoteAsync(tenant, actor, new AuditEvent("reveal", "dead letter", "", "found by their records", fields), tenant.Value, cancellationToken);
        var seal = await seals.ForAsync(tenant, cancellationToken);
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var parameters = filter.Parameters(tenant);
        parameters.Add("most", MostLetters + 1);
        var newest = await session.ListAsync<Sized>($"""
            select d.id, d.payload_size::bigint + coalesce(length(d.edited), 0) as size from dead_letter d
            where {DeadLetterFilter.Where} and d.body_deleted_at is null
            order by d.last_failed_at desc, d.record_key, d.id limit @most
            """, parameters, cancellationToken);
        var looked = FittingOf(newest);
        var found = new List<Guid>();
        foreach (var chunk in looked.Chunk(ChunkSize))
        {
            var records = await session.ListAsync<SealedRecord>(
                "select id, coalesce(edited, payload) as content from dead_letter where tenant_id = @tenant and id = any(@ids)", new { tenant, ids = chunk }, cancellationToken);
            var holding = records.Where(record => Holds(seal.Open(record.Content, LetterSeals.Payload), conditions)).Select(record => record.Id).ToHashSet();
            found.AddRange(chunk.Where(holding.Contains));
        }

        return new RecordFinding(found, looked.Count, looked.Count == newest.Count);
    }

    /// <summary>The failure groups of letters that were found.</summary>
    public async Task<IReadOnlyList<Guid>> GroupsOfAsync(TenantId tenant, RecordFinding finding, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.ListAsync<Guid>(
            "select distinct group_id from dead_letter where tenant_id = @tenant and id = any(@ids) and group_id is not null", new { tenant, ids = finding.Ids.ToArray() }, cancellationToken);
    }

    private static List<Guid> FittingOf(IReadOnlyList<Sized> newest)
    {
        long bytes = 0;
        return [.. newest.Take(MostLetters).TakeWhile((letter, place) => (bytes += letter.Size) <= MostBytes || place == 0).Select(letter => letter.Id)];
    }

    private static bool Holds(byte[] record, IReadOnlyList<FieldCondition> conditions)
    {
        try
        {
            using var parsed = JsonDocument.Parse(record);
            return conditions.All(condition => condition.Holds(parsed.RootElement));
        }
        catch (JsonException)
        {
            // A record that is no JSON is why it was set aside; it has no fields.
            return false;
        }
    }

    private sealed record Sized(Guid Id, long Size);

    private sealed record SealedRecord(Guid Id, byte[] Content);
}
