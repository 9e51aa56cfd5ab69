using IntegrationConsole.Access;
using IntegrationConsole.Health.Limits;
using IntegrationConsole.Health.Triage;
using IntegrationConsole.Sync.Approvals;
using IntegrationConsole.Sync.Replays;
using IntegrationConsole.Tenants;
using IntegrationConsole.Tests.Sync.Replays;

namespace IntegrationConsole.Tests.Health.Triage;

public sealed class Showing_what_waits_for_approval
{
    private static readonly Actor Ada = new(Guid.NewGuid(), "ada@example.com");
    private static readonly Actor Bo = new(Guid.NewGuid(), "bo@example.com");

    [Fact]
    public async Task A_request_is_shown_to_who_asked_and_to_those_who_may_decide_and_is_no_trouble()
    {
        await using var world = await GivenARequestAsync();
        var tenant = world.World.Tenant;
        var picture = new TriageReader(world.World.Console.Database, world.Clock);
        var asides = Asides(world);
        var asked = await picture.ReadAsync([tenant], default);
        var aside = await asides.ReadAsync([tenant], default);
        await world.World.Console.Get<RequestDecisions>().WithdrawAsync(tenant, aside.Requests.Single().Id, Ada, default);
        var withdrawn = await picture.ReadAsync([tenant], default);

        var request = Assert.Single(aside.Requests);
        Assert.Equal((RequestKind.Replay, "replay of 4 letters", "ada@example.com", world.Clock.GetUtcNow() + LetterRequests.GoodFor), (request.Kind, request.Words, request.AskedBy, request.ExpiresAt));
        Assert.Equal(withdrawn.Causes.Select(cause => (cause.Key, cause.Letters)), asked.Causes.Select(cause => (cause.Key, cause.Letters)));
        Assert.Single(aside.RequestsFor(Ada, Seen(tenant, Role.Viewer)));
        Assert.Single(aside.RequestsFor(Bo, Seen(tenant, Role.Operator)));
        Assert.Empty(aside.RequestsFor(Bo, Seen(tenant, Role.Viewer)));
        Assert.Empty(aside.RequestsFor(Ada, new Dictionary<TenantId, TenantAccess>()));
    }

    [Fact]
    public async Task What_waits_for_the_reader_stands_before_what_waits_for_others()
    {
        await using var world = await GivenARequestAsync();
        world.Clock.Advance(TimeSpan.FromMinutes(5));
        await AskAsync(world, Bo);
        var aside = await Asides(world).ReadAsync([world.World.Tenant], default);

        Assert.Equal(["bo@example.com", "ada@example.com"], aside.RequestsFor(Ada, Seen(world.World.Tenant, Role.Operator)).Select(request => request.AskedBy));
        Assert.Equal(["ada@example.com", "bo@example.com"], aside.RequestsFor(Bo, Seen(world.World.Tenant, Role.Operator)).Select(request => request.AskedBy));
    }

    [Fact]
    public async Task What_was_decided_or_whose_time_is_over_and_what_is_of_other_tenants_is_not_shown()
    {
        await using var world = await GivenARequestAsync();
        var tenant = world.World.Tenant;
        var asides = Asides(world);

        Assert.Empty((await asides.ReadAsync([await world.World.Console.GivenATenantAsync()], default)).Requests);
        var other = (await AskAsync(world, Ada)).Id;
        await world.World.Console.Get<RequestDecisions>().RefuseAsync(tenant, other, "no", Bo, default);
        Assert.Single((await asides.ReadAsync([tenant], default)).Requests);
        world.Clock.Advance(LetterRequests.GoodFor);
        Assert.Empty((await asides.ReadAsync([tenant], default)).Requests);
    }

    private static TriageAsideReader Asides(ReplayWorld world) =>
        new(world.World.Console.Database, new LimitReader(world.World.Console.Database, world.World.Console.Get<QuotaStore>(), world.World.Console.Get<IntegrationConsole.DeadLetters.Retention.ExpiringLetters>(), world.Clock), world.Clock);

    private static async Task<ReplayWorld> GivenARequestAsync()
    {
        var world = await ReplayWorld.WithLettersAsync(4);
        await using (var session = await world.World.Console.Database.InTenantAsync(world.World.Tenant, default))
        {
            await session.RunAsync("update tenant set second_person_above = 2", null, default);
            await session.CommitAsync(default);
        }

        await AskAsync(world, Ada);
        return world;
    }

    private static async Task<AskedReplay> AskAsync(ReplayWorld world, Actor actor) => (await world.World.Console.Get<SecondPerson>().ReplayAsync(
        world.World.Tenant, ReplayWorld.All, new ReplayOptions(), "the shop is back", actor, 0, default))!;

    private static Dictionary<TenantId, TenantAccess> Seen(TenantId tenant, Role role) => new() { [tenant] = new TenantAccess(tenant, "acme", "Acme", role, IsPlatformAdmin: false) };
}
