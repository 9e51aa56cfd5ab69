using System.Text.Json;
using IntegrationConsole.Access;
using IntegrationConsole.Configuration;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Nodes;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Tenants;
using IntegrationConsole.Tests.Support;
using IntegrationConsole.Tests.Sync;

namespace IntegrationConsole.Tests.Configuration;

public sealed class Running_from_the_command_line
{
    [Fact]
    public async Task A_run_that_succeeds_ends_with_0_and_its_totals()
    {
        await using var world = await SyncWorld.StartAsync();
        await GivenAWorkerAsync(world);
        world.GivenRecords(12);

        var (code, report) = await WaitAsync(world, run => world.MoveAsync(run));

        Assert.Equal(0, code);
        Assert.Equal(("succeeded", 12, 12, true), (Text(report, "state"), Number(report, "read"), Number(report, "written"), report.GetProperty("balanced").GetBoolean()));
        Assert.True(report.GetProperty("seconds").GetDouble() >= 0);
        Assert.Equal("Command", (await world.FindAsync(report.GetProperty("run").GetGuid())).Trigger.ToString());
    }

    [Fact]
    public async Task Records_that_were_set_aside_end_it_with_1()
    {
        await using var world = await SyncWorld.StartAsync();
        await GivenAWorkerAsync(world);
        world.System.Records = ["""{"id":1,"name":"Ada"}""", """{"id":"one","name":"Bob"}"""];

        var (code, report) = await WaitAsync(world, run => world.MoveAsync(run));

        Assert.Equal((RunCommand.SetAside, "partial", 1, 1), (code, Text(report, "state"), Number(report, "written"), Number(report, "rejected")));
    }

    [Fact]
    public async Task A_run_that_fails_ends_with_2_and_its_cause()
    {
        await using var world = await SyncWorld.StartAsync();
        await GivenAWorkerAsync(world);
        world.System.BeforeRead = (_, _) => throw new FailureException(new Failure(FailureCause.Auth, "Things refused the key."));
        world.GivenRecords(1);

        var (code, report) = await WaitAsync(world, run => world.MoveAsync(run));

        Assert.Equal((RunCommand.RunFailed, "failed", "auth"), (code, Text(report, "state"), Text(report, "cause")));
        Assert.Contains("Things refused the key.", Text(report, "sentence"));
    }

    [Fact]
    public async Task A_run_that_is_cancelled_ends_with_3()
    {
        await using var world = await SyncWorld.StartAsync();
        await GivenAWorkerAsync(world);

        var (code, report) = await WaitAsync(world, run => world.Console.Get<RunQueue>().CancelAsync(world.Tenant, run, TestConsole.Somebody, default));

        Assert.Equal((RunCommand.Cancelled, "cancelled"), (code, Text(report, "state")));
    }

    [Fact]
    public async Task What_the_button_would_refuse_is_refused_with_4_and_stands_in_the_trail()
    {
        await using var world = await SyncWorld.StartAsync();
        await world.Console.Get<SyncStore>().SetPausedAsync(world.Tenant, world.Sync.Id, "moving house", TestConsole.Somebody, default);

        var (code, text) = await RunAsync(world, ["--wait"]);
        var (bare, sentence) = await RunAsync(world, []);

        Assert.Equal((RunCommand.NotStarted, "refused"), (code, Text(JsonSerializer.Deserialize<JsonElement>(text), "state")));
        Assert.Equal((RunCommand.NotStarted, "Paused by somebody@example.com: moving house.\n"), (bare, sentence));
        var entry = (await world.Console.Get<AuditTrail>().ListAsync(world.Tenant, new AuditFilter(Action: "run"), null, 1, default))[0];
        Assert.Equal(("console run", AuditResult.Refused), (entry.Actor, entry.Result));
    }

    [Fact]
    public async Task Without_a_worker_it_says_so_and_leaves_the_run_queued()
    {
        await using var world = await SyncWorld.StartAsync();

        var (code, text) = await RunAsync(world, ["--wait"]);

        var report = JsonSerializer.Deserialize<JsonElement>(text);
        Assert.Equal((RunCommand.NotEnded, "queued", "No worker node is running, or all are on standby: the run is queued, and starts when there is one."), (code, Text(report, "state"), Text(report, "sentence")));
        Assert.Equal(JsonValueKind.Null, report.GetProperty("waiting").ValueKind);
        Assert.Equal(RunState.Queued, (await world.FindAsync(report.GetProperty("run").GetGuid())).State);
    }

    [Fact]
    public async Task A_worker_that_fell_silent_is_none()
    {
        var clock = new ManualClock(TimeProvider.System.GetUtcNow());
        await using var world = await SyncWorld.StartAsync(clock: clock);
        await world.Console.Get<SyncStore>().FollowTenantAsync(world.Tenant, default);
        await GivenAWorkerAsync(world, clock.GetUtcNow());
        var before = await world.Console.Get<WorkerNodes>().AnyAwakeAsync("", default);
        clock.Advance(TimeSpan.FromSeconds(31));

        Assert.Equal((true, false), (before, await world.Console.Get<WorkerNodes>().AnyAwakeAsync("", default)));
    }

    [Fact]
    public async Task The_time_to_wait_ends_the_waiting_and_not_the_run()
    {
        await using var world = await SyncWorld.StartAsync();
        await GivenAWorkerAsync(world);

        var (code, text) = await RunAsync(world, ["--wait", "--timeout", "1"]);

        var report = JsonSerializer.Deserialize<JsonElement>(text);
        Assert.Equal((RunCommand.NotEnded, "The time to wait is over; the run goes on."), (code, Text(report, "sentence")));
        Assert.Equal("Its turn has come: it starts as soon as a worker node has a free slot.", Text(report, "waiting"));
        Assert.True((await world.Console.Get<RunStore>().ListAsync(world.Tenant, new RunFilter(), null, 10, default)).Items[0].IsOpen);
    }

    [Fact]
    public async Task An_interruption_ends_the_waiting_and_not_the_run()
    {
        await using var world = await SyncWorld.StartAsync();
        await GivenAWorkerAsync(world);
        using var interruption = new CancellationTokenSource();

        var (code, report) = await WaitAsync(world, _ => interruption.CancelAsync(), interruption.Token);

        Assert.Equal((RunCommand.Interrupted, "queued"), (code, Text(report, "state")));
        Assert.True((await world.FindAsync(report.GetProperty("run").GetGuid())).IsOpen);
    }

    [Fact]
    public async Task Without_waiting_it_prints_the_runs_id()
    {
        await using var world = await SyncWorld.StartAsync();

        var (code, text) = await RunAsync(world, []);

        Assert.Equal((0, RunState.Queued), (code, (await world.FindAsync(Guid.Parse(text.Trim()))).State));
    }

    [Theory]
    [InlineData("TENANT/INTEGRATION is missing.")]
    [InlineData("There is no option --wiat. Did you mean --wait?", "a/b", "--wiat")]
    [InlineData("--timeout is a number of seconds from 1 to 604800.", "a/b", "--timeout", "soon")]
    [InlineData("--timeout needs a value behind it.", "a/b", "--timeout")]
    [InlineData("Only one TENANT/INTEGRATION can be named.", "a/b", "c/d")]
    public async Task What_is_not_understood_ends_with_64_and_the_commands_help(string sentence, params string[] words)
    {
        var (output, errors) = (new StringWriter(), new StringWriter { NewLine = "\n" });

        Assert.Equal(RunCommand.Misused, await CommandLine.RunAloneAsync(["run", .. words], output, errors, default));
        Assert.StartsWith($"{sentence}\n\nconsole run TENANT/INTEGRATION", errors.ToString());
        Assert.Equal("", output.ToString());
    }

    [Theory]
    [InlineData("apply", "console apply FILE.yaml")]
    [InlineData("export", "console export TENANT")]
    [InlineData("run", "console run TENANT/INTEGRATION")]
    [InlineData("deadletters", "console deadletters TENANT")]
    public async Task Each_command_says_more_when_it_is_asked(string command, string beginning)
    {
        var output = new StringWriter();

        Assert.Equal(CommandLine.Done, await CommandLine.RunAloneAsync([command, "--help"], output, TextWriter.Null, default));
        Assert.StartsWith(beginning, output.ToString());
        await CommandLine.RunAloneAsync(["help"], output, TextWriter.Null, default);
        Assert.Contains($"\n{beginning}", output.ToString());
    }

    [Fact]
    public async Task An_unknown_integration_ends_with_64()
    {
        await using var world = await SyncWorld.StartAsync();
        var (output, errors) = (new StringWriter(), new StringWriter { NewLine = "\n" });

        Assert.Equal(RunCommand.Misused, await Command(world).RunAsync(RunCommand.Read(["nobody/things"]).Options, output, errors, default, default));
        Assert.StartsWith("There is no tenant nobody.\n", errors.ToString());
        Assert.Equal("", output.ToString());
    }

    /// <summary>As a node that works would say that it is there.</summary>
    private static async Task GivenAWorkerAsync(SyncWorld world, DateTimeOffset? at = null)
    {
        await using var command = world.Console.Database.Source.CreateCommand(
            "insert into quartz.qrtz_scheduler_state (sched_name, instance_name, last_checkin_time, checkin_interval) values ('console', 'a worker', $1, 2000)");
        command.Parameters.AddWithValue((at ?? TimeProvider.System.GetUtcNow()).UtcTicks);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Waits, and does something with the run as soon as it is queued.</summary>
    private static async Task<(int Code, JsonElement Report)> WaitAsync(SyncWorld world, Func<Guid, Task> meanwhile, CancellationToken interrupted = default)
    {
        // Said as soon as this node listens, and it listens when the run is queued.
        var queued = world.Console.NextChangeAsync(Change.Everything);
        var running = RunAsync(world, ["--wait", "--timeout", "60"], interrupted);
        await queued;
        await meanwhile((await world.Console.Get<RunStore>().ListAsync(world.Tenant, new RunFilter(), null, 1, default)).Items[0].Id);
        var (code, text) = await running;
        return (code, JsonSerializer.Deserialize<JsonElement>(text));
    }

    private static async Task<(int Code, string Text)> RunAsync(SyncWorld world, string[] options, CancellationToken interrupted = default)
    {
        var output = new StringWriter { NewLine = "\n" };
        var tenant = (await world.Console.Get<TenantStore>().FindAsync(world.Tenant, default))!.Slug;
        var code = await Command(world).RunAsync(RunCommand.Read([$"{tenant}/things", .. options]).Options, output, TextWriter.Null, interrupted, default);
        return (code, output.ToString());
    }

    private static RunCommand Command(SyncWorld world) => new(
        new CommandNames(world.Console.Get<TenantStore>(), world.Console.Get<SyncStore>()), world.Console.Get<RunQueue>(),
        new RunWatch(world.Console.Get<RunStore>(), world.Console.Get<RunWaits>(), world.Console.Get<WorkerNodes>(), world.Console.Get<ChangeBroadcaster>(), world.Console.Get<TimeProvider>()));

    private static string? Text(JsonElement report, string name) => report.GetProperty(name).GetString();

    private static int Number(JsonElement report, string name) => report.GetProperty(name).GetInt32();
}
