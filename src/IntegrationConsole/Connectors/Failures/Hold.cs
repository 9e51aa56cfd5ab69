namespace IntegrationConsole.Connectors.Failures;

/// <summary>The call was not made, because it is not its time: what wanted it waits, and nothing has failed.</summary>
/// <param name="Connection">Whose calls are held back.</param>
/// <param name="Until">When it is worth asking again; null for when somebody says so.</param>
public sealed record Hold(Guid Connection, DateTimeOffset? Until);
