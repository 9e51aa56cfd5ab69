using IntegrationConsole.Journeys.Support;
using static Microsoft.Playwright.Assertions;

namespace IntegrationConsole.Journeys.AccessWalk;

/// <summary>
/// From page to page without a new request: the console has to ask for itself at every step what the web server asked
/// at the first one.
/// </summary>
[Collection(FurnishedConsole.Collection)]
public sealed class Walking_inside_the_console(FurnishedConsole console)
{
    private const string Denied = "Your role does not include this page";
    private const string Missing = "There is nothing at this address";

    [Theory]
    [InlineData(FurnishedConsole.Viewer)]
    [InlineData(FurnishedConsole.Operator)]
    [InlineData(FurnishedConsole.Integrator)]
    [InlineData(FurnishedConsole.TenantAdmin)]
    public Task Every_page_of_ones_own_tenant_is_shown_or_refused_by_role(string email) => WalkAsync(email, FurnishedConsole.Theirs, console.TheirAddresses);

    [Fact]
    public Task Every_page_of_a_tenant_that_one_may_not_see_is_missing() => WalkAsync(FurnishedConsole.TenantAdmin, FurnishedConsole.Foreign, console.ForeignAddresses);

    /// <summary>Whoever may see both tenants still finds each one's things under its own address only.</summary>
    [Fact]
    public Task What_belongs_to_one_tenant_is_not_found_under_the_address_of_another() => Walk.AsAsync(console.Site, Site.Administrator, async screen =>
    {
        await screen.OpenAsync("/me");
        foreach (var route in ApprovedRoutes.Pages.Where(route => route.IsOfTenant && (route.Path.Contains(":guid", StringComparison.Ordinal) || route.Path.Contains("{slug}", StringComparison.Ordinal))))
        {
            await GoAsync(screen, console.TheirAddresses.Fill(route.Path, under: FurnishedConsole.Foreign));
            await Expect(screen.Page.Locator("main")).ToContainTextAsync("does not exist any more");
        }
    });

    private Task WalkAsync(string email, string tenant, TenantAddresses addresses) => Walk.AsAsync(console.Site, email, async screen =>
    {
        var visitor = Visitor.All.Single(visitor => visitor.Email == email);
        await screen.OpenAsync("/me");
        foreach (var route in ApprovedRoutes.Pages.Where(route => route.IsOfTenant))
        {
            await GoAsync(screen, addresses.Fill(route.Path));
            var (denied, missing) = (await screen.Page.GetByText(Denied).CountAsync() > 0, await screen.Page.GetByText(Missing).CountAsync() > 0);
            var answer = denied ? Answer.Refused : missing ? Answer.NothingThere : Answer.Shown;
            Assert.True(answer == visitor.Expects(route, tenant), $"{visitor.Name} at {route.Path}: {answer}");
        }
    }, name: $"walk-{email}");

    /// <summary>By way of the account page: what stands on the screen afterwards is this page's and not that of the one before.</summary>
    private static async Task GoAsync(Screen screen, string path)
    {
        await screen.Page.EvaluateAsync("path => Blazor.navigateTo(path)", "/me");
        await screen.SeesHeadingAsync("Your account");
        await screen.Page.EvaluateAsync("path => Blazor.navigateTo(path)", path);
        await Expect(screen.Page.Locator("h1").Filter(new() { HasNotText = "Your account" })).ToBeVisibleAsync();
        await Expect(screen.Page.Locator(".skeleton")).ToHaveCountAsync(0);
    }
}
