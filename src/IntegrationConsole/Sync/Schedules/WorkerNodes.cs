namespace IntegrationConsole.Sync.Schedules;

/// <summary>Whether there is a node that takes up runs, as the scheduler's own store tells it.</summary>
public sealed class WorkerNodes(ConsoleDatabase database, TimeProvider clock)
{
    /// <summary>A node says every two seconds that it is there; their clocks need not agree to the second.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(30);

    public async Task<bool> AnyAsync(CancellationToken cancellationToken)
    {
        await using var command = database.Source.CreateCommand("select exists (select from quartz.qrtz_scheduler_state where last_checkin_time > $1)");
        command.Parameters.AddWithValue((clock.GetUtcNow() - Silence).UtcTicks);
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }
}
