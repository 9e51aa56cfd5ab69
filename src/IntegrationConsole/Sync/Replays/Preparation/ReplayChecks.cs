using System.Diagnostics;
using System.Globalization;
using IntegrationConsole.Connectors;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Tenants;

namespace IntegrationConsole.Sync.Replays.Preparation;

/// <summary>What is looked at before a replay begins, each with what was found and where it is put right.</summary>
public sealed class ReplayChecks(SyncStore syncs, MappingStore mappings, DestinationChecks destinations, ConsoleDatabase database, TimeProvider clock)
{
    /// <summary>The check of what letters are made of.</summary>
    public const string OriginName = "Start from";

    /// <summary>So many integrations are looked at one by one; nobody reads more.</summary>
    private const int MostSyncs = 10;

    /// <summary>A replay may well take so long.</summary>
    private static readonly TimeSpan SoonMaintenance = TimeSpan.FromHours(8);

    public async Task<IReadOnlyList<ReplayCheck>> CheckAsync(Tenant tenant, SelectionCount selected, ReplayOptions options, bool includeUnknown, CancellationToken cancellationToken)
    {
        var found = new List<SyncDefinition>();
        foreach (var letters in selected.Syncs.Take(MostSyncs))
        {
            if (await syncs.FindAsync(tenant.Id, letters.SyncId, cancellationToken) is { } sync)
            {
                found.Add(sync);
            }
        }

        var asked = found.GroupBy(sync => sync.DestinationConnectionId)
            .Select(group => destinations.CheckAsync(
                tenant.Id, group.Key, selected.Syncs.Where(letters => group.Any(sync => sync.Id == letters.SyncId)).Sum(letters => letters.Count), options, clock, tenant.Zone, cancellationToken))
            .ToList();
        var checks = new List<ReplayCheck>();
        foreach (var sync in found)
        {
            checks.AddRange(await MappingOfAsync(sync, options, cancellationToken));
            checks.AddRange(PauseOf(sync, tenant));
        }

        checks.AddRange(OriginOf(selected.Rows, options));
        checks.Add(await MaintenanceAsync(tenant, found, options, cancellationToken));
        checks.Add(Doubles(found, selected, includeUnknown));
        checks.Add(await LaneAsync(tenant.Id, found, cancellationToken));
        checks.Add(Duration(selected, options));
        return [.. (await Task.WhenAll(asked)).SelectMany(some => some), .. checks];
    }

    /// <summary>The destinations whose circuit is not closed, by name.</summary>
    public async Task<IReadOnlyList<string>> ListOpenCircuitsAsync(TenantId tenant, IReadOnlyList<SyncLetters> selected, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.ListAsync<string>("""
            select distinct n.name from sync_definition s
            join circuit c on c.tenant_id = s.tenant_id and c.connection_id = s.destination_connection_id and c.state <> 'Closed'
            join connection n on n.tenant_id = c.tenant_id and n.id = c.connection_id
            where s.tenant_id = @tenant and s.id = any(@syncs) order by n.name
            """, new { tenant, syncs = selected.Select(letters => letters.SyncId).ToArray() }, cancellationToken);
    }

    /// <summary>Whether a destination of these letters takes rows by calls, of which several may go at the same time.</summary>
    public async Task<bool> TakeCallsAsync(TenantId tenant, IReadOnlyList<SyncLetters> selected, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var kinds = await session.ListAsync<string>("""
            select distinct n.kind from sync_definition s join connection n on n.tenant_id = s.tenant_id and n.id = s.destination_connection_id
            where s.tenant_id = @tenant and s.id = any(@syncs)
            """, new { tenant, syncs = selected.Select(letters => letters.SyncId).ToArray() }, cancellationToken);
        return kinds.Any(destinations.TakesCalls);
    }

    private async Task<IReadOnlyList<ReplayCheck>> MappingOfAsync(SyncDefinition sync, ReplayOptions options, CancellationToken cancellationToken)
    {
        if (sync.DeletedAt is not null)
        {
            return [new ReplayCheck("Integration", CheckResult.Blocking, $"{sync.Name} was deleted: its letters can only be discarded.")];
        }

        if (await mappings.FindPublishedAsync(sync.TenantId, sync.MappingId, cancellationToken) is not { } published)
        {
            return [new ReplayCheck("Mapping", CheckResult.Blocking, $"The mapping of {sync.Name} has no published version.", CheckPlace.Mapping, sync.Slug)];
        }

        if (options.Mapping is ReplayMapping.Draft)
        {
            return [new ReplayCheck("Mapping", CheckResult.Blocking, $"A draft is for dry runs only: publish the draft of {sync.Name}, then start.", CheckPlace.Mapping, sync.Slug)];
        }

        if (options is { Mapping: ReplayMapping.Chosen, MappingVersion: var number } && (number is null || await mappings.FindVersionAsync(sync.TenantId, sync.MappingId, number.Value, cancellationToken) is null or { PublishedAt: null }))
        {
            return [new ReplayCheck("Mapping", CheckResult.Blocking, $"The mapping of {sync.Name} has no version {number} that was ever published.", CheckPlace.Mapping, sync.Slug)];
        }

        var grouping = options.IsStaged && published.Parsed.Group.Length > 0
            ? [new ReplayCheck("Stages", CheckResult.Warning, $"{sync.Name} makes one row of several records: its letters go together, not in stages.")]
            : Array.Empty<ReplayCheck>();
        var words = options.Mapping switch
        {
            ReplayMapping.Published => $"Version {published.Number} of {sync.Name} is published.",
            ReplayMapping.Original => $"Each letter of {sync.Name} is mapped as it was tried first.",
            ReplayMapping.Chosen => $"Version {options.MappingVersion} of {sync.Name} was published; the present one is {published.Number}.",
            ReplayMapping.Draft => throw new UnreachableException("It was refused above."),
        };
        return [new ReplayCheck("Mapping", CheckResult.Good, words, CheckPlace.Mapping, sync.Slug), .. grouping];
    }

    /// <summary>Nothing is mapped again that was to go as it was, unless somebody says so.</summary>
    private static IEnumerable<ReplayCheck> OriginOf(LetterRows rows, ReplayOptions options)
    {
        if (options.Origin is ReplayOrigin.Record)
        {
            return [];
        }

        var missing = rows.MissingFor(options.Origin);
        var words = rows.AsMapped(options.Origin) switch
        {
            0 => "None goes as it was mapped then.", 1 => "1 goes as it was mapped then.",
            var several => string.Create(CultureInfo.InvariantCulture, $"{several:N0} go as they were mapped then."),
        };
        return [
            missing == 0 ? new ReplayCheck(OriginName, CheckResult.Good, words)
            : options.MapsRest ? new ReplayCheck(OriginName, CheckResult.Warning, $"{words} Of {missing:N0} no rows are kept: {(missing == 1 ? "it is" : "they are")} mapped again.")
            : new ReplayCheck(OriginName, CheckResult.Blocking, $"{words} Of {missing:N0} no rows are kept: let {(missing == 1 ? "it" : "them")} be mapped again, or start from the records."),
        ];
    }

    private async Task<ReplayCheck> MaintenanceAsync(Tenant tenant, IReadOnlyList<SyncDefinition> found, ReplayOptions options, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var session = await database.InTenantAsync(tenant.Id, cancellationToken);
        var planned = await MaintenanceHolds.ListAsync(session, tenant.Id, [.. found.Select(sync => sync.Id)], now, now + SoonMaintenance, cancellationToken);
        if (planned.Count == 0)
        {
            return new ReplayCheck("Maintenance", CheckResult.Good, $"None holds these letters now, and none begins in the next {SoonMaintenance.TotalHours:0} hours.");
        }

        string At(DateTimeOffset moment) => TimeZoneInfo.ConvertTime(moment, tenant.Zone).ToString("d MMM HH:mm", CultureInfo.InvariantCulture);
        var first = planned[0];
        var what = $"The maintenance{(first.ConnectionName.Length > 0 ? $" of {first.ConnectionName}" : "")}, planned by {first.CreatedBy} ({first.Reason.TrimEnd('.')}),";
        return first.StartsAt > now
            ? new ReplayCheck("Maintenance", CheckResult.Warning, $"{what} begins at {At(first.StartsAt)}: letters that are left then wait until {At(first.EndsAt)}.")
            : new ReplayCheck(
                "Maintenance", CheckResult.Warning,
                $"{what} holds letters until {At(first.EndsAt)}. {(options.Start is ReplayStart.MaintenanceOver ? "The replay begins when it is over." : "Begun now, the replay has the lane and waits in it; choose to begin after the maintenance to let others go first.")}");
    }

    private static IEnumerable<ReplayCheck> PauseOf(SyncDefinition sync, Tenant tenant) =>
        sync.PausedAt is not null ? [new ReplayCheck("Integration", CheckResult.Warning, $"{sync.Name} is paused by {sync.PausedBy}; a replay goes all the same.", CheckPlace.Integration, sync.Slug)]
            : tenant.PausedAt is not null ? [new ReplayCheck("Integration", CheckResult.Warning, $"The tenant is paused by {tenant.PausedBy}; a replay goes all the same.", CheckPlace.Integration, sync.Slug)]
            : [];

    /// <summary>Whether a letter may arrive twice.</summary>
    private static ReplayCheck Doubles(IReadOnlyList<SyncDefinition> syncs, SelectionCount selected, bool includeUnknown)
    {
        if (selected.Unknown > 0 && includeUnknown)
        {
            return new ReplayCheck("Sent before", CheckResult.Warning, $"{selected.Unknown:N0} were sent and their answer was lost. They are asked for, or sent with the same idempotency key, where the destination knows it; elsewhere they may arrive twice.");
        }

        var byKey = syncs.All(sync => sync.WriteMode is WriteMode.Upsert or WriteMode.Update);
        var left = selected.Unknown > 0 ? $" {selected.Unknown:N0} that were sent and whose answer was lost are left out." : "";
        return new ReplayCheck(
            "Sent before", CheckResult.Good,
            (byKey ? "They are written by key: none makes a second row." : "What was appended is known by its idempotency key, the same as at the first try.") + left);
    }

    private async Task<ReplayCheck> LaneAsync(TenantId tenant, IReadOnlyList<SyncDefinition> found, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var open = await session.ListAsync<Open>("""
            select p.id, p.scope, p.requested_by from replay p
            where p.tenant_id = @tenant and p.state in ('Waiting', 'Running')
              and exists (select from sync_definition s where s.tenant_id = p.tenant_id and s.id = any(p.sync_ids) and s.destination_connection_id = any(@destinations))
            order by p.requested_at limit 100
            """, new { tenant, destinations = found.Select(sync => sync.DestinationConnectionId).Distinct().ToArray() }, cancellationToken);
        return open.Count == 0
            ? new ReplayCheck("Other replays", CheckResult.Good, "No other replay goes to the same destination.")
            : new ReplayCheck("Other replays", CheckResult.Warning, $"{(open.Count == 1 ? "Another replay goes" : $"{open.Count} other replays go")} first: {open[0].Scope}, asked for by {open[0].RequestedBy}. This one waits for its turn.", CheckPlace.Replay, open[0].Id.ToString());
    }

    private static ReplayCheck Duration(SelectionCount selected, ReplayOptions options)
    {
        var all = selected.Count + selected.Behind;
        if (options.Pace == 0)
        {
            return new ReplayCheck("Time", CheckResult.Good, "No pace is set: as long as the destination takes.");
        }

        var time = TimeSpan.FromSeconds(all / options.Pace);
        var words = time.TotalHours >= 1 ? string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours} h {time.Minutes} min") : time.TotalMinutes >= 1 ? $"{(int)time.TotalMinutes} min" : "less than a minute";
        return new ReplayCheck("Time", time > TimeSpan.FromHours(8) ? CheckResult.Warning : CheckResult.Good, $"At {options.PaceWords} about {words}.");
    }

    private sealed record Open(Guid Id, string Scope, string RequestedBy);
}
