using IntegrationConsole.Connectors;
using IntegrationConsole.Tests.Support;
using Npgsql;
using NpgsqlTypes;

namespace IntegrationConsole.Tests.Connectors.Postgres;

public sealed class Reading_from_Postgres : SourceContract
{
    private readonly Dictionary<OpenConnection, CustomerDatabase> _databases = [];

    internal override async Task<SourceUnderTest> GivenAsync(TestConsole console, IReadOnlyList<SourceRow> rows)
    {
        var database = await CustomerDatabase.GivenAsync(console, "create table people (id int primary key, name text not null, changed timestamptz not null)");
        var connection = database.Connection();
        _databases[connection] = database;
        var source = new SourceUnderTest(database.Connector, connection, "people", SupportsIncremental: true, AddAsync);
        await AddAsync(rows);
        return source;

        Task AddAsync(IReadOnlyList<SourceRow> more) => database.InsertAsync(
            "insert into people select * from unnest($1::int[], $2::text[], $3::timestamptz[])",
            new() { Value = more.Select(row => (int)row.Id).ToArray() },
            new() { Value = more.Select(row => row.Name).ToArray() },
            new NpgsqlParameter { Value = more.Select(row => row.Changed.UtcDateTime).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz });
    }

    internal override OpenConnection? Dead(SourceUnderTest source) => _databases[source.Connection].Dead();
}
