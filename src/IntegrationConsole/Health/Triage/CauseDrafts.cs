using System.Globalization;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Health.Verdicts;

namespace IntegrationConsole.Health.Triage;

/// <summary>Causes while they are put together, by what makes them the same.</summary>
internal sealed class CauseDrafts
{
    private readonly Dictionary<string, CauseDraft> _byKey = [];

    public IEnumerable<CauseDraft> All => _byKey.Values.Where(draft => !draft.IsEmpty);

    public CauseDraft Of(string key) => _byKey.TryGetValue(key, out var draft) ? draft : _byKey[key] = new CauseDraft(key);
}

/// <summary>One cause while it is put together.</summary>
internal sealed class CauseDraft(string key)
{
    private readonly List<Ailing> _connections = [];
    private readonly List<LetterGroup> _groups = [];
    private readonly Dictionary<Guid, Affected> _syncs = [];
    private readonly List<Finding> _findings = [];
    private readonly List<DateTimeOffset> _since = [];
    private string _host = "";
    private string _promise = "";
    private HealthState _letters = HealthState.Degraded;
    private NodeFault? _fault;

    public bool IsEmpty => _fault is null && _findings.Count == 0 && _groups.Count == 0;

    public void Take(NodeFault fault)
    {
        _fault = fault;
        _since.Add(fault.Since);
    }

    public void Take(Ailing connection, Finding worst, bool isShared)
    {
        _connections.Add(connection);
        _findings.Add(worst);
        _since.Add(connection.Since);
        _host = isShared ? connection.Host : "";
    }

    public void Take(OpenTrouble sync, IReadOnlyList<Finding> findings)
    {
        if (findings.Count == 0)
        {
            return;
        }

        Affect(sync.Of);
        sync.Draft ??= this;
        sync.IsExplained |= findings.Any(finding => finding.Dimension is HealthDimension.Runs or HealthDimension.Connections);
        sync.Left.RemoveAll(findings.Contains);
        foreach (var late in findings.Where(finding => finding.Dimension is HealthDimension.Freshness))
        {
            Breaks(late);
        }

        // A node or a connection speaks for itself; what its integrations say is a consequence.
        if (_fault is null && _connections.Count == 0)
        {
            _findings.AddRange(findings);
            _since.Add(sync.Of.Since);
        }
    }

    public void Take(LetterGroup group, OpenTrouble? sync)
    {
        _groups.Add(group);
        _syncs.TryAdd(group.SyncId, new Affected(group.Tenant, group.SyncId, group.SyncName, group.SyncSlug));
        _since.Add(group.First);
        if (sync is not null)
        {
            sync.Draft ??= this;

            // What the letters make of the integration is what their card shows.
            foreach (var told in sync.Of.Trouble.Where(finding => finding.Dimension is HealthDimension.DeadLetters && finding.State < _letters))
            {
                _letters = told.State;
            }

            var stopped = sync.Left.Where(finding => finding.Dimension is HealthDimension.Runs && finding.Cause == group.Cause).ToList();
            sync.IsExplained |= stopped.Count > 0;
            sync.Left.RemoveAll(stopped.Contains);
            _findings.AddRange(stopped);
        }
    }

    public void Breaks(Finding late) => _promise = _promise.Length > 0 ? _promise : late.Reason;

    public RootCause Finish()
    {
        var worst = _findings.Count == 0 ? null : Verdict.Worst(_findings).Findings[0];
        var groups = _groups.OrderByDescending(group => group.Open).ToList();
        var cause = worst?.Cause ?? groups.FirstOrDefault()?.Cause;

        // The share of failed calls goes down by itself; a sign-in that is refused is not accepted by that.
        var healsItself = _fault is null && worst?.HealsItself == true && cause is not FailureCause.Auth;
        var tenants = _connections.Select(connection => connection.Tenant).Concat(_syncs.Values.Select(sync => sync.Tenant)).Concat(_fault?.Where.Select(reach => reach.Tenant) ?? []).Distinct()
            .OrderBy(tenant => tenant.Name, StringComparer.OrdinalIgnoreCase).ToList();
        List<Affected> syncs = [.. _syncs.Values.OrderBy(sync => sync.Tenant.Name, StringComparer.OrdinalIgnoreCase).ThenBy(sync => sync.Name, StringComparer.OrdinalIgnoreCase)];
        return new RootCause(
            key, cause, _fault is null ? Title(cause, worst) : "One node", Subject(groups, syncs), _fault?.Evidence ?? worst?.Reason ?? groups[0].Message, worst?.State ?? _letters, healsItself,
            _since.Min(), tenants, syncs, groups.Sum(group => group.Open), groups.Sum(group => group.Waiting), healsItself ? worst?.Next : null, groups,
            _fault is not null ? Remedies.OfNode(_fault) : Remedies.For(cause, worst, _connections, groups, syncs))
        {
            Promise = _promise, Connector = _connections.FirstOrDefault()?.Connector ?? "", IsOfGroups = _fault is null && _findings.Count == 0,
        };
    }

    private void Affect(Ailing sync) => _syncs.TryAdd(sync.Id, new Affected(sync.Tenant, sync.Id, sync.Name, sync.Slug));

    private static string Title(FailureCause? cause, Finding? worst) => cause?.Words ?? worst?.Dimension switch
    {
        HealthDimension.Freshness when worst.State is HealthState.Unknown => "Cannot tell",
        HealthDimension.Freshness when worst.Evidence.Kind is EvidenceKind.Figures => "Nothing arrives",
        HealthDimension.Freshness => "Late",
        HealthDimension.Volume => "Unusual volume",
        HealthDimension.Completeness => "Sides differ",
        HealthDimension.Runs => "Run failed",
        HealthDimension.Test => "Test failed",
        HealthDimension.Calls => "Calls fail",
        HealthDimension.Resilience => "Stopped by hand",
        HealthDimension.Budget => "Calls run short",
        _ => "Connection",
    };

    private string Subject(List<LetterGroup> groups, List<Affected> syncs)
    {
        if (_fault is not null)
        {
            return $"node {_fault.Node}";
        }

        if (_host.Length > 0 && _connections.Count > 1)
        {
            return _host;
        }

        if (_connections.Count > 0)
        {
            return _connections[0].Name;
        }

        var what = syncs.Count == 1 ? syncs[0].Name : string.Create(CultureInfo.InvariantCulture, $"{syncs.Count:N0} integrations");
        return groups.Count > 0 && groups[0].Field.Length > 0 ? $"{what}, field {groups[0].Field}" : what;
    }
}
