using System.Collections.Immutable;
using IntegrationConsole.Health.Verdicts;

namespace IntegrationConsole.Health.Evaluation;

/// <summary>A tenant with all that was judged of it.</summary>
public sealed record TenantHealth(TenantFacts Facts, Verdict Verdict, IReadOnlyList<SyncHealth> Syncs, IReadOnlyList<ConnectionHealth> Connections);

/// <summary>What this node's evaluator found last, for gauges that must not ask the database.</summary>
public sealed class LatestHealth(TimeProvider clock)
{
    /// <summary>After this long without an evaluation nothing may be claimed any more.</summary>
    public static readonly TimeSpan GoodFor = TimeSpan.FromMinutes(2);

    private ImmutableDictionary<TenantId, TenantHealth> _tenants = ImmutableDictionary<TenantId, TenantHealth>.Empty;
    private DateTimeOffset? _at;

    /// <summary>Empty before the first evaluation, and when the last whole one is too old.</summary>
    public IReadOnlyCollection<TenantHealth> Current => clock.GetUtcNow() - _at <= GoodFor ? [.. _tenants.Values] : [];

    /// <summary>What was known last, however old: names do not go stale as states do.</summary>
    public IReadOnlyDictionary<TenantId, TenantHealth> Known => _tenants;

    /// <param name="found">What was judged.</param>
    /// <param name="asked">The tenants that were looked at; null for all.</param>
    /// <param name="at">When.</param>
    internal void Put(IReadOnlyList<TenantHealth> found, IReadOnlyCollection<TenantId>? asked, DateTimeOffset at)
    {
        var kept = asked is null ? ImmutableDictionary<TenantId, TenantHealth>.Empty : _tenants.RemoveRange(asked);
        _tenants = kept.SetItems(found.Select(tenant => KeyValuePair.Create(tenant.Facts.Id, tenant)));
        if (asked is null)
        {
            _at = at;
        }
    }
}
