using IntegrationConsole.Access;
using IntegrationConsole.Alerts;
using IntegrationConsole.Alerts.Channels;
using IntegrationConsole.Alerts.Digests;
using IntegrationConsole.Alerts.Notices;
using IntegrationConsole.Connectors;
using IntegrationConsole.Tests.Support;
using IntegrationConsole.Tests.Sync;
using Microsoft.Extensions.DependencyInjection;
using OutsideWorld;

namespace IntegrationConsole.Tests.Alerts;

public sealed class Mailing_people_their_day
{
    /// <summary>In New York it is half past five in the morning, in Tokyo evening.</summary>
    private static readonly DateTimeOffset Early = new(2026, 3, 9, 9, 30, 0, TimeSpan.Zero);

    [Fact]
    public async Task People_get_a_mail_of_their_own_at_their_hour_in_their_zone_once_whatever_nodes_there_are()
    {
        await using var server = MailServer.Start();
        await using var world = await AlertWorld.StartAsync(at: Early);
        await world.GivenAMailChannelAsync(server, "");
        var ada = await PersonAsync(world, "ada@north.example");
        await world.Console.Get<AccessStore>().SetRoleAsync(world.Tenant, ada.UserId!.Value, Role.Viewer, TestConsole.Somebody, default);
        Assert.True(await Of(world).ChooseAsync(new DigestChoice([world.Tenant], 6, "America/New_York", true), "https://console.example/", ada, default));
        await using var other = await TestConsole.StartAsync(world.Clock, configure: services => services.AddSingleton<IConnector>(new FakeOutsideSystem()).AddAlerts(isWorker: false), beside: world.Console);

        Assert.Equal(0, await WriteAsync(world));
        world.Clock.Advance(TimeSpan.FromMinutes(31));
        var written = await Task.WhenAll(WriteAsync(world), other.Get<DailyDigests>().WriteDueAsync(default));
        Assert.Equal(1, written.Sum());
        Assert.Equal(0, await WriteAsync(world));
        await world.SendAsync();

        var mail = Assert.Single(server.Mails);
        Assert.Equal("ada@north.example", Assert.Single(mail.To));
        Assert.EndsWith("Daily summary: a quiet day", mail.Header("Subject"));
        Assert.Contains("From 8 Mar, 06:01 to 9 Mar, 06:01 (America/New_York).", mail.Text);
        Assert.Contains("You chose to get this. Change or end it: https://console.example/me/settings", mail.Text);
        Assert.Equal("<https://console.example/me/settings>", mail.Header("List-Unsubscribe"));
        var tenant = Assert.Single(await Of(world).ListAsync(ada.UserId.Value, default));
        Assert.Equal((6, true, world.Clock.GetUtcNow(), ""), (tenant.Hour, tenant.HasMailServer, tenant.LastAt, tenant.Problem));
        Assert.Equal("ada@north.example", Assert.Single(await world.Console.Get<NoticeBook>().ListAsync(world.Tenant, null, null, 10, default)).Person);
        Assert.Null(Assert.Single(await world.Console.Get<ChannelStore>().ListAsync(world.Tenant, default)).LastSentAt);
    }

    [Fact]
    public async Task Who_may_not_see_a_tenant_any_more_hears_nothing_of_it_even_when_the_mail_is_written_already()
    {
        await using var server = MailServer.Start();
        await using var world = await AlertWorld.StartAsync(at: Early);
        await world.GivenAMailChannelAsync(server, "");
        var people = new List<Actor>();
        foreach (var name in new[] { "stays", "revoked", "disabled", "ends" })
        {
            var person = await PersonAsync(world, $"{name}@north.example");
            await world.Console.Get<AccessStore>().SetRoleAsync(world.Tenant, person.UserId!.Value, Role.Viewer, TestConsole.Somebody, default);
            Assert.True(await Of(world).ChooseAsync(new DigestChoice([world.Tenant], 6, "America/New_York", true), "https://console.example", person, default));
            people.Add(person);
        }

        world.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(4, await WriteAsync(world));
        await world.Console.Get<AccessStore>().SetRoleAsync(world.Tenant, people[1].UserId!.Value, null, TestConsole.Somebody, default);
        Assert.Equal("", await world.Console.Get<People>().SetDisabledAsync(people[2].UserId!.Value, true, TestConsole.Somebody, default));
        await Of(world).EndAsync(people[3], default);
        await world.SendAsync();

        Assert.Equal(["stays@north.example"], server.Mails.SelectMany(mail => mail.To));
        var log = await world.Console.Get<NoticeBook>().ListAsync(world.Tenant, null, null, 10, default);
        Assert.Equal(3, log.Count(notice => notice is { State: NoticeState.Failed, Tries: 0, Problem: "Not sent: this person ended these mails, or may not see the tenant any more." }));
        world.Clock.Advance(TimeSpan.FromHours(24));
        Assert.Equal(1, await WriteAsync(world));
    }

    [Fact]
    public async Task Nobody_chooses_a_tenant_that_they_may_not_see()
    {
        await using var world = await AlertWorld.StartAsync(at: Early);
        var theirs = await world.Console.GivenATenantAsync();
        var ada = await PersonAsync(world, "ada@north.example");
        await world.Console.Get<AccessStore>().SetRoleAsync(world.Tenant, ada.UserId!.Value, Role.Viewer, TestConsole.Somebody, default);

        Assert.False(await Of(world).ChooseAsync(new DigestChoice([world.Tenant, theirs], 6, "UTC", true), "https://console.example", ada, default));

        var seen = Assert.Single(await Of(world).ListAsync(ada.UserId.Value, default));
        Assert.Equal((world.Tenant, false, false), (seen.Id, seen.IsChosen, seen.HasMailServer));
    }

    [Fact]
    public async Task What_is_chosen_anew_takes_the_place_of_what_was_and_is_in_the_audit_trail()
    {
        await using var server = MailServer.Start();
        await using var world = await AlertWorld.StartAsync(at: Early);
        var other = await world.Console.GivenATenantAsync();
        await world.GivenAMailChannelAsync(server, "");
        await world.GivenAMailChannelAsync(server, "", tenant: other);
        var ada = await PersonAsync(world, "ada@north.example", isAdmin: true);
        await Of(world).ChooseAsync(new DigestChoice([world.Tenant, other], 6, "America/New_York", true), "https://console.example", ada, default);
        world.Clock.Advance(TimeSpan.FromHours(1));

        // One more or fewer after the hour does not put today's off; another hour does.
        await Of(world).ChooseAsync(new DigestChoice([other], 6, "America/New_York", true), "https://console.example", ada, default);
        Assert.Equal(1, await WriteAsync(world));
        await Of(world).EndAsync(ada, default);
        await Of(world).ChooseAsync(new DigestChoice([other], 6, "America/New_York", true), "https://console.example", ada, default);
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(0, await WriteAsync(world));

        var entries = await world.Console.Get<AuditTrail>().ListAsync(null, new AuditFilter(ObjectKind: "daily summary"), null, 10, default);
        Assert.Equal(
            ["choose: at 06:00 (America/New_York), of 1 tenant", "end: ", "choose: at 06:00 (America/New_York), of 1 tenant", "choose: at 06:00 (America/New_York), of 2 tenants"],
            entries.Select(entry => $"{entry.Action}: {entry.Detail}"));
    }

    [Fact]
    public async Task A_mailbox_that_takes_nothing_is_said_to_its_owner_and_not_held_against_the_channel()
    {
        await using var server = MailServer.Start();
        await using var world = await AlertWorld.StartAsync(at: Early);
        await world.GivenAMailChannelAsync(server, "");
        var ada = await PersonAsync(world, "ada@north.example", isAdmin: true);
        await Of(world).ChooseAsync(new DigestChoice([world.Tenant], 6, "America/New_York", true), "https://console.example", ada, default);
        server.Refusals["RCPT"] = "550 no such mailbox";
        world.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(1, await WriteAsync(world));
        for (var time = 0; time < 4; time++)
        {
            await world.SendAsync();
            world.Clock.Advance(TimeSpan.FromHours(1));
        }

        Assert.Equal("127.0.0.1 does not take mail for ada@north.example (550).", Assert.Single(await Of(world).ListAsync(ada.UserId!.Value, default)).Problem);
        Assert.False(Assert.Single(await world.Console.Get<ChannelStore>().ListAsync(world.Tenant, default)).IsBroken);
    }

    [Fact]
    public void What_is_wrong_with_a_choice_is_said_at_its_field()
    {
        Assert.Equal(
            ["Hour: An hour of the day, from 0 to 23.", "Tenants: Choose at least one tenant.", "TimeZone: Choose a time zone from the list, such as Europe/Berlin."],
            new DigestChoice([], 24, "Middle-earth/Shire", false).Check().Select(problem => $"{problem.Key}: {problem.Value}").Order());
        Assert.Empty(new DigestChoice([new TenantId(Guid.NewGuid())], 0, "UTC", false).Check());
    }

    private static DigestSubscriptions Of(AlertWorld world) => world.Console.Get<DigestSubscriptions>();

    private static Task<int> WriteAsync(AlertWorld world) => world.Console.Get<DailyDigests>().WriteDueAsync(default);

    private static async Task<Actor> PersonAsync(AlertWorld world, string email, bool isAdmin = false) =>
        new((await world.Console.Get<People>().InviteAsync(email, "", isAdmin, Actor.CommandLine, default)).Id!.Value, email);
}
