namespace IntegrationConsole.Health.Verdicts;

/// <summary>The state of each of the ten sides as one letter, in their order: short enough to filter thousands of rows by.</summary>
public static class SideMarks
{
    /// <summary>Nothing is known of it: it was not looked at, or there was nothing to measure.</summary>
    public const char None = '.';

    /// <summary>Where there is nothing to say it is well; of the others nothing is known then.</summary>
    private static readonly HashSet<HealthSide> QuietIsWell = [HealthSide.Backlog, HealthSide.DeadLetters, HealthSide.Configuration, HealthSide.Resilience];

    public static string Of(IReadOnlyList<Finding> findings) => string.Create(HealthSides.All.Count, findings, (marks, all) =>
    {
        for (var index = 0; index < marks.Length; index++)
        {
            var side = HealthSides.All[index];
            marks[index] = WorstOf(side, all) is { } worst ? LetterOf(worst.State) : QuietIsWell.Contains(side) ? LetterOf(HealthState.Healthy) : None;
        }
    });

    /// <returns>Null where nothing was found out about it.</returns>
    public static Finding? WorstOf(HealthSide side, IEnumerable<Finding> findings) => findings.Where(finding => finding.Side == side).MinBy(finding => finding.State);

    /// <summary>Without a finding of its own.</summary>
    public static HealthState? Silent(HealthSide side) => QuietIsWell.Contains(side) ? HealthState.Healthy : null;

    public static char LetterOf(HealthState state) => state switch
    {
        HealthState.Failing => 'F',
        HealthState.Degraded => 'D',
        HealthState.Unknown => 'U',
        HealthState.Maintenance => 'M',
        HealthState.Paused => 'S',
        HealthState.Pending => 'P',
        HealthState.Healthy => 'H',
    };
}
