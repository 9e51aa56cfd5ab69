using System.Text;
using IntegrationConsole.Alerts;
using IntegrationConsole.Alerts.Digests;
using IntegrationConsole.Alerts.Notices;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Health.Verdicts;
using IntegrationConsole.Tests.Support;
using IntegrationConsole.Tests.Sync;
using Microsoft.Extensions.DependencyInjection;
using OutsideWorld;

namespace IntegrationConsole.Tests.Alerts;

public sealed class Summing_the_day_up
{
    /// <summary>In Tokyo it is half past six in the morning.</summary>
    private static readonly DateTimeOffset Night = new(2026, 3, 9, 21, 30, 0, TimeSpan.Zero);

    [Fact]
    public async Task At_its_hour_in_the_tenants_zone_a_channel_is_told_once_of_the_day_whatever_nodes_there_are()
    {
        await using var server = MailServer.Start();
        await using var world = await AlertWorld.StartAsync(at: Night);
        await world.GivenAMailChannelAsync(server, "7");
        await FailAsync(world, "The shop wants a name.", 3);
        await world.GivenSyncAsync(HealthState.Failing);
        await world.LookAsync(2);
        await using var other = await TestConsole.StartAsync(world.Clock, configure: services => services.AddSingleton<IConnector>(new FakeOutsideSystem()).AddAlerts(isWorker: false), beside: world.Console);

        Assert.Equal(0, await WriteAsync(world));
        world.Clock.Advance(TimeSpan.FromMinutes(31));
        var written = await Task.WhenAll(WriteAsync(world), other.Get<DailyDigests>().WriteDueAsync(default));
        Assert.Equal(1, written.Sum());
        Assert.Equal(0, await WriteAsync(world));
        await world.SendAsync();

        var mail = Assert.Single(server.Mails, mail => mail.Header("Subject")!.Contains("Daily summary", StringComparison.Ordinal));
        Assert.EndsWith("Daily summary: 2 things wait for somebody", mail.Header("Subject"));
        Assert.Contains("Failed: 1 alert fired, 1 failure is new or came back.", mail.Text);
        Assert.Contains("Repaired: Nothing.", mail.Text);
        Assert.Contains("Waits for somebody: 1 alert fires that nobody acknowledged, 1 failure group of which nobody has said anything.", mail.Text);
        Assert.Contains("Health: 1 failing; 1 got worse in the day.", mail.Text);
        Assert.Contains("- Orders 1: 3 letters: The shop wants a name.", mail.Text);
        Assert.DoesNotContain("the-record", mail.Text);
    }

    [Fact]
    public async Task A_quiet_day_is_told_in_one_line_to_those_who_wish_it_and_to_nobody_else()
    {
        await using var server = MailServer.Start();
        await using var world = await AlertWorld.StartAsync(at: Night);
        await world.GivenAMailChannelAsync(server, "7");
        await world.GivenAMailChannelAsync(server, "7", onQuietDays: true);
        world.Clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal(1, await WriteAsync(world));
        await world.SendAsync();

        var mail = Assert.Single(server.Mails);
        Assert.EndsWith("Daily summary: a quiet day", mail.Header("Subject"));
        Assert.Contains("The day: 0 records arrived, nothing failed, and nothing waits. From 9 Mar, 07:30 to 10 Mar, 07:30 (Asia/Tokyo).", mail.Text);

        await FailAsync(world, "The shop wants a name.", 1);
        world.Clock.Advance(TimeSpan.FromHours(24));
        Assert.Equal(2, await WriteAsync(world));
    }

    [Fact]
    public async Task A_channel_that_was_made_after_its_hour_and_one_that_nobody_could_tell_in_time_wait_for_the_next_day()
    {
        await using var server = MailServer.Start();
        await using var world = await AlertWorld.StartAsync(at: Night);
        await world.GivenAMailChannelAsync(server, "6", onQuietDays: true);
        Assert.Equal(0, await WriteAsync(world));

        world.Clock.Advance(TimeSpan.FromHours(24) + TimeSpan.FromHours(5.6));
        Assert.Equal(0, await WriteAsync(world));
        world.Clock.Advance(TimeSpan.FromHours(17));
        Assert.Equal(0, await WriteAsync(world));
        world.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(1, await WriteAsync(world));
    }

    [Fact]
    public async Task A_tenants_day_that_cannot_be_read_holds_up_no_other_and_the_log_of_deliveries_says_why()
    {
        await using var server = MailServer.Start();
        await using var world = await AlertWorld.StartAsync(at: Night);
        var other = await world.Console.GivenATenantAsync("Asia/Tokyo");
        await world.GivenAMailChannelAsync(server, "7", onQuietDays: true);
        await world.GivenAMailChannelAsync(server, "7", onQuietDays: true, other);

        // Each in turn, so that it is the first and the last to be looked at.
        foreach (var (tenant, hours) in new[] { (world.Tenant, 1), (other, 24) })
        {
            await SpoilAsync(world, tenant);
            world.Clock.Advance(TimeSpan.FromHours(hours));
            Assert.Equal(1, await WriteAsync(world));
            world.Clock.Advance(TimeSpan.FromMinutes(1));
            Assert.Equal(0, await WriteAsync(world));

            var notice = Assert.Single(await world.Console.Get<NoticeBook>().ListAsync(tenant, null, null, 10, default), notice => notice.State is NoticeState.Failed);
            Assert.Equal((NoticeKind.Daily, 2), (notice.Kind, notice.Tries));
            Assert.EndsWith("Daily summary: not written so far", notice.Subject);
            Assert.StartsWith("The console itself failed while working with the database (", notice.Problem);
            await SpoilAsync(world, tenant, isMended: true);
            Assert.Equal(1, await WriteAsync(world));
        }

        await world.SendAsync();
        Assert.Equal(4, server.Mails.Count);
    }

    [Fact]
    public void What_ends_soon_and_room_that_fills_are_told_before_it_is_too_late()
    {
        var facts = new DigestFacts(
            Night.AddDays(-1), Night, 5, 0, 0, 0, 0, 0, 0, 0, 0, [], new Dictionary<HealthState, int>(), 0, [new EndingThing("credential", "Shop key", Night.AddDays(3)), new EndingThing("certificate of", "Shop API", Night.AddDays(-1))],
            40, 20, 100);

        var message = DigestText.Of(facts, "North", TimeZoneInfo.Utc, "https://console.example/t/north");

        Assert.Contains(("Ends soon", "credential Shop key ends on 12 Mar, 21:30; certificate of Shop API ended on 8 Mar, 21:30"), message.Parts);
        Assert.Contains(("Dead letters’ room", "40 % is used. At this day’s pace it is used up in 3 days."), message.Parts);
        Assert.False((facts with { Ending = [] }).IsQuiet);
        Assert.True((facts with { Ending = [], LetterBytesAdded = 5 }).IsQuiet);
    }

    [Fact]
    public async Task A_message_about_records_that_fail_leads_to_their_group()
    {
        await using var world = await AlertWorld.StartAsync();
        await world.GivenAHookAsync("hook");
        await FailAsync(world, "The shop wants a name.", 1);
        await world.GivenSyncAsync(HealthState.Failing);
        await world.LookAsync(6);
        await world.SendAsync();

        var group = (await world.IncidentAsync()).Group;
        Assert.Equal("The shop wants a name.", group!.Title);
        Assert.True(world.Outside.Hooks["hook"].TryDequeue(out var received));
        Assert.Contains($"/failures/{group.Id}", Encoding.UTF8.GetString(received!.Body));
    }

    private static Task<int> WriteAsync(AlertWorld world) => world.Console.Get<DailyDigests>().WriteDueAsync(default);

    /// <summary>Writes down a state that nobody knows, so that the tenant's day cannot be read.</summary>
    private static async Task SpoilAsync(AlertWorld world, TenantId tenant, bool isMended = false)
    {
        await using var session = await world.Console.Database.InTenantAsync(tenant, default);
        await session.RunAsync(
            isMended ? "delete from health_state where tenant_id = @tenant and state = 'Spoilt'"
                : "insert into health_state (tenant_id, object_kind, object_id, state, reason, heals_itself, evidence_kind, findings, print, since) values (@tenant, 'Sync', @tenant, 'Spoilt', '', false, 'None', '[]', '', now())",
            new { tenant }, default);
        await session.CommitAsync(default);
    }

    private static async Task FailAsync(AlertWorld world, string sentence, int records)
    {
        await using var session = await world.Console.Database.InTenantAsync(world.Tenant, default);
        var casualties = Enumerable.Range(1, records).Select(number => new Casualty($"{number}", LetterStage.Write, LetterOutcome.Rejected, new Failure(FailureCause.Validation, sentence), "\"the-record\""u8.ToArray())).ToList();
        await world.Console.Get<DeadLetterParking>().ParkAsync(session, new LetterContext(world.Tenant, world.Sync, Guid.NewGuid(), 1, "node", "somebody"), casualties, default);
        await session.CommitAsync(default);
    }
}
