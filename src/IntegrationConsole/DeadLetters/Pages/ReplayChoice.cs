namespace IntegrationConsole.DeadLetters.Pages;

/// <summary>How letters are to be replayed.</summary>
public sealed record ReplayChoice(bool UseOriginalMapping, bool IncludeUnknown, string Reason);
