using System.ComponentModel.DataAnnotations;

namespace IntegrationConsole.Sync;

/// <summary>How much a node does at once.</summary>
public sealed class WorkerOptions
{
    public const string Section = "Worker";

    /// <summary>Runs that one node moves at the same time.</summary>
    [Range(1, 200)]
    public int ConcurrentRuns { get; set; } = 8;

    /// <summary>How long ended runs and their logs stay readable.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3650.00:00:00")]
    public TimeSpan KeepRunsFor { get; set; } = TimeSpan.FromDays(90);

    /// <summary>How long the ledger remembers what was sent to a destination that takes records by calls, after it was last of use.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3650.00:00:00")]
    public TimeSpan KeepSendsFor { get; set; } = TimeSpan.FromDays(30);
}
