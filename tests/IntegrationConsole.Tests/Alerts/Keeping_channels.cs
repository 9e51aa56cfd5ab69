using IntegrationConsole.Access;
using IntegrationConsole.Alerts;
using IntegrationConsole.Alerts.Channels;
using IntegrationConsole.Alerts.Incidents;
using IntegrationConsole.Tenants;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Alerts;

public sealed class Keeping_channels
{
    private static readonly ChannelDraft Mail = new(
        "mail", ChannelKind.Email,
        new Dictionary<string, string>
        {
            [ChannelSettings.Host] = "smtp.north.example", [ChannelSettings.Port] = "587", [ChannelSettings.Security] = ChannelSettings.StartTls, [ChannelSettings.From] = "console@north.example",
            [ChannelSettings.To] = "otto@north.example", [ChannelSettings.Certificate] = "",
        },
        new Dictionary<string, string> { [ChannelSettings.User] = "console", [ChannelSettings.Password] = "geheim" }, Severity.Low, 0, false, true);

    [Fact]
    public async Task A_secret_that_is_not_entered_again_stays_and_stands_nowhere_in_the_open()
    {
        await using var world = await AlertWorld.StartAsync();
        var channels = world.Console.Get<ChannelStore>();
        var id = (await channels.CreateAsync(world.Tenant, Mail, "https://console.example", TestConsole.Somebody, default))!.Value;

        var saved = await channels.UpdateAsync(world.Tenant, id, 1, Mail with { Name = "post", Secrets = new Dictionary<string, string> { [ChannelSettings.User] = "", [ChannelSettings.Password] = "neu" } }, "https://console.example", TestConsole.Somebody, default);

        var open = (await channels.OpenAsync(world.Tenant, id, default))!.Value;
        Assert.Equal((Saved.Done, "post", "console", "neu"), (saved, open.Channel.Name, open.Secrets[ChannelSettings.User], open.Secrets[ChannelSettings.Password]));
        await using var session = await world.Console.Database.InTenantAsync(world.Tenant, default);
        Assert.Equal(0, await session.OneAsync<int>("select count(*)::int from alert_channel c where c::text ~ 'geheim|neu\"'", null, default));
        Assert.Equal(0, await session.OneAsync<int>("select count(*)::int from audit_entry a where a::text ~ 'geheim'", null, default));
    }

    [Fact]
    public async Task A_change_over_somebody_elses_is_refused()
    {
        await using var world = await AlertWorld.StartAsync();
        var channels = world.Console.Get<ChannelStore>();
        var id = (await channels.CreateAsync(world.Tenant, Mail, "", TestConsole.Somebody, default))!.Value;
        await channels.UpdateAsync(world.Tenant, id, 1, Mail, "", TestConsole.Somebody, default);

        Assert.Equal(Saved.Outdated, await channels.UpdateAsync(world.Tenant, id, 1, Mail, "", TestConsole.Somebody, default));
        Assert.Null(await channels.CreateAsync(world.Tenant, Mail with { Name = "MAIL" }, "", TestConsole.Somebody, default));
    }

    [Theory]
    [InlineData(ChannelSettings.Host, "not a host")]
    [InlineData(ChannelSettings.Port, "0")]
    [InlineData(ChannelSettings.From, "console")]
    [InlineData(ChannelSettings.To, "otto@north.example, vera")]
    [InlineData(ChannelSettings.Certificate, "-----BEGIN")]
    public void What_cannot_work_is_refused_at_its_field(string field, string value)
    {
        var problems = ChannelRules.Check(Mail with { Settings = new Dictionary<string, string>(Mail.Settings) { [field] = value } }, isNew: true);

        Assert.Equal(field, Assert.Single(problems).Key);
    }

    [Fact]
    public async Task Another_tenant_neither_sees_a_channel_nor_an_alert()
    {
        await using var world = await AlertWorld.StartAsync();
        await world.GivenAHookAsync("team");
        await world.GivenSyncAsync(IntegrationConsole.Health.Verdicts.HealthState.Failing);
        await world.LookAsync(3);
        var other = await world.Console.GivenATenantAsync();

        Assert.Empty(await world.Console.Get<ChannelStore>().ListAsync(other, default));
        Assert.DoesNotContain(await world.Console.Get<IncidentStore>().ListActiveAsync(other, default), alert => alert.Rule == "runs");
        await world.Console.Get<IncidentStore>().AcknowledgeAsync(other, (await world.IncidentAsync()).Incident.Id, TestConsole.Somebody, default);
        Assert.Equal(AlertState.Firing, Assert.Single(await world.AlertsAsync()).State);
    }

    [Fact]
    public async Task What_people_do_stands_in_the_audit_trail()
    {
        await using var world = await AlertWorld.StartAsync();
        await world.GivenSyncAsync(IntegrationConsole.Health.Verdicts.HealthState.Failing);
        await world.LookAsync(3);
        var incident = (await world.IncidentAsync()).Incident.Id;
        await world.Incidents.AcknowledgeAsync(world.Tenant, incident, TestConsole.Somebody, default);
        await world.Incidents.ResolveAsync(world.Tenant, incident, "known", TestConsole.Somebody, default);

        var entries = await world.Console.Get<AuditTrail>().ListAsync(world.Tenant, new AuditFilter(ObjectKind: "incident"), null, 10, default);

        Assert.Equal([("resolve", "Orders 1", "known"), ("acknowledge", "Orders 1", "1 alert")], entries.Select(entry => (entry.Action, entry.ObjectName, entry.Detail)));
    }
}
