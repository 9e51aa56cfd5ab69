using Npgsql;

namespace IntegrationConsole.Database;

/// <summary>
/// The time of the database's server, counted on by this machine's own counter. All nodes go by one clock, whatever
/// theirs say, and none of them notices when somebody sets the time of its machine: leases, schedules and retries are
/// the same moments for all.
/// </summary>
internal sealed class DatabaseClock : TimeProvider
{
    private readonly NpgsqlDataSource _source;
    private Reading _reading;

    private DatabaseClock(NpgsqlDataSource source, Reading reading)
    {
        _source = source;
        _reading = reading;
    }

    public static async Task<DatabaseClock> StartAsync(ConsoleDatabase database, CancellationToken cancellationToken) =>
        new(database.Source, await ReadAsync(database.Source, cancellationToken));

    public override DateTimeOffset GetUtcNow()
    {
        var reading = Volatile.Read(ref _reading);
        return reading.Moment + System.GetElapsedTime(reading.Timestamp);
    }

    /// <summary>Counters drift, and stand still while a machine sleeps: asks the server again.</summary>
    /// <returns>By how much the clock was wrong.</returns>
    public async Task<TimeSpan> AdjustAsync(CancellationToken cancellationToken)
    {
        var fresh = await ReadAsync(_source, cancellationToken);
        var wrong = fresh.Moment - (GetUtcNow() - System.GetElapsedTime(fresh.Timestamp));
        if (wrong.Duration() > fresh.Doubt)
        {
            Volatile.Write(ref _reading, fresh);
        }

        return wrong;
    }

    private static async Task<Reading> ReadAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand("select clock_timestamp()", connection);
        var asked = System.GetTimestamp();
        var moment = (DateTime)(await command.ExecuteScalarAsync(cancellationToken))!;
        var trip = System.GetElapsedTime(asked);

        // It was that moment somewhere between the question and the answer.
        return new Reading(new DateTimeOffset(moment, TimeSpan.Zero), System.GetTimestamp() - (long)(trip.TotalSeconds / 2 * System.TimestampFrequency), trip / 2);
    }

    /// <param name="Doubt">How far the moment may be from the right one.</param>
    private sealed record Reading(DateTimeOffset Moment, long Timestamp, TimeSpan Doubt);
}
