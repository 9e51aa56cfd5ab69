using System.Data;
using System.Globalization;
using System.Net;
using Npgsql;
using NpgsqlTypes;

namespace IntegrationConsole.Connectors.Postgres;

/// <summary>
/// One connection to a customer's database. It belongs to no pool of the driver: <see cref="IdleSessions"/> knows whose it
/// is, and neither a login nor a setting of the session outlives the run that needed it.
/// </summary>
/// <param name="source">Made for this one connection.</param>
/// <param name="connection">Open.</param>
/// <param name="patience">How long a statement may take.</param>
internal sealed class PostgresSession(NpgsqlDataSource source, NpgsqlConnection connection, TimeSpan patience) : IAsyncDisposable, IDisposable
{
    /// <summary>
    /// What a session may have been told to keep. Stages stay: they are empty, and named after what they hold.
    /// </summary>
    private const string Forget = "close all; set session authorization default; reset all; unlisten *; select pg_advisory_unlock_all(); discard sequences";
    private const int ForgetSeconds = 3;

    private NpgsqlBatch? _running;
    private bool _isAbandoned;

    public NpgsqlConnection Connection { get; } = connection;

    public bool IsOpen => Connection.FullState is not (ConnectionState.Closed or ConnectionState.Broken);

    /// <summary>Who may use it again; null for nobody.</summary>
    public SessionDoor? Door { get; init; }

    /// <summary>What was said of tables to who comes through the same door; null where nobody may use it again.</summary>
    public KnownTables? Known { get; init; }

    /// <summary>Where it leads.</summary>
    public required IPAddress Address { get; init; }

    /// <summary>When, by the clock's steady counter.</summary>
    public required long Opened { get; init; }

    /// <summary>Nothing of it is under way.</summary>
    public bool IsAtRest => Connection.FullState is ConnectionState.Open && !_isAbandoned;

    /// <summary>Makes it as if it were new, where it still answers.</summary>
    public async Task ForgetAsync(CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Forget, Connection) { CommandTimeout = ForgetSeconds };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>
    /// Runs one statement that can change nothing. What is set for it ends with it, in the same round trip: behind a
    /// pooler the next statement may meet another session, and somebody else may inherit this one.
    /// </summary>
    /// <param name="sql">The statement, with $1 and so on.</param>
    /// <param name="parameters">
    /// At least one where the statement holds text of a person: without any, the driver takes it apart at its
    /// semicolons and would run each part.
    /// </param>
    /// <param name="limit">Until the server gives up; zero for as long as rows keep coming, null for the usual time.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<NpgsqlDataReader> ReadAsync(string sql, IEnumerable<NpgsqlParameter> parameters, TimeSpan? limit, CancellationToken cancellationToken)
    {
        var batch = new NpgsqlBatch(Connection);
        var settings = new NpgsqlBatchCommand("""
            select set_config('transaction_read_only', 'on', true), set_config('statement_timeout', $1, true),
                   set_config('datestyle', 'ISO, YMD', true), set_config('timezone', 'UTC', true),
                   set_config('extra_float_digits', '1', true), set_config('bytea_output', 'hex', true)
            """);
        settings.Parameters.Add(new() { Value = (limit ?? patience).TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture) });
        batch.BatchCommands.Add(settings);
        var statement = new NpgsqlBatchCommand(sql);
        statement.Parameters.AddRange(parameters.ToArray());
        batch.BatchCommands.Add(statement);

        _running = batch;
        var reader = await batch.ExecuteReaderAsync(cancellationToken);
        try
        {
            await reader.NextResultAsync(cancellationToken);
            return reader;
        }
        catch
        {
            await reader.DisposeAsync();
            throw;
        }
    }

    public Task<List<T>> ListAsync<T>(string sql, IEnumerable<NpgsqlParameter> parameters, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken) =>
        ListAsync(sql, parameters, read, null, cancellationToken);

    public async Task<List<T>> ListAsync<T>(
        string sql, IEnumerable<NpgsqlParameter> parameters, Func<NpgsqlDataReader, T> read, TimeSpan? limit, CancellationToken cancellationToken)
    {
        await using var reader = await ReadAsync(sql, parameters, limit, cancellationToken);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    /// <summary>
    /// Ends a read that nobody wants the rest of. Closing it alone would fetch the rest and throw it away, however much
    /// that is. For the end of a session: the server may act on it late.
    /// </summary>
    public async ValueTask AbandonAsync(NpgsqlDataReader reader)
    {
        _isAbandoned = true;
        try
        {
            _running?.Cancel();
            await reader.DisposeAsync();
        }
        catch (NpgsqlException)
        {
            // That it was cancelled is what was asked for.
        }
    }

    /// <returns>How many rows it touched.</returns>
    public async Task<int> RunAsync(string sql, IEnumerable<NpgsqlParameter> parameters, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, Connection);
        command.Parameters.AddRange(parameters.ToArray());
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>A value as PostgreSQL writes it, whose type the statement says with a cast.</summary>
    public static NpgsqlParameter Text(string value) => new() { Value = value, NpgsqlDbType = NpgsqlDbType.Unknown };

    public void Dispose()
    {
        Connection.Dispose();
        source.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await Connection.DisposeAsync();
        await source.DisposeAsync();
    }
}
