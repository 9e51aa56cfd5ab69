using IntegrationConsole.Access;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Replays;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Sync.Schedules;
using IntegrationConsole.Tenants;
using IntegrationConsole.Tests.Support;
using Npgsql;
using Quartz;
using Quartz.Extensibility;

namespace IntegrationConsole.Tests.Sync;

public sealed class Keeping_integrations
{
    private static readonly Schedule AtSix = new(ScheduleKind.Cron, Expression: "30 6 * * 1-5");

    [Fact]
    public async Task The_scheduler_follows_a_schedule_from_the_moment_it_is_saved()
    {
        await using var world = await SyncWorld.StartAsync();
        Assert.Empty(await TriggersAsync(world));

        await SaveAsync(world, AtSix);
        Assert.Equal(["schedule CRON Europe/Berlin"], await TriggersAsync(world));

        await SaveAsync(world, new Schedule(ScheduleKind.Interval, 15));
        Assert.Equal(["schedule CAL_INT "], await TriggersAsync(world));

        await SaveAsync(world, Schedule.Manual);
        Assert.Empty(await TriggersAsync(world));
    }

    [Fact]
    public async Task A_connection_knows_what_holds_it_and_deleted_integrations_hold_it_too()
    {
        await using var world = await SyncWorld.StartAsync();
        var syncs = world.Console.Get<SyncStore>();
        var (source, destination) = (world.Sync.SourceConnectionId, world.Sync.DestinationConnectionId);
        var stranger = await world.Console.GivenATenantAsync();

        Assert.Equal([world.Sync.Id], (await syncs.ListOfConnectionAsync(world.Tenant, source, default)).Select(sync => sync.Id));
        Assert.Equal([world.Sync.Id], (await syncs.ListOfConnectionAsync(world.Tenant, destination, default)).Select(sync => sync.Id));
        Assert.Empty(await syncs.ListOfConnectionAsync(world.Tenant, Guid.NewGuid(), default));
        Assert.Empty(await syncs.ListOfConnectionAsync(stranger, source, default));

        await syncs.DeleteAsync(world.Tenant, world.Sync.Id, TestConsole.Somebody, default);
        Assert.NotNull((await syncs.ListOfConnectionAsync(world.Tenant, source, default)).Single().DeletedAt);
        Assert.False(await world.Console.Get<ConnectionStore>().DeleteAsync(world.Tenant, source, TestConsole.Somebody, default));
    }

    [Fact]
    public async Task A_paused_integration_has_no_trigger_and_gets_it_back_when_it_is_resumed()
    {
        await using var world = await SyncWorld.StartAsync();
        await SaveAsync(world, AtSix);
        var syncs = world.Console.Get<SyncStore>();

        await syncs.SetPausedAsync(world.Tenant, world.Sync.Id, "migration", TestConsole.Somebody, default);
        var paused = (await syncs.FindAsync(world.Tenant, world.Sync.Id, default))!;
        Assert.Empty(await TriggersAsync(world));

        // A change while it is paused does not wake it.
        await SaveAsync(world, new Schedule(ScheduleKind.Interval, 15));
        Assert.Empty(await TriggersAsync(world));

        await syncs.SetPausedAsync(world.Tenant, world.Sync.Id, null, TestConsole.Somebody, default);
        Assert.Equal(["schedule CAL_INT "], await TriggersAsync(world));
        Assert.Equal(("migration", "somebody@example.com"), (paused.PauseReason, paused.PausedBy));
        Assert.Null((await syncs.FindAsync(world.Tenant, world.Sync.Id, default))!.PausedAt);
    }

    [Fact]
    public async Task A_paused_tenants_integrations_rest_too_and_those_paused_by_themselves_stay_so()
    {
        await using var world = await SyncWorld.StartAsync();
        await SaveAsync(world, AtSix);
        var syncs = world.Console.Get<SyncStore>();
        var own = await syncs.CreateAsync(world.Tenant, await DraftAsync(world, AtSix) with { Name = "Other" }, Of("id"), TestConsole.Somebody, default);
        await syncs.SetPausedAsync(world.Tenant, own.Id, "broken", TestConsole.Somebody, default);

        await world.Console.Get<TenantStore>().SetPausedAsync(world.Tenant, "unpaid", TestConsole.Somebody, default);
        await syncs.FollowTenantAsync(world.Tenant, default);
        Assert.Empty(await TriggersAsync(world));

        await world.Console.Get<TenantStore>().SetPausedAsync(world.Tenant, null, TestConsole.Somebody, default);
        await syncs.FollowTenantAsync(world.Tenant, default);
        Assert.Equal(["schedule CRON Europe/Berlin"], await TriggersAsync(world));
    }

    [Fact]
    public async Task A_tenant_that_moves_to_another_time_zone_takes_its_schedules_along()
    {
        await using var world = await SyncWorld.StartAsync();
        await SaveAsync(world, AtSix);
        var before = await NextFireAsync(world);
        var tenants = world.Console.Get<TenantStore>();
        var tenant = (await tenants.FindAsync(world.Tenant, default))!;

        await tenants.UpdateAsync(world.Tenant, tenant.Version, new TenantSettings(tenant.Name, tenant.Slug, "America/New_York", ""), TestConsole.Somebody, default);
        await world.Console.Get<SyncStore>().FollowTenantAsync(world.Tenant, default);

        Assert.Equal(["schedule CRON America/New_York"], await TriggersAsync(world));
        var after = await NextFireAsync(world);
        Assert.NotEqual(before, after);
        Assert.Equal(new TimeSpan(6, 30, 0), TimeZoneInfo.ConvertTime(after, TimeZoneInfo.FindSystemTimeZoneById("America/New_York")).TimeOfDay);
    }

    [Fact]
    public async Task What_is_rolled_back_leaves_no_trigger()
    {
        await using var world = await SyncWorld.StartAsync();
        var triggers = world.Console.Get<ScheduleTriggers>();
        var now = TimeProvider.System.GetUtcNow();

        await using (var session = await world.Console.Database.InTenantAsync(world.Tenant, default))
        {
            await triggers.FollowAsync(session, world.Tenant, world.Sync.Id, AtSix, TimeZoneInfo.Utc, paused: false, now, default);
        }

        Assert.Empty(await TriggersAsync(world));

        await using (var session = await world.Console.Database.InTenantAsync(world.Tenant, default))
        {
            await triggers.FollowAsync(session, world.Tenant, world.Sync.Id, AtSix, TimeZoneInfo.Utc, paused: false, now, default);
            await session.CommitAsync(default);
        }

        Assert.Equal(["schedule CRON UTC"], await TriggersAsync(world));
    }

    [Fact]
    public async Task A_sync_that_cannot_be_saved_leaves_nothing_behind()
    {
        await using var world = await SyncWorld.StartAsync();
        var syncs = world.Console.Get<SyncStore>();
        var draft = await DraftAsync(world, AtSix) with { Name = "Unsaved", SourceConnectionId = Guid.NewGuid() };

        await Assert.ThrowsAsync<PostgresException>(() => syncs.CreateAsync(world.Tenant, draft, Of("id"), TestConsole.Somebody, default));

        Assert.Single(await syncs.ListAsync(world.Tenant, default));
        Assert.Empty(await TriggersAsync(world));
    }

    [Theory]
    [InlineData(30)]
    [InlineData(60)]
    [InlineData(7 * 24 * 60)]
    public async Task An_interval_keeps_its_raster_also_after_what_was_missed_is_made_up_for(int minutes)
    {
        await using var world = await SyncWorld.StartAsync();
        await SaveAsync(world, new Schedule(ScheduleKind.Interval, minutes));
        var scheduler = await world.Console.Get<ISchedulerFactory>().GetScheduler();
        var trigger = (IOperableTrigger)(await scheduler.GetTrigger(new TriggerKey(world.Sync.Id.ToString(), "schedule")))!;
        Assert.Equal(0, trigger.StartTimeUtc.UtcTicks % TimeSpan.FromMinutes(minutes).Ticks);

        // As if nothing had run since long ago: it falls due once at most, at some odd second, and then on the raster again.
        trigger.StartTimeUtc = trigger.StartTimeUtc.AddMinutes(-minutes * 10);
        trigger.ComputeFirstFireTimeUtc(null);
        trigger.UpdateAfterMisfire(null);
        if (trigger.NextFireTimeUtc!.Value.UtcTicks % TimeSpan.FromMinutes(minutes).Ticks != 0)
        {
            trigger.Triggered(null);
        }

        Assert.Equal(0, trigger.NextFireTimeUtc!.Value.UtcTicks % TimeSpan.FromMinutes(minutes).Ticks);
        Assert.InRange(trigger.NextFireTimeUtc!.Value, TimeProvider.System.GetUtcNow(), TimeProvider.System.GetUtcNow().AddMinutes(minutes * 2));
    }

    [Fact]
    public async Task A_deleted_integration_is_forgotten_by_the_scheduler_and_its_address_is_free_again()
    {
        await using var world = await SyncWorld.StartAsync();
        await SaveAsync(world, AtSix);
        var queued = (await world.RequestAsync()).RunId!.Value;
        var syncs = world.Console.Get<SyncStore>();

        await syncs.DeleteAsync(world.Tenant, world.Sync.Id, TestConsole.Somebody, default);

        Assert.Empty(await TriggersAsync(world));
        Assert.Equal((RunState.Cancelled, "The integration was deleted"), (await world.FindAsync(queued)) is { } run ? (run.State, run.Reason) : default);
        Assert.Empty(await syncs.ListAsync(world.Tenant, default));
        Assert.NotNull((await syncs.FindAsync(world.Tenant, world.Sync.Id, default))!.DeletedAt);
        Assert.Null(await syncs.FindBySlugAsync(world.Tenant, "things", default));
        Assert.Equal("things", (await syncs.CreateAsync(world.Tenant, await DraftAsync(world, Schedule.Manual), Of("id"), TestConsole.Somebody, default)).Slug);
    }

    [Fact]
    public async Task The_letters_of_a_replay_that_had_not_begun_go_back_to_waiting_when_its_integration_is_deleted()
    {
        await using var world = await SyncWorld.StartAsync();
        world.GivenRecords(3);
        world.System.Refuse = keys => new Failure(FailureCause.Validation, "No.");
        await world.RunAsync();
        var replays = world.Console.Get<ReplayStore>();
        var replay = (await replays.StartAsync(world.Tenant, new ReplaySelection(null, new DeadLetterFilter(), false, "all"), "", false, TestConsole.Somebody, default))!.Value;

        await world.Console.Get<SyncStore>().DeleteAsync(world.Tenant, world.Sync.Id, TestConsole.Somebody, default);

        Assert.All(await world.LettersAsync(any: true), letter => Assert.Equal(LetterState.Waiting, letter.State));
        Assert.Equal(ReplayState.Done, (await replays.FindAsync(world.Tenant, replay.Id, default))!.State);
    }

    [Fact]
    public async Task A_trigger_that_outlived_its_integration_is_removed_when_it_comes_round()
    {
        await using var world = await SyncWorld.StartAsync();
        await SaveAsync(world, AtSix);
        await world.Console.Get<TenantStore>().EraseAsync(world.Tenant, TestConsole.Somebody, default);
        Assert.NotEmpty(await TriggersAsync(world));

        await new SyncJob(world.Console.Get<RunQueue>(), world.Console.Get<ScheduleTriggers>()).FallDueAsync(world.Tenant, world.Sync.Id, default);

        Assert.Empty(await TriggersAsync(world));
    }

    [Fact]
    public async Task Integrations_of_the_same_name_made_at_the_same_moment_have_addresses_of_their_own()
    {
        await using var world = await SyncWorld.StartAsync();
        var draft = await DraftAsync(world, Schedule.Manual);

        var made = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => world.Console.Get<SyncStore>().CreateAsync(world.Tenant, draft, Of("id"), TestConsole.Somebody, default)));

        Assert.Equal(["things-2", "things-3", "things-4", "things-5", "things-6", "things-7"], made.Select(sync => sync.Slug).Order());
    }

    [Theory]
    [InlineData("客户", "integration")]
    [InlineData("Café → Straße", "cafe-strasse")]
    public async Task Every_name_has_an_address(string name, string slug)
    {
        await using var world = await SyncWorld.StartAsync();

        var sync = await world.Console.Get<SyncStore>().CreateAsync(world.Tenant, await DraftAsync(world, Schedule.Manual) with { Name = name }, Of("id"), TestConsole.Somebody, default);

        Assert.Equal((slug, name), (sync.Slug, sync.Name));
        Assert.Equal(sync.Id, (await world.Console.Get<SyncStore>().FindBySlugAsync(world.Tenant, slug, default))!.Id);
    }

    [Fact]
    public async Task Of_two_editors_the_second_is_told_and_the_change_is_written_down_in_words()
    {
        await using var world = await SyncWorld.StartAsync();
        var syncs = world.Console.Get<SyncStore>();
        var draft = await DraftAsync(world, AtSix) with { Name = "Renamed" };

        var first = await syncs.UpdateAsync(world.Tenant, world.Sync.Id, 1, draft, TestConsole.Somebody, default);
        var second = await syncs.UpdateAsync(world.Tenant, world.Sync.Id, 1, draft with { Name = "Late" }, TestConsole.Somebody, default);
        var entry = (await world.Console.Get<AuditTrail>().ListAsync(world.Tenant, new AuditFilter(), null, 1, default)).Single();

        Assert.Equal((Saved.Done, Saved.Outdated), (first, second));
        Assert.Equal("name: Things → Renamed; schedule: manual → 30 6 * * 1-5", entry.Detail);
    }

    [Fact]
    public async Task A_cursor_is_kept_as_long_as_the_same_stream_is_read_in_the_same_way()
    {
        await using var world = await SyncWorld.StartAsync(read: ReadMode.Incremental);
        world.GivenRecords(5);
        await world.RunAsync();
        var syncs = world.Console.Get<SyncStore>();
        async Task<string?> CursorAsync() => (await syncs.FindAsync(world.Tenant, world.Sync.Id, default))!.Cursor;
        Assert.Equal("5", await CursorAsync());

        await SaveAsync(world, AtSix, ReadMode.Incremental);
        Assert.Equal("5", await CursorAsync());

        await SaveAsync(world, AtSix, ReadMode.Full);
        Assert.Null(await CursorAsync());
    }

    [Fact]
    public async Task A_forgotten_cursor_makes_the_next_run_begin_from_the_start()
    {
        await using var world = await SyncWorld.StartAsync(read: ReadMode.Incremental);
        world.GivenRecords(5);
        await world.RunAsync();

        await world.Console.Get<SyncStore>().ForgetCursorAsync(world.Tenant, world.Sync.Id, TestConsole.Somebody, default);

        Assert.Null((await world.Console.Get<SyncStore>().FindAsync(world.Tenant, world.Sync.Id, default))!.Cursor);
    }

    [Fact]
    public async Task Another_tenants_integration_is_out_of_reach()
    {
        await using var world = await SyncWorld.StartAsync();
        await SaveAsync(world, AtSix);
        var syncs = world.Console.Get<SyncStore>();
        var stranger = await world.Console.GivenATenantAsync();
        var version = (await syncs.FindAsync(world.Tenant, world.Sync.Id, default))!.Version;

        Assert.Null(await syncs.FindAsync(stranger, world.Sync.Id, default));
        Assert.Null(await syncs.FindBySlugAsync(stranger, "things", default));
        Assert.Equal(Saved.Outdated, await syncs.UpdateAsync(stranger, world.Sync.Id, version, await DraftAsync(world, Schedule.Manual), TestConsole.Somebody, default));
        await syncs.SetPausedAsync(stranger, world.Sync.Id, "x", TestConsole.Somebody, default);
        await syncs.ForgetCursorAsync(stranger, world.Sync.Id, TestConsole.Somebody, default);
        await syncs.DeleteAsync(stranger, world.Sync.Id, TestConsole.Somebody, default);

        Assert.Equal(version, (await syncs.FindAsync(world.Tenant, world.Sync.Id, default))!.Version);
        Assert.Equal(["schedule CRON Europe/Berlin"], await TriggersAsync(world));
    }

    [Fact]
    public async Task What_is_wrong_with_an_integration_is_said_at_its_field()
    {
        await using var world = await SyncWorld.StartAsync();
        var good = await DraftAsync(world, AtSix);
        IReadOnlyDictionary<string, string> Check(SyncDraft draft, IReadOnlyCollection<string>? fields = null) =>
            SyncRules.Check(draft, TimeZoneInfo.Utc, new DateTimeOffset(2026, 3, 2, 0, 0, 0, TimeSpan.Zero), fields);

        Assert.Empty(Check(good, ["id", "name"]));
        Assert.Equal("Give the integration a name of at most 100 characters.", Check(good with { Name = " " })["Name"]);
        Assert.Equal("Choose where the records come from.", Check(good with { SourceConnectionId = Guid.Empty })["SourceConnectionId"]);
        Assert.Equal("Choose which list of records to read.", Check(good with { SourceStream = "" })["SourceStream"]);
        Assert.Equal("Choose where the records go.", Check(good with { DestinationConnectionId = Guid.Empty })["DestinationConnectionId"]);
        Assert.Equal("Choose or name where in the destination the records go.", Check(good with { DestinationStream = " " })["DestinationStream"]);
        Assert.Equal("Choose the destination fields that identify a record: without them it cannot be found again.", Check(good with { KeyFields = [] })["KeyFields"]);
        Assert.Empty(Check(good with { KeyFields = [], WriteMode = WriteMode.Append }));
        Assert.Equal("region is part of the key, and the mapping does not make it.", Check(good with { KeyFields = ["id", "region"] }, ["id"])["KeyFields"]);
        Assert.Equal("This never comes: check the day and the month.", Check(good with { Schedule = new Schedule(ScheduleKind.Cron, Expression: "0 0 31 2 *") })["Schedule"]);
    }

    private static MappingDocument Of(string field) => new([new FieldRule { Name = field, Source = field }], []);

    private static async Task<SyncDraft> DraftAsync(SyncWorld world, Schedule schedule, ReadMode mode = ReadMode.Full)
    {
        var connection = (await world.Console.Get<ConnectionStore>().ListAsync(world.Tenant, default))[0].Id;
        return new SyncDraft("Things", connection, "things", mode, connection, "things", WriteMode.Upsert, ["id"], false, schedule, OverlapRule.Queue);
    }

    private static async Task SaveAsync(SyncWorld world, Schedule schedule, ReadMode mode = ReadMode.Full)
    {
        var syncs = world.Console.Get<SyncStore>();
        var version = (await syncs.FindAsync(world.Tenant, world.Sync.Id, default))!.Version;
        Assert.Equal(Saved.Done, await syncs.UpdateAsync(world.Tenant, world.Sync.Id, version, await DraftAsync(world, schedule, mode), TestConsole.Somebody, default));
    }

    /// <summary>What the scheduler's own tables hold for the tenant, such as "schedule CRON Europe/Berlin".</summary>
    private static async Task<IReadOnlyList<string>> TriggersAsync(SyncWorld world)
    {
        await using var command = world.Console.Database.Source.CreateCommand("""
            select t.trigger_group || ' ' || t.trigger_type || ' ' || coalesce(c.time_zone_id, '') from quartz.qrtz_triggers t
            left join quartz.qrtz_cron_triggers c using (sched_name, trigger_name, trigger_group)
            where t.job_group = $1 order by 1
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = world.Tenant.ToString() });
        await using var reader = await command.ExecuteReaderAsync();
        var triggers = new List<string>();
        while (await reader.ReadAsync())
        {
            triggers.Add(reader.GetString(0));
        }

        return triggers;
    }

    private static async Task<DateTimeOffset> NextFireAsync(SyncWorld world)
    {
        await using var command = world.Console.Database.Source.CreateCommand("select next_fire_time from quartz.qrtz_triggers where job_group = $1");
        command.Parameters.Add(new NpgsqlParameter { Value = world.Tenant.ToString() });
        return new DateTimeOffset((long)(await command.ExecuteScalarAsync())!, TimeSpan.Zero);
    }
}
