namespace IntegrationConsole.Journeys.AccessWalk;

public sealed class RouteTests
{
    [Fact]
    public async Task Every_address_and_what_it_needs_is_one_that_somebody_approved()
    {
        var actual = await ConsoleEndpoints.ListAsync();

        Assert.Equal(string.Join('\n', ApprovedRoutes.Lines), string.Join('\n', actual));
    }

    [Fact]
    public void Only_these_answer_somebody_who_is_not_signed_in()
    {
        var open = ApprovedRoutes.All.Where(route => route.Needs is ConsoleEndpoints.Anyone).Select(route => route.Path);

        Assert.Equal(["(static assets)", "/health/live", "/health/ready", "/hooks/{publicId}", "/sample-api/{list}", "/signin", "/status/{Code:int}", "/welcome"], open.Order(StringComparer.Ordinal));
    }
}
