using System.Text.Json;
using Npgsql;

namespace IntegrationConsole.Bench.Limits;

/// <summary>
/// What somebody writes by hand to work through small items: a table of them in the queue's own database, taken a chunk at a
/// time with FOR UPDATE SKIP LOCKED and a lease that is committed, so that what a dead worker had is seen and taken again;
/// then written to the destination, and after that committed as done, each with a line in the history of its attempts.
/// </summary>
internal static class BareItems
{
    /// <summary>As many as the console takes up at once: so much is done twice after a crash.</summary>
    public const int ChunkSize = Sync.Replays.ReplayClaims.ChunkSize;

    /// <summary>An empty queue of that name.</summary>
    public static string Create(string queue) => $"""
        drop table if exists {queue}, {queue}_attempt;
        create table {queue} (
            id bigint primary key, payload bytea not null, state text not null default 'waiting', attempts int not null default 0, taken_by text, taken_until timestamptz, done_at timestamptz);
        create index on {queue} (id) where state = 'waiting';
        create table {queue}_attempt (item_id bigint not null, number int not null, at timestamptz not null, worker text not null, outcome text not null, primary key (item_id, number));
        select 1;
        """;

    public static async Task<(long Records, long Bad)> RunAsync(LimitJob job)
    {
        var settings = new NpgsqlConnectionStringBuilder(job.Database) { MaxAutoPrepare = 10, AutoPrepareMinUsages = 2 };
        await using var table = await OrderTable.OpenAsync(settings.ConnectionString, job.Destination);
        await using var queue = new NpgsqlConnection(settings.ConnectionString);
        await queue.OpenAsync();
        var records = 0L;
        while (await TakeAsync(queue, job.Source) is { Ids.Count: > 0 } taken)
        {
            await table.WriteAsync(taken.Batch, job.Destination);
            await DoneAsync(queue, job.Source, taken.Ids);
            records += taken.Ids.Count;
        }

        return (records, 0);
    }

    private static async Task<(List<long> Ids, OrderBatch Batch)> TakeAsync(NpgsqlConnection queue, string name)
    {
        var (ids, batch) = (new List<long>(ChunkSize), new OrderBatch());
        await using var command = new NpgsqlCommand($"""
            with next as (select id from {name} where state = 'waiting' order by id limit {ChunkSize} for update skip locked)
            update {name} i set state = 'taken', taken_by = 'bare', taken_until = now() + interval '1 minute', attempts = attempts + 1 from next
            where i.id = next.id returning i.id, i.payload
            """, queue);
        await using var rows = await command.ExecuteReaderAsync();
        while (await rows.ReadAsync())
        {
            ids.Add(rows.GetInt64(0));
            batch.Rows.Add(Read(rows.GetFieldValue<byte[]>(1)));
        }

        return (ids, batch);
    }

    private static Mapping.OrderRow Read(byte[] payload)
    {
        var reader = new Utf8JsonReader(payload);
        reader.Read();
        return OrderJson.TryRead(ref reader, OrderSource.Regions, out var row) ? row : throw new InvalidOperationException("All items are good.");
    }

    private static async Task DoneAsync(NpgsqlConnection queue, string name, List<long> ids)
    {
        await using var command = new NpgsqlCommand($"""
            with done as (update {name} set state = 'done', done_at = now(), taken_by = null, taken_until = null where id = any($1) and state = 'taken' returning id, attempts)
            insert into {name}_attempt (item_id, number, at, worker, outcome) select id, attempts, now(), 'bare', 'written' from done
            """, queue);
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. ids] });
        await command.ExecuteNonQueryAsync();
    }
}
