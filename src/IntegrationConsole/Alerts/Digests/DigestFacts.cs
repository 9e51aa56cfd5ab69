using IntegrationConsole.DeadLetters;
using IntegrationConsole.Health.Verdicts;

namespace IntegrationConsole.Alerts.Digests;

/// <summary>Failures that wait for a person.</summary>
/// <param name="Title">What happened, without the values of records.</param>
public sealed record WaitingGroup(Guid Id, string Sync, string Title, int Letters, string Owner);

/// <summary>What ends soon: a credential, or a server's certificate.</summary>
public sealed record EndingThing(string What, string Name, DateTimeOffset At);

/// <summary>What a tenant's day was like, and how things are at its end.</summary>
/// <param name="Arrived">Records that arrived.</param>
/// <param name="SetAside">Records that did not.</param>
/// <param name="FailedRuns">Runs that failed.</param>
/// <param name="NewGroups">Failures that were new, or came back.</param>
/// <param name="OverGroups">Failures that were resolved.</param>
/// <param name="Alerts">Alerts that fired, by cause.</param>
/// <param name="OverAlerts">Alerts that were over, by cause.</param>
/// <param name="Unacknowledged">Alerts that fire and that nobody acknowledged.</param>
/// <param name="WaitingGroups">Failure groups with open letters of which nobody has said anything.</param>
/// <param name="Largest">Of those, the ones with the most letters.</param>
/// <param name="States">How many integrations are in each state.</param>
/// <param name="Worse">How many integrations got worse in the day.</param>
/// <param name="LetterBytes">What the records of open dead letters take up.</param>
/// <param name="LetterBytesAdded">What came to them in the day.</param>
/// <param name="MostLetterBytes">What they may take up; null for any.</param>
public sealed record DigestFacts(
    DateTimeOffset From, DateTimeOffset To, long Arrived, long SetAside, int FailedRuns, int NewGroups, int OverGroups, int Alerts, int OverAlerts, int Unacknowledged, int WaitingGroups,
    IReadOnlyList<WaitingGroup> Largest, IReadOnlyDictionary<HealthState, int> States, int Worse, IReadOnlyList<EndingThing> Ending, long LetterBytes, long LetterBytesAdded, long? MostLetterBytes)
{
    /// <summary>Nothing failed, nothing waits and nothing ends: there is nothing to read.</summary>
    public bool IsQuiet =>
        SetAside + FailedRuns + NewGroups + OverGroups + Alerts + OverAlerts + Unacknowledged + WaitingGroups + Worse + Ending.Count == 0 && !States.Any(state => state.Key.IsTrouble && state.Value > 0)
        && !IsFilling;

    /// <summary>Until the dead letters' room is used up, at the pace of this day; null where no end is in sight.</summary>
    public TimeSpan? RoomLasts => LetterForecast.TimeLeft(LetterBytes, LetterBytesAdded, To - From, MostLetterBytes);

    /// <summary>More than four fifths of the room is used, or it will be used up within a week.</summary>
    public bool IsFilling => LetterForecast.IsFilling(LetterBytes, RoomLasts, MostLetterBytes);
}
