using System.Globalization;
using System.Text.Json;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using Npgsql;
using NpgsqlTypes;

namespace IntegrationConsole.Connectors.Postgres.Changes;

/// <summary>
/// Makes records of changes. The server itself does it, with the function that makes them when a table is read: a value
/// looks the same whichever way it came, whatever its type.
/// </summary>
internal sealed class ChangeRecords(TableShape table, int mostRecordBytes)
{
    private static readonly byte[] Deleted = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, bool> { [ChangeMark.DeletedField] = true });

    private readonly Dictionary<uint, string> _types = [];

    /// <summary>In the order of the changes. What is gone by now although only part of it was told has no record: that it was deleted comes later.</summary>
    public async Task<RecordBatch> MakeAsync(PostgresSession session, ChangeSet set, CancellationToken cancellationToken)
    {
        var batch = new RecordBatch(Math.Max(16, set.Bytes * 2));
        if (set.Changes.Count == 0)
        {
            return batch;
        }

        try
        {
            await LearnTypesAsync(session, set.Shape!, cancellationToken);
            var current = await CurrentAsync(session, set, cancellationToken);
            var made = await AskAsync(session, Making(set), cancellationToken);
            for (var index = 0; index < set.Changes.Count; index++)
            {
                Add(batch, set.Changes[index].Kind, set.Changes[index].Kind is ChangeKind.Partial ? current.GetValueOrDefault(index) : made[index]);
            }

            return batch;
        }
        catch
        {
            batch.Dispose();
            throw;
        }
    }

    private static void Add(RecordBatch batch, ChangeKind kind, Made? made)
    {
        switch (kind, made)
        {
            case (_, null):
                break;
            case (_, { IsWhole: false }) or (ChangeKind.TooLarge, _):
                batch.Add(made.Json, new Failure(FailureCause.TooLarge, "The row is larger than a record may be."));
                break;
            case (ChangeKind.Delete, _):
                // The object's end makes way for one more field.
                batch.Add([.. made.Json.AsSpan(0, made.Json.Length - 1), (byte)',', .. Deleted.AsSpan(1)]);
                break;
            default:
                batch.Add(made.Json);
                break;
        }
    }

    private async Task LearnTypesAsync(PostgresSession session, ChangeShape shape, CancellationToken cancellationToken)
    {
        var unknown = shape.Types.Where(type => !_types.ContainsKey(type)).Distinct().Select(type => (long)type).ToArray();
        if (unknown.Length == 0)
        {
            return;
        }

        // Without its limits, as a cast to a limited type cuts off what is too long.
        var names = await session.ListAsync(
            "select t.oid::int8, format_type(t.oid, -1) from pg_type t where t.oid::int8 = any($1)",
            [new() { Value = unknown, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint }], row => (Number: (uint)row.GetInt64(0), Name: row.GetString(1)), cancellationToken);
        foreach (var (number, name) in names)
        {
            _types[number] = name;
        }
    }

    /// <summary>A type that was dropped meanwhile has no name any more: its values are taken as the text that they are.</summary>
    private string TypeOf(uint number) => _types.GetValueOrDefault(number, "text");

    private Statement Making(ChangeSet set)
    {
        var shape = set.Shape!;
        var columns = Enumerable.Range(0, shape.Names.Count).Select(column => $"u.v{column}::{TypeOf(shape.Types[column])} as {SqlName.Quote(shape.Names[column])}");
        var from = $"{Unnest(shape.Names.Count)} cross join lateral (select {string.Join(", ", columns)}) t";
        return new(Sql(from), [Limit(set.Changes.Count), .. Enumerable.Range(0, shape.Names.Count).Select(column => Texts(set.Changes.Select(change => change.Values[column])))]);
    }

    /// <summary>Rows of which only a part was told, as they are now. What changes them later is told later, and in the end the last word stands.</summary>
    private async Task<Dictionary<int, Made>> CurrentAsync(PostgresSession session, ChangeSet set, CancellationToken cancellationToken)
    {
        var numbers = Enumerable.Range(0, set.Changes.Count).Where(index => set.Changes[index].Kind is ChangeKind.Partial).ToList();
        if (numbers.Count == 0)
        {
            return [];
        }

        var places = table.Key.Select(key => (Key: key, Column: set.Shape!.Names.ToList().IndexOf(key))).ToList();
        var same = places.Select((place, index) => $"t.{SqlName.Quote(place.Key)} = u.v{index}::{TypeOf(set.Shape!.Types[place.Column])}");
        var statement = new Statement(
            Sql($"{Unnest(places.Count)} join {table.Sql} t on {string.Join(" and ", same)}"),
            [Limit(numbers.Count), .. places.Select(place => Texts(numbers.Select(number => set.Changes[number].Values[place.Column])))]);
        return (await AskAsync(session, statement, cancellationToken)).ToDictionary(made => numbers[made.Key], made => made.Value);
    }

    private string Sql(string from)
    {
        var most = mostRecordBytes.ToString(CultureInfo.InvariantCulture);

        // The inner select ends in a limit, so that a record is made once and not once per use.
        return $"""
            select r.place, octet_length(r.j) <= {most}, case when octet_length(r.j) <= {most} then r.j else left(r.j, 1000) end
            from (select u.place, row_to_json(t.*)::text as j from {from} limit $1) r
            """;
    }

    private static string Unnest(int columns) =>
        $"unnest({string.Join(", ", Enumerable.Range(0, columns).Select(column => $"${column + 2}"))}) with ordinality as u({string.Concat(Enumerable.Range(0, columns).Select(column => $"v{column}, "))}place)";

    private static async Task<Dictionary<int, Made>> AskAsync(PostgresSession session, Statement statement, CancellationToken cancellationToken) =>
        (await session.ListAsync(
            statement.Sql, statement.Parameters, row => (Place: (int)row.GetInt64(0) - 1, Made: new Made(row.GetFieldValue<byte[]>(2), row.GetBoolean(1))), cancellationToken))
        .ToDictionary(row => row.Place, row => row.Made);

    private static NpgsqlParameter Limit(int rows) => new() { Value = (long)rows };

    private static NpgsqlParameter Texts(IEnumerable<string?> values) => new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };

    /// <param name="IsWhole">Otherwise it is the beginning of something too large.</param>
    private sealed record Made(byte[] Json, bool IsWhole);
}
