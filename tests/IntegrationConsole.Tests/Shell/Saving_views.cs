using IntegrationConsole.Access;
using IntegrationConsole.Shell.Views;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Shell;

public sealed class Saving_views
{
    private static readonly ViewAddress Failed = new("runs", "state=Failed", null);

    [Fact]
    public async Task What_is_private_only_its_owner_has_and_what_is_shared_everybody()
    {
        await using var console = await TestConsole.StartAsync();
        var (tenant, other) = (await console.GivenATenantAsync(), await console.GivenATenantAsync());
        var (mine, theirs) = (await PersonAsync(console, "mine"), await PersonAsync(console, "theirs"));
        var views = new ViewStore(console.Database, console.Get<AuditTrail>(), TimeProvider.System);
        await views.SaveAsync(tenant, Failed, "Mine", ViewReach.Private, mine, default);
        await views.SaveAsync(tenant, Failed, "Ours", ViewReach.Tenant, mine, default);
        await views.SaveAsync(tenant, Failed, "Everybody's", ViewReach.Fleet, mine, default);

        async Task<string> SeenAsync(TenantId where, Actor who, string page = "runs") =>
            string.Join(", ", (await views.ListAsync(where, who.UserId!.Value, page, default)).Select(view => view.Name).Order(StringComparer.Ordinal));

        Assert.Equal("Everybody's, Mine, Ours", await SeenAsync(tenant, mine));
        Assert.Equal("Everybody's, Ours", await SeenAsync(tenant, theirs));
        Assert.Equal("Everybody's", await SeenAsync(other, mine));
        Assert.Equal("", await SeenAsync(tenant, mine, "alerts"));
    }

    [Fact]
    public async Task One_view_of_a_page_is_the_first_and_each_person_has_their_own()
    {
        await using var console = await TestConsole.StartAsync();
        var tenant = await console.GivenATenantAsync();
        var (mine, theirs) = (await PersonAsync(console, "mine"), await PersonAsync(console, "theirs"));
        var views = new ViewStore(console.Database, console.Get<AuditTrail>(), TimeProvider.System);
        await views.SaveAsync(tenant, Failed, "A", ViewReach.Tenant, mine, default);
        await views.SaveAsync(tenant, Failed with { Query = "" }, "B", ViewReach.Tenant, mine, default);
        foreach (var view in await views.ListAsync(tenant, mine.UserId!.Value, "runs", default))
        {
            await views.MarkAsync(tenant, mine.UserId.Value, view, isPinned: view.Name == "A", isDefault: true, default);
        }

        Assert.Equal(["B"], (await views.ListAsync(tenant, mine.UserId!.Value, "runs", default)).Where(view => view.IsDefault).Select(view => view.Name));
        Assert.Equal(["A"], (await views.ListPinnedAsync(tenant, mine.UserId.Value, default)).Select(view => view.Name));
        Assert.Empty(await views.ListPinnedAsync(tenant, theirs.UserId!.Value, default));
    }

    [Fact]
    public async Task Nobody_saves_more_than_fifty_or_two_of_one_name()
    {
        await using var console = await TestConsole.StartAsync();
        var tenant = await console.GivenATenantAsync();
        var mine = await PersonAsync(console, "mine");
        var views = new ViewStore(console.Database, console.Get<AuditTrail>(), TimeProvider.System);
        for (var number = 1; number <= ViewStore.Most - 1; number++)
        {
            Assert.Equal(ViewSaved.Done, await views.SaveAsync(tenant, Failed, $"View {number}", ViewReach.Private, mine, default));
        }

        Assert.Equal(ViewSaved.NameTaken, await views.SaveAsync(tenant, Failed, "VIEW 7", ViewReach.Private, mine, default));
        Assert.Equal(ViewSaved.Done, await views.SaveAsync(tenant, Failed, "The last", ViewReach.Private, mine, default));
        Assert.Equal(ViewSaved.TooMany, await views.SaveAsync(tenant, Failed, "One more", ViewReach.Private, mine, default));
    }

    [Fact]
    public async Task Somebody_elses_private_view_cannot_be_changed_or_deleted()
    {
        await using var console = await TestConsole.StartAsync();
        var tenant = await console.GivenATenantAsync();
        var (mine, theirs) = (await PersonAsync(console, "mine"), await PersonAsync(console, "theirs"));
        var views = new ViewStore(console.Database, console.Get<AuditTrail>(), TimeProvider.System);
        await views.SaveAsync(tenant, Failed, "Mine", ViewReach.Private, mine, default);
        var view = (await views.ListAsync(tenant, mine.UserId!.Value, "runs", default)).Single();

        Assert.False(await views.ChangeAsync(view, "state=Succeeded", theirs, default));
        Assert.False(await views.DeleteAsync(view, isAdmitted: true, theirs, default));
        Assert.True(await views.DeleteAsync(view, isAdmitted: false, mine, default));
    }

    [Theory]
    [InlineData("http://x/t/acme/runs?state=Failed&cursor=abc&view=0198c0de-0000-7000-8000-000000000001", "acme", "runs", "state=Failed", true)]
    [InlineData("http://x/t/acme", "acme", "", "", false)]
    [InlineData("http://x/fleet/failures?q=b&cause=Auth", null, "/fleet/failures", "cause=Auth&q=b", false)]
    [InlineData("http://x/me?a=b", null, null, "a=b", false)]
    public void An_address_says_which_page_and_which_filters(string address, string? slug, string? page, string query, bool hasView)
    {
        var view = ViewAddress.Of(new Uri(address), slug);

        Assert.Equal((page, query, hasView), (view.Page, view.Query, view.ViewId is not null));
    }

    private static async Task<Actor> PersonAsync(TestConsole console, string name) =>
        new((await console.Get<People>().InviteAsync($"{name}-{Guid.NewGuid():n}@example.com", "", platformAdmin: false, Actor.CommandLine, default)).Id, name);
}
