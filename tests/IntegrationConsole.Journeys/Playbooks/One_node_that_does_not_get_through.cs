using System.Text.RegularExpressions;
using IntegrationConsole.Journeys.Support;
using Microsoft.Playwright;
using Xunit.Abstractions;
using static Microsoft.Playwright.Assertions;

namespace IntegrationConsole.Journeys.Playbooks;

/// <summary>J: the network of one node. The card names the node, and from its standby on the other does all.</summary>
public sealed class One_node_that_does_not_get_through(SplitConsole console, ITestOutputHelper output) : IClassFixture<SplitConsole>
{
    private const string At = $"/t/{SplitConsole.Tenant}";

    [Fact]
    public async Task Is_put_on_standby_in_three_clicks()
    {
        if (SplitConsole.WhyNot is { } why)
        {
            output.WriteLine(why);
            return;
        }

        await Walk.AsAsync(console.Site, Site.Administrator, async screen =>
        {
            // Which node takes a run up is nobody's choice: it goes on until b has failed twice.
            var asked = 0;
            while (await AskAsync("select count(*) from circuit_event where node = 'b' and from_state = 'Closed' and to_state = 'Open'") < 2)
            {
                await RunAsync(screen, (asked++ % SplitConsole.Integrations) + 1);
            }

            await screen.OpenAsync("/fleet/triage");
            var card = screen.Page.Locator("article.cause", new() { HasText = "One node" });
            await Expect(card).ToContainTextAsync(new Regex("b opened the circuit of Shop \\d times in 15 minutes, and other nodes got through each time"), new() { Timeout = 60_000 });
            await Expect(card).ToContainTextAsync("Needs you");
            var clicks = new Clicks(screen, output, "a node that does not get through");
            await clicks.PressAsync(card.GetByRole(AriaRole.Link, new() { Name = "Standby node b…" }));
            await screen.Dialog.FillAsync("Reason", "Its network does not reach the shop");
            await clicks.PressAsync(screen.Dialog.Button("Standby"));
            await screen.Toasts.SeesAsync("b is on standby: it takes nothing up.");
            clicks.AreAtMost(3);
            await screen.Row("b").SeesAsync("On standby");
            await screen.Row("a").SeesAsync("Awake");

            // What it had goes on elsewhere; what is asked for from now on goes there at once.
            await screen.OpenAsync($"{At}/runs");
            await Expect(screen.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "Succeeded" })).Not.ToHaveCountAsync(0);
            await Expect(screen.Page.GetByRole(AriaRole.Row).Filter(new() { HasTextRegex = new Regex("Waiting|Running") })).ToHaveCountAsync(0, new() { Timeout = 60_000 });
            await RunAsync(screen, 1);
            await screen.Toasts.FollowAsync("Watch it");
            await screen.SeesHeadingAsync("Succeeded");
            Assert.Equal(0, await AskAsync("select count(*) from run where node = 'b' and state = 'Succeeded'"));
            Assert.Equal(0, await AskAsync("select count(*) from circuit_event e join node_standby n on n.node = e.node where e.to_state = 'Open' and e.at > n.since + interval '2 seconds'"));
            await screen.OpenAsync($"{At}/triage");
            await Expect(card).ToHaveCountAsync(0);
        });
    }

    private Task<long> AskAsync(string sql) => console.Site.Server.AskAsync<long>("console", sql);

    /// <summary>Asked for, and not waited for; where one waits already, that is said.</summary>
    private static async Task RunAsync(Screen screen, int number)
    {
        await screen.OpenAsync($"{At}/integrations/orders-{number}");
        await screen.PressAsync("Run now");
        await Expect(screen.Toasts.Scope).Not.ToBeEmptyAsync();
    }
}
