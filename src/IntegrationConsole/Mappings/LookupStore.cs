using IntegrationConsole.Access;
using IntegrationConsole.Mappings.Lookups;
using Npgsql;
using NpgsqlTypes;

namespace IntegrationConsole.Mappings;

/// <summary>A tenant's table of replacements, such as country codes to names.</summary>
public sealed record LookupTable(Guid Id, string Name, string Description, int RowCount, DateTimeOffset UpdatedAt, string UpdatedBy, int Version);

/// <summary>A tenant's lookup tables. A mapping names them; a run holds those it needs in memory.</summary>
public sealed class LookupStore(ConsoleDatabase database, AuditTrail audit, TimeProvider clock)
{
    public const string Topic = "lookup";
    public const int MostRows = 1_000_000;

    internal const string Columns = "id, name, description, row_count, updated_at, updated_by, version";

    /// <summary>How many different values are kept once each: tables give few of them many times over.</summary>
    private const int MostSharedValues = 10_000;

    private readonly LoadedLookups _loaded = new();

    public async Task<IReadOnlyList<LookupTable>> ListAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.ListAsync<LookupTable>($"select {Columns} from lookup_table where tenant_id = @tenant order by lower(name)", new { tenant }, cancellationToken);
    }

    public async Task<LookupTable?> FindAsync(TenantId tenant, Guid id, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.FindAsync<LookupTable>($"select {Columns} from lookup_table where tenant_id = @tenant and id = @id", new { tenant, id }, cancellationToken);
    }

    /// <summary>Rows in the order of their keys, those whose key or value holds the text.</summary>
    public async Task<IReadOnlyList<(string Key, string Value)>> ListRowsAsync(TenantId tenant, Guid id, string text, int most, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var rows = await session.ListAsync<Row>("""
            select key, value from lookup_row
            where tenant_id = @tenant and table_id = @id and (@text = '' or strpos(lower(key || ' ' || value), lower(@text)) > 0)
            order by key limit @most
            """, new { tenant, id, text, most }, cancellationToken);
        return [.. rows.Select(row => (row.Key, row.Value))];
    }

    /// <summary>Makes a table, or replaces all rows of the one with this id, in one step.</summary>
    /// <returns>The table's id; null when the name is taken.</returns>
    public async Task<Guid?> SaveAsync(
        TenantId tenant, Guid? id, string name, string description, IReadOnlyDictionary<string, string> rows, Actor actor, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var table = id ?? Guid.CreateVersion7(now);
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        try
        {
            await session.RunAsync("""
                insert into lookup_table (tenant_id, id, name, description, row_count, updated_at, updated_by, version)
                values (@tenant, @table, @name, @description, @count, @now, @actor, 1)
                on conflict (tenant_id, id) do update
                set name = excluded.name, description = excluded.description, row_count = excluded.row_count,
                    updated_at = excluded.updated_at, updated_by = excluded.updated_by, version = lookup_table.version + 1
                """, new { tenant, table, name = name.Trim(), description = description.Trim(), count = rows.Count, now, actor = actor.Name }, cancellationToken);
        }
        catch (PostgresException taken) when (taken.SqlState is PostgresErrorCodes.UniqueViolation)
        {
            return null;
        }

        await session.RunAsync("delete from lookup_row where tenant_id = @tenant and table_id = @table", new { tenant, table }, cancellationToken);
        await InsertRowsAsync(session, tenant, table, rows, cancellationToken);
        await audit.AppendAsync(session, tenant, actor, new AuditEvent(
            id is null ? "create" : "change", "lookup table", table.ToString(), name.Trim(), $"{rows.Count} rows"), cancellationToken);
        await session.NotifyAsync(new Change(Topic, tenant, table), cancellationToken);
        await session.CommitAsync(cancellationToken);
        return table;
    }

    /// <summary>Changes what a table is called and what it is for.</summary>
    /// <returns>False when the name is taken, or the table is gone.</returns>
    public async Task<bool> RenameAsync(TenantId tenant, Guid id, string name, string description, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        try
        {
            if (await session.RunAsync("""
                update lookup_table set name = @name, description = @description, updated_at = @now, updated_by = @actor, version = version + 1 where tenant_id = @tenant and id = @id
                """, new { tenant, id, name = name.Trim(), description = description.Trim(), now = clock.GetUtcNow(), actor = actor.Name }, cancellationToken) == 0)
            {
                return false;
            }
        }
        catch (PostgresException taken) when (taken.SqlState is PostgresErrorCodes.UniqueViolation)
        {
            return false;
        }

        await audit.AppendAsync(session, tenant, actor, new AuditEvent("change", "lookup table", id.ToString(), name.Trim(), "name or description"), cancellationToken);
        await session.NotifyAsync(new Change(Topic, tenant, id), cancellationToken);
        await session.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>Makes a table without rows for a run that fills it, unless there is one of this name.</summary>
    public async Task CreateEmptyAsync(TenantId tenant, string name, string description, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var table = Guid.CreateVersion7(now);
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var made = await session.RunAsync("""
            insert into lookup_table (tenant_id, id, name, description, row_count, updated_at, updated_by, version)
            values (@tenant, @table, @name, @description, 0, @now, @by, 1) on conflict do nothing
            """, new { tenant, table, name, description, now, by = Actor.System.Name }, cancellationToken);
        if (made > 0)
        {
            await audit.AppendAsync(session, tenant, Actor.System, new AuditEvent("create", "lookup table", table.ToString(), name, description), cancellationToken);
            await session.NotifyAsync(new Change(Topic, tenant, table), cancellationToken);
            await session.CommitAsync(cancellationToken);
        }
    }

    public async Task DeleteAsync(TenantId tenant, Guid id, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var name = await session.FindAsync<string>("delete from lookup_table where tenant_id = @tenant and id = @id returning name", new { tenant, id }, cancellationToken);
        if (name is not null)
        {
            await audit.AppendAsync(session, tenant, actor, new AuditEvent("delete", "lookup table", id.ToString(), name), cancellationToken);
            await session.NotifyAsync(new Change(Topic, tenant, id), cancellationToken);
            await session.CommitAsync(cancellationToken);
            _loaded.Drop(tenant, id);
        }
    }

    /// <summary>The named tables, ready to be asked; kept until their next change. Names that do not exist are left out.</summary>
    public async Task<IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>> LoadAsync(
        TenantId tenant, IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        var tables = new Dictionary<string, IReadOnlyDictionary<string, string>>();
        if (names.Count == 0)
        {
            return tables;
        }

        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var found = await session.ListAsync<LookupTable>(
            $"select {Columns} from lookup_table where tenant_id = @tenant and name = any(@names)", new { tenant, names = names.ToArray() }, cancellationToken);
        foreach (var table in found)
        {
            tables[table.Name] = _loaded.Find(tenant, table) ?? _loaded.Keep(tenant, table, await ReadAsync(session, tenant, table, cancellationToken));
        }

        return tables;
    }

    private static async Task<Dictionary<string, string>> ReadAsync(DatabaseSession session, TenantId tenant, LookupTable table, CancellationToken cancellationToken)
    {
        var rows = new Dictionary<string, string>(table.RowCount);
        var shared = new HashSet<string>();
        await using var read = new NpgsqlCommand("select key, value from lookup_row where tenant_id = $1 and table_id = $2", session.Connection)
        {
            Parameters = { new() { Value = tenant.Value }, new() { Value = table.Id } },
        };
        await using var reader = await read.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var (key, value) = (reader.GetString(0), reader.GetString(1));
            if (!shared.TryGetValue(value, out var same) && shared.Count < MostSharedValues)
            {
                shared.Add(value);
            }

            rows[key] = same ?? value;
        }

        return rows;
    }

    private static async Task InsertRowsAsync(DatabaseSession session, TenantId tenant, Guid table, IReadOnlyDictionary<string, string> rows, CancellationToken cancellationToken)
    {
        const int Chunk = 20_000;
        foreach (var chunk in rows.Chunk(Chunk))
        {
            // Row-level security does not let COPY in; arrays do as well.
            await using var insert = new NpgsqlCommand("""
                insert into lookup_row (tenant_id, table_id, key, value) select $1, $2, key, value from unnest($3, $4) as t (key, value)
                """, session.Connection)
            {
                Parameters =
                {
                    new() { Value = tenant.Value },
                    new() { Value = table },
                    new() { Value = chunk.Select(row => row.Key).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
                    new() { Value = chunk.Select(row => row.Value).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
                },
            };
            await insert.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private sealed record Row(string Key, string Value);
}
