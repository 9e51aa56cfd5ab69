using System.Collections.Concurrent;
using IntegrationConsole.Health.Verdicts;

namespace IntegrationConsole.Health.Evaluation;

/// <summary>
/// How backlogs moved over the last half hour. Each node that evaluates keeps its own, in memory: after a start nothing is
/// known of the pace for a while, and nothing is claimed.
/// </summary>
internal sealed class BacklogTrend
{
    private static readonly TimeSpan Span = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<(TenantId, Guid), List<(DateTimeOffset At, int Depth)>> _depths = new();

    /// <summary>Takes a depth down and tells what it says together with those before.</summary>
    public BacklogFact Note((TenantId Tenant, Guid Sync) key, BacklogFact backlog, DateTimeOffset now)
    {
        if (backlog.Depth == 0)
        {
            _depths.TryRemove(key, out _);
            return backlog;
        }

        var depths = _depths.GetOrAdd(key, _ => []);
        lock (depths)
        {
            if (depths.Count == 0 || now - depths[^1].At >= Step)
            {
                depths.Add((now, backlog.Depth));
            }

            // One that is older than the span is kept: it says where the span began.
            while (depths.Count > 2 && now - depths[1].At >= Span)
            {
                depths.RemoveAt(0);
            }

            var (at, depth) = depths[0];
            if (now - at < Step)
            {
                return backlog;
            }

            var drained = (depth - backlog.Depth) / (now - at).TotalMinutes;
            return backlog with { Drained = drained, GrowsSince = drained < 0 ? at : null };
        }
    }
}
