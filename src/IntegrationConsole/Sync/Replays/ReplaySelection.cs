using System.Text.Json;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.DeadLetters.Patches;

namespace IntegrationConsole.Sync.Replays;

/// <summary>Which letters to replay: those named, or all that match.</summary>
/// <param name="Ids">Null takes the filter.</param>
/// <param name="IncludeUnknown">Also letters that were sent and whose answer was lost: they may arrive twice.</param>
public sealed record ReplaySelection(IReadOnlyList<Guid>? Ids, DeadLetterFilter Filter, bool IncludeUnknown, string Words)
{
    /// <summary>Letters that came later are not among them; null for the moment at which the replay is asked for.</summary>
    public DateTimeOffset? AsOf { get; init; }

    /// <summary>What is changed in each of them before it is sent.</summary>
    public LetterPatch Patch { get; init; } = LetterPatch.None;

    /// <summary>How many it leaves out, for their answer was lost; told to who asks, and kept for who looks later.</summary>
    public int Excluded { get; init; }

    /// <summary>A rule of the integration asks for it, and no person.</summary>
    internal bool IsPolicy { get; init; }

    /// <summary>What is kept of it while its letters are written down.</summary>
    internal string Kept => JsonSerializer.Serialize(new Stored(Ids, Filter));

    internal static (IReadOnlyList<Guid>? Ids, DeadLetterFilter Filter) Parse(string kept)
    {
        var stored = JsonSerializer.Deserialize<Stored>(kept)!;
        return (stored.Ids, stored.Filter);
    }

    private sealed record Stored(IReadOnlyList<Guid>? Ids, DeadLetterFilter Filter);
}
