using IntegrationConsole.Sync.Replays;

namespace IntegrationConsole.DeadLetters.Pages;

/// <summary>How letters are to be replayed.</summary>
public sealed record ReplayChoice(bool UseOriginalMapping, bool IncludeUnknown, string Reason)
{
    /// <summary>All at once, as it is asked for from a list.</summary>
    public ReplayOptions Options => new() { Mapping = UseOriginalMapping ? ReplayMapping.Original : ReplayMapping.Published };
}
