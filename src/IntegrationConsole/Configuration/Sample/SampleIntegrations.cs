using IntegrationConsole.Access;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Sync.Schedules;

namespace IntegrationConsole.Configuration.Sample;

/// <summary>The integrations of the sample workspace: one by schedule, one by hand, and one with records that do not pass.</summary>
public sealed class SampleIntegrations(LookupStore lookups, MappingStore mappings, SyncStore syncs, RunQueue runs)
{
    private const string AreaNames = "Area names";

    /// <returns>The first run of the one with records that do not pass.</returns>
    public async Task<SampleRun?> CreateAsync(TenantId tenant, Guid from, Guid to, Actor actor, CancellationToken cancellationToken)
    {
        // One area is left out: its time zones are set aside, and adding the row and replaying them is a good first exercise.
        await lookups.SaveAsync(tenant, null, AreaNames, "Where a time zone is", new Dictionary<string, string>
        {
            ["Africa"] = "Africa", ["America"] = "The Americas", ["Antarctica"] = "Antarctica", ["Arctic"] = "Arctic", ["Asia"] = "Asia", ["Atlantic"] = "Atlantic Ocean",
            ["Australia"] = "Australia", ["Etc"] = "Offsets", ["Europe"] = "Europe", ["Pacific"] = "Pacific Ocean",
        }, actor, cancellationToken);

        await AddAsync(tenant, from, to, "Regions to database", "regions", "region", "code", new Schedule(ScheduleKind.Interval, Minutes: 15),
        [
            new() { Name = "code", Source = "code", Required = true },
            new() { Name = "name", Source = "names.english", Trim = true, Required = true },
            new() { Name = "native_name", Source = "names.native" },
            new() { Name = "label", Origin = ValueOrigin.Template, Source = "{names.english} ({code3})" },
            new() { Name = "currency", Source = "currency", Case = LetterCase.Upper },
            new() { Name = "metric", Type = FieldType.Boolean, Source = "metric" },
        ], actor, cancellationToken);

        var failing = await AddAsync(tenant, from, to, "Time zones to database", "time-zones", "time_zone", "id", Schedule.Manual,
        [
            new() { Name = "id", Source = "id", Required = true },
            new() { Name = "area", Source = "area", Lookup = AreaNames, LookupMiss = LookupMiss.Reject, Required = true },
            new() { Name = "utc_offset_minutes", Type = FieldType.Integer, Source = "utcOffsetMinutes" },
            new() { Name = "changes_clocks", Type = FieldType.Boolean, Source = "changesClocks" },
            new() { Name = "checked_at", Type = FieldType.Timestamp, Source = "checkedAt" },
        ], actor, cancellationToken);

        await AddAsync(tenant, from, to, "Currencies to database", "currencies", "currency", "code", new Schedule(ScheduleKind.Cron, Expression: "30 6 * * 1-5"),
        [
            new() { Name = "code", Source = "code", Required = true },
            new() { Name = "name", Source = "name", Required = true },
            new() { Name = "symbol", Source = "symbol" },
            new() { Name = "used_in", Type = FieldType.Integer, Source = "usedIn", Required = true },
        ], actor, cancellationToken);
        return failing is { } run ? new SampleRun(tenant, run) : null;
    }

    /// <returns>Its first run.</returns>
    private async Task<Guid?> AddAsync(
        TenantId tenant, Guid from, Guid to, string name, string stream, string table, string key, Schedule schedule, IReadOnlyList<FieldRule> fields, Actor actor,
        CancellationToken cancellationToken)
    {
        var draft = new SyncDraft(name, from, stream, ReadMode.Full, to, table, WriteMode.Upsert, [key], CreateDestination: true, schedule, OverlapRule.Queue);
        var sync = await syncs.CreateAsync(tenant, draft, new MappingDocument(fields, []), actor, cancellationToken);
        await mappings.PublishAsync(tenant, sync.MappingId, 1, "Sample", actor, cancellationToken);
        return (await runs.RequestAsync(tenant, sync.Id, RunTrigger.Command, actor, cancellationToken)).RunId;
    }
}
