using IntegrationConsole.Sync.Replays;
using IntegrationConsole.Sync.Replays.Preparation;

namespace IntegrationConsole.DeadLetters.Pages;

/// <summary>How letters are to be replayed, and what was said of it before.</summary>
public sealed record ReplayChoice(bool UseOriginalMapping, bool IncludeUnknown, string Reason, ForeseenReplay Foreseen)
{
    public ReplayOptions Options => Foreseen.Options with { Mapping = UseOriginalMapping ? ReplayMapping.Original : ReplayMapping.Published };
}
