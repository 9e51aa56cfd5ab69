using IntegrationConsole.Health.Verdicts;

namespace IntegrationConsole.Health.Board;

/// <summary>One integration on the health page.</summary>
/// <param name="Connector">The kind of system that it reads from.</param>
/// <param name="Connection">The connection that it reads from.</param>
/// <param name="Lateness">Time since its last good run in units of what it promises; null where it promises nothing.</param>
/// <param name="LastGood">When its last good run ended; null where there was none.</param>
/// <param name="NextRun">Null where nothing starts it by itself.</param>
/// <param name="Day">What became of its records in the last 24 hours.</param>
/// <param name="IsFlapping">Its state changes so often that each change says nothing; messages are held.</param>
public sealed record HealthRow(
    TenantId Tenant, string TenantSlug, string TenantName, string Slug, string Name, string Connector, string Connection, ObjectHealth Health, double? Lateness, DateTimeOffset? LastGood,
    DateTimeOffset? NextRun, Share Day, bool IsFlapping)
{
    /// <summary>The least that is left of what it promises; null where it promises nothing.</summary>
    public double? BudgetLeft => Health.Findings.Min(finding => finding.Left);

    public Finding? Of(HealthSide side) => SideMarks.WorstOf(side, Health.Findings);

    /// <summary>Under which heading it stands.</summary>
    public string Group(HealthGrouping grouping) => grouping switch
    {
        HealthGrouping.None => "",
        HealthGrouping.Tenant => TenantName,
        HealthGrouping.Connector => Connector,
        HealthGrouping.Connection => Connection,
    };
}

/// <summary>A page of them.</summary>
/// <param name="Total">How many match.</param>
/// <param name="States">How many there are in each state, whatever state is asked for.</param>
public sealed record HealthList(IReadOnlyList<HealthRow> Rows, int Total, IReadOnlyDictionary<HealthState, int> States)
{
    public static readonly HealthList Empty = new([], 0, new Dictionary<HealthState, int>());

    public int Pages => Math.Max(1, (Total + HealthFilter.PageSize - 1) / HealthFilter.PageSize);

    public int All => States.Values.Sum();
}
