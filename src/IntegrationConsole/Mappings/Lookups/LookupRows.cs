using IntegrationConsole.Access;
using Npgsql;
using NpgsqlTypes;

namespace IntegrationConsole.Mappings.Lookups;

/// <summary>
/// The entries of a tenant's lookup tables, one by one or many at once. Every change gives the table a new version, by
/// which the runs that begin afterwards know that they have to read it again.
/// </summary>
public sealed class LookupRows(ConsoleDatabase database, AuditTrail audit, TimeProvider clock)
{
    private const int Chunk = 20_000;

    /// <summary>Entries in the order of their keys, those whose key or value holds the text.</summary>
    /// <param name="after">The key behind which the page begins; empty for the first page.</param>
    public async Task<Page<LookupRow>> PageAsync(TenantId tenant, Guid table, string text, string after, int size, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var rows = await session.ListAsync<LookupRow>("""
            select key, value from lookup_row
            where tenant_id = @tenant and table_id = @table and key > @after
              and (@text = '' or strpos(lower(key), lower(@text)) > 0 or strpos(lower(value), lower(@text)) > 0)
            order by key limit @most
            """, new { tenant, table, text, after, most = size + 1 }, cancellationToken);
        return new Page<LookupRow>([.. rows.Take(size)], rows.Count > size ? rows[size - 1].Key : null);
    }

    /// <summary>All entries in the order of their keys, without holding them in memory.</summary>
    public async IAsyncEnumerable<LookupRow> ReadAsync(TenantId tenant, Guid table, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var after = "";
        while (true)
        {
            var page = await PageAsync(tenant, table, "", after, Chunk, cancellationToken);
            foreach (var row in page.Items)
            {
                yield return row;
            }

            if (page.Next is null)
            {
                yield break;
            }

            after = page.Next;
        }
    }

    /// <param name="before">The key that the entry had; null for a new one.</param>
    public async Task<LookupChange> PutAsync(TenantId tenant, Guid table, string? before, LookupRow row, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        if (await LockAsync(session, tenant, table, cancellationToken) is not { } found)
        {
            return LookupChange.Gone;
        }

        if (before is null && found.RowCount >= LookupStore.MostRows)
        {
            return LookupChange.Full;
        }

        var (key, value) = (row.Key, row.Value);
        int touched;
        try
        {
            touched = before is null
                ? await session.RunAsync("insert into lookup_row (tenant_id, table_id, key, value) values (@tenant, @table, @key, @value)", new { tenant, table, key, value }, cancellationToken)
                : await session.RunAsync("update lookup_row set key = @key, value = @value where tenant_id = @tenant and table_id = @table and key = @before", new { tenant, table, key, value, before }, cancellationToken);
        }
        catch (PostgresException taken) when (taken.SqlState is PostgresErrorCodes.UniqueViolation)
        {
            return LookupChange.Taken;
        }

        if (touched == 0)
        {
            return LookupChange.Gone;
        }

        await TouchAsync(session, tenant, found, before is null ? 1 : 0, actor.Name, cancellationToken);
        await audit.AppendAsync(session, tenant, actor, new AuditEvent("change", "lookup table", table.ToString(), found.Name, before is null ? "1 row added" : "1 row changed"), cancellationToken);
        await session.CommitAsync(cancellationToken);
        return LookupChange.Done;
    }

    /// <returns>Whether there was such an entry.</returns>
    public async Task<bool> RemoveAsync(TenantId tenant, Guid table, string key, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        if (await LockAsync(session, tenant, table, cancellationToken) is not { } found
            || await session.RunAsync("delete from lookup_row where tenant_id = @tenant and table_id = @table and key = @key", new { tenant, table, key }, cancellationToken) == 0)
        {
            return false;
        }

        await TouchAsync(session, tenant, found, -1, actor.Name, cancellationToken);
        await audit.AppendAsync(session, tenant, actor, new AuditEvent("change", "lookup table", table.ToString(), found.Name, "1 row removed"), cancellationToken);
        await session.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>Adds entries by hand, all of them or none, and gives those that exist their new value.</summary>
    /// <returns>Null where there is no such table, or it would have more rows than a table may have.</returns>
    public async Task<LookupMerge?> ImportAsync(TenantId tenant, Guid table, IReadOnlyDictionary<string, string> rows, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        if (await LockAsync(session, tenant, table, cancellationToken) is not { } found)
        {
            return null;
        }

        var merged = new LookupMerge(0, 0, 0);
        foreach (var chunk in rows.Chunk(Chunk))
        {
            var more = await MergeAsync(session, tenant, table, chunk, cancellationToken);
            merged = new LookupMerge(merged.Added + more.Added, merged.Changed + more.Changed, merged.Unchanged + more.Unchanged);
        }

        if (found.RowCount + merged.Added > LookupStore.MostRows)
        {
            return null;
        }

        await TouchAsync(session, tenant, found, merged.Added, actor.Name, cancellationToken);
        await audit.AppendAsync(session, tenant, actor, new AuditEvent(
            "import", "lookup table", table.ToString(), found.Name, $"{merged.Added} rows added, {merged.Changed} changed"), cancellationToken);
        await session.CommitAsync(cancellationToken);
        return merged;
    }

    /// <summary>Gives a table other entries in place of those that it has.</summary>
    /// <returns>Whether there is such a table.</returns>
    public async Task<bool> ReplaceAsync(TenantId tenant, Guid table, IReadOnlyDictionary<string, string> rows, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        if (await LockAsync(session, tenant, table, cancellationToken) is not { } found)
        {
            return false;
        }

        await session.RunAsync("delete from lookup_row where tenant_id = @tenant and table_id = @table", new { tenant, table }, cancellationToken);
        foreach (var chunk in rows.Chunk(Chunk))
        {
            await MergeAsync(session, tenant, table, chunk, cancellationToken);
        }

        await TouchAsync(session, tenant, found, rows.Count - found.RowCount, actor.Name, cancellationToken);
        await audit.AppendAsync(session, tenant, actor, new AuditEvent("import", "lookup table", table.ToString(), found.Name, $"{rows.Count} rows in place of {found.RowCount}"), cancellationToken);
        await session.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>Takes in what a run brings.</summary>
    /// <param name="by">What brings it, as people know it.</param>
    /// <returns>Null where there is no such table, or it would have more rows than a table may have; nothing is changed then.</returns>
    public async Task<LookupMerge?> FillAsync(TenantId tenant, Guid table, IReadOnlyCollection<KeyValuePair<string, string>> rows, string by, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        if (await LockAsync(session, tenant, table, cancellationToken) is not { } found)
        {
            return null;
        }

        var merged = await MergeAsync(session, tenant, table, rows, cancellationToken);
        if (found.RowCount + merged.Added > LookupStore.MostRows)
        {
            return null;
        }

        // A table that did not change keeps its version: nobody has to read it again.
        if (merged.Added + merged.Changed > 0)
        {
            await TouchAsync(session, tenant, found, merged.Added, by, cancellationToken);
            await session.CommitAsync(cancellationToken);
        }

        return merged;
    }

    /// <summary>Changes of one table come one after the other: its number of rows is right at every moment.</summary>
    private static Task<LookupTable?> LockAsync(DatabaseSession session, TenantId tenant, Guid table, CancellationToken cancellationToken) =>
        session.FindAsync<LookupTable>($"select {LookupStore.Columns} from lookup_table where tenant_id = @tenant and id = @table for update", new { tenant, table }, cancellationToken);

    private async Task TouchAsync(DatabaseSession session, TenantId tenant, LookupTable table, int more, string by, CancellationToken cancellationToken)
    {
        await session.RunAsync("""
            update lookup_table set row_count = row_count + @more, updated_at = @now, updated_by = @by, version = version + 1 where tenant_id = @tenant and id = @id
            """, new { tenant, id = table.Id, more, by, now = clock.GetUtcNow() }, cancellationToken);
        await session.NotifyAsync(new Change(LookupStore.Topic, tenant, table.Id), cancellationToken);
    }

    private static async Task<LookupMerge> MergeAsync(
        DatabaseSession session, TenantId tenant, Guid table, IReadOnlyCollection<KeyValuePair<string, string>> rows, CancellationToken cancellationToken)
    {
        // Row-level security does not let COPY in; arrays do as well.
        await using var merge = new NpgsqlCommand("""
            with merged as (
                insert into lookup_row as known (tenant_id, table_id, key, value)
                select $1, $2, key, value from unnest($3, $4) as t (key, value)
                on conflict (tenant_id, table_id, key) do update set value = excluded.value where known.value is distinct from excluded.value
                returning xmax = 0 as added)
            select count(*) filter (where added)::int, count(*) filter (where not added)::int from merged
            """, session.Connection)
        {
            Parameters =
            {
                new() { Value = tenant.Value },
                new() { Value = table },
                new() { Value = rows.Select(row => row.Key).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
                new() { Value = rows.Select(row => row.Value).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
            },
        };
        await using var counts = await merge.ExecuteReaderAsync(cancellationToken);
        await counts.ReadAsync(cancellationToken);
        var (added, changed) = (counts.GetInt32(0), counts.GetInt32(1));
        return new LookupMerge(added, changed, rows.Count - added - changed);
    }
}
