using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Health.Verdicts;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Sync.Schedules;

namespace IntegrationConsole.Tests.Health;

/// <summary>Facts to judge: a sync that runs every 30 minutes and did so 3 minutes ago, and changes to it.</summary>
internal static class Given
{
    /// <summary>A Monday, 09:00 in Berlin.</summary>
    public static readonly DateTimeOffset Now = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);

    public static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    public static readonly Guid Shop = Guid.Parse("00000000-0000-7000-8000-00000000000a");

    public static readonly Guid Warehouse = Guid.Parse("00000000-0000-7000-8000-00000000000b");

    public static DateTimeOffset Minutes(double ago) => Now.AddMinutes(-ago);

    public static EndedRun Good(double minutesAgo = 3, long records = 1204) => new(Guid.CreateVersion7(), 12, RunState.Succeeded, null, false, "", Minutes(minutesAgo), records);

    public static EndedRun Failed(FailureCause? cause, string reason, bool needsPerson) => new(Guid.CreateVersion7(), 13, RunState.Failed, cause, needsPerson, reason, Minutes(1), 0);

    public static OpenRun Going(double startedAgo = 1, double leaseLeft = 0.2, double? movedAgo = null, int retries = 0) =>
        new(Guid.CreateVersion7(), 14, null, "", retries, Minutes(startedAgo), Now.AddMinutes(leaseLeft), movedAgo is { } moved ? Minutes(moved) : null);

    public static OpenRun WaitingFor(FailureCause? cause, string reason, double minutes) => new(Guid.CreateVersion7(), 14, cause, reason, cause is null ? 0 : 1, Now.AddMinutes(minutes));

    public static SyncFacts ASync(
        Schedule? schedule = null, EndedRun? ended = null, EndedRun? good = null, bool neverRan = false, OpenRun? running = null, OpenRun? waiting = null, Pause? pause = null,
        double promisedMinutesAgo = 10_000, params CauseCount[] letters)
    {
        var last = neverRan ? null : ended ?? Good();
        return new SyncFacts(
            Guid.CreateVersion7(), "orders", "Orders", schedule ?? new Schedule(ScheduleKind.Interval, 30), Berlin, pause, !neverRan, last,
            last is { IsGood: true } ? last : good, running, waiting, running is null ? 0 : 1, letters, Minutes(promisedMinutesAgo), Shop, Warehouse);
    }

    public static ConnectionFacts Connection(
        TestFact? test = null, DateTimeOffset? expires = null, long calls = 0, long failures = 0, DateTimeOffset? lastCall = null, DateTimeOffset? lastSuccess = null,
        Guid? id = null, string name = "Shop") =>
        new(id ?? Shop, name, test, expires is null ? "" : "shop key", expires, calls, failures, lastCall, lastSuccess);

    public static TenantFacts Tenant(Pause? pause = null) => new(new TenantId(Guid.CreateVersion7()), "north", "North", Berlin, pause, 0, null, 0, null);

    public static string Words(string reason) => Moment.InWords(reason, Berlin, Now);
}
