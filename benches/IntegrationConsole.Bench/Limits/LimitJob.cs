namespace IntegrationConsole.Bench.Limits;

/// <summary>What the limit is told to do.</summary>
/// <param name="Name">The bench's name.</param>
/// <param name="Source">An address, a file, or a table.</param>
/// <param name="Destination">An address or a table.</param>
/// <param name="Database">The connection string of the one there is.</param>
internal sealed record LimitJob(string Name, string Source, string Destination, string Database);

/// <param name="Records">Read, whatever became of them.</param>
internal sealed record LimitResult(long Records, long Bad, double Seconds);
