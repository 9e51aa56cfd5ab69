using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Sync.Runs;

/// <summary>How a run came to its end.</summary>
/// <param name="Cursor">Where the next incremental run starts; null leaves the cursor where it is.</param>
public sealed record RunEnding(RunState State, string Reason, Failure? Failure = null, string? Cursor = null);
