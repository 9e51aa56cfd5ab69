using System.Globalization;

namespace IntegrationConsole.DeadLetters.Groups;

/// <summary>A change that failures or time bring about in a group, as nobody asked for it.</summary>
/// <param name="Regressed">The group had been called over.</param>
public sealed record GroupTurn(GroupStep Step, string Detail, bool Regressed);

/// <summary>A group as far as its next turn depends on it.</summary>
public sealed record GroupFacts(GroupState State, long Seen, Snooze Snooze, int? ResolvedVersion);

/// <summary>When a group opens again by itself. Says it, and does nothing.</summary>
public static class GroupLife
{
    /// <summary>How long a group without open letters may be quiet before it is called over.</summary>
    public static readonly TimeSpan QuietFor = TimeSpan.FromHours(24);

    /// <summary>After so long, or so many records, without another failure a fix counts as proven.</summary>
    public static readonly TimeSpan ProvenAfter = TimeSpan.FromHours(24);

    public const int ProvenByRecords = 10;

    /// <summary>What further failures change.</summary>
    /// <param name="group">With these failures counted already.</param>
    /// <param name="version">The mapping version in which they happened; null where none was at work.</param>
    /// <param name="now">The present.</param>
    /// <returns>Null where the group stays as it is.</returns>
    public static GroupTurn? OnFailure(GroupFacts group, int? version, DateTimeOffset now) => group.State switch
    {
        GroupState.Open or GroupState.Acknowledged => null,
        GroupState.Snoozed => Wake(group, version, now),
        GroupState.Resolved => Return(group, version),
    };

    private static GroupTurn? Wake(GroupFacts group, int? version, DateTimeOffset now)
    {
        if (group.Snooze.Seen is { } most && group.Seen >= most)
        {
            return new GroupTurn(GroupStep.Woke, "So many more failed as were waited for", false);
        }

        if (group.Snooze.Version is { } awaited && version >= awaited)
        {
            return new GroupTurn(GroupStep.Woke, string.Create(CultureInfo.InvariantCulture, $"It fails in mapping v{version} too"), false);
        }

        return group.Snooze.Until <= now ? new GroupTurn(GroupStep.Woke, "Its time has come", false) : null;
    }

    /// <summary>A record that was on its way in an older version says nothing about the newer one.</summary>
    private static GroupTurn? Return(GroupFacts group, int? version) =>
        group.ResolvedVersion is { } fixedIn && version < fixedIn ? null
            : new GroupTurn(GroupStep.Regressed, version is null ? "It failed again" : string.Create(CultureInfo.InvariantCulture, $"It failed again, in mapping v{version}"), true);
}
