using System.Text.RegularExpressions;
using IntegrationConsole.Journeys.Support;
using Microsoft.Playwright;
using OutsideWorld;
using Xunit.Abstractions;
using static Microsoft.Playwright.Assertions;

namespace IntegrationConsole.Journeys.Playbooks;

/// <summary>
/// What goes wrong at night, and how many clicks it takes from the start page until it is mended. A confirmation is a
/// click; typing a reason is none. The stopwatch stands in the test's output.
/// </summary>
public sealed class Three_clicks(TroubledConsole console, ITestOutputHelper output) : IClassFixture<TroubledConsole>
{
    private const string Home = $"/t/{TroubledConsole.Tenant}/triage";

    [Fact]
    public Task Each_is_mended_in_three_clicks() => Walk.AsAsync(console.Site, Site.Administrator, async screen =>
    {
        await PoisonRecordsAsync(screen);
        await SystemThatIsDownAsync(screen);
        await MaintenanceAsync(screen);
    });

    /// <summary>One is found by its card and discarded, the other by its number and sent again.</summary>
    private async Task PoisonRecordsAsync(Screen screen)
    {
        console.Outside.Faults.Add(new Fault($"/sink/orders/{TroubledConsole.Asked}", FaultKind.Status) { Status = 422 });
        console.Outside.Faults.Add(new Fault($"/sink/orders/{TroubledConsole.Asked + 1}", FaultKind.Status) { Status = 409 });
        await RunAsync(screen);
        console.Outside.Faults.Clear();

        // D: one poison record. Open group, discard, confirm.
        await screen.OpenAsync(Home);
        await screen.SeesAsync("1 integration is degraded.");

        // Without a click: a digit opens the card of that number, and Enter does what its first button does.
        await screen.Page.Keyboard.PressAsync("1");
        await Expect(screen.Page.Locator("article.cause").First).ToBeFocusedAsync();
        await screen.Page.Keyboard.PressAsync("Enter");
        await Expect(screen.Page).ToHaveURLAsync(new Regex("/failures/"));
        await screen.OpenAsync(Home);
        var clicks = new Clicks(screen, output, "one poison record");
        await clicks.PressAsync(Card(screen, "Conflict").GetByRole(AriaRole.Link, new() { Name = "Open the group" }));
        await clicks.PressAsync(screen.Button("Discard…"));
        await screen.Dialog.Scope.GetByRole(AriaRole.Combobox).First.SelectOptionAsync(new SelectOptionValue { Index = 1 });
        await clicks.PressAsync(screen.Dialog.Button("Discard"));
        await screen.SeesAsync("0 open letters");
        clicks.AreAtMost(3);

        // H: "where is order 8812?" The palette, the letter, replay and its confirmation.
        await screen.OpenAsync("/fleet/triage");
        clicks = new Clicks(screen, output, "where is the order");
        await screen.Page.Keyboard.PressAsync("Control+k");
        await Expect(screen.Page.Locator("#palette-input")).ToBeFocusedAsync();
        await screen.Page.Keyboard.TypeAsync($"{TroubledConsole.Asked}");
        await clicks.PressAsync(screen.Page.GetByRole(AriaRole.Option, new() { NameRegex = new Regex($"^{TroubledConsole.Asked} ") }));
        await screen.SeesHeadingAsync($"{TroubledConsole.Asked}");
        await screen.SeesAsync("1 attempt");
        await clicks.PressAsync(screen.Button("Replay…"));
        await clicks.PressAsync(screen.Dialog.Button("Start the replay"));
        await screen.SeesHeadingAsync("Delivered");
        clicks.AreAtMost(3);

        // All that is known of it stands in one list.
        await screen.OpenAsync($"/t/{TroubledConsole.Tenant}/records?key={TroubledConsole.Asked}");
        await screen.SeesAsync("Taken by the destination");
        await screen.SeesAsync("Set aside by run");

        await screen.OpenAsync(Home);
        await screen.SeesAsync("The only integration keeps its promises.");
    }

    /// <summary>One card that counts down, and a probe for those who do not want to wait.</summary>
    private async Task SystemThatIsDownAsync(Screen screen)
    {
        console.Outside.Faults.Add(new Fault("/sink", FaultKind.Status) { Status = 503, RetryAfter = "3600" });
        await screen.OpenAsync($"/t/{TroubledConsole.Tenant}/integrations/orders-to-warehouse");
        await screen.PressAsync("Run now");
        await Expect(screen.Toasts.Link("Watch it")).ToBeVisibleAsync();

        // C: the card says that it heals itself, and when.
        await screen.OpenAsync(Home);
        var card = Card(screen, "System down");
        await Expect(card).ToContainTextAsync(new Regex("Heals itself, next probe in "));
        await Expect(card).ToContainTextAsync("Orders to warehouse");
        console.Outside.Faults.Clear();

        // A digit opens the card and starts nothing; Enter would.
        await screen.Page.Keyboard.PressAsync("1");
        await Expect(card).ToBeFocusedAsync();
        await Expect(card.Locator("details").First).ToHaveAttributeAsync("open", "");
        await screen.Toasts.SeesNothingOfAsync("The probe");
        var clicks = new Clicks(screen, output, "a system that was down");
        await clicks.PressAsync(card.GetByRole(AriaRole.Button, new() { Name = "Probe now" }));
        await Expect(card).ToHaveCountAsync(0);
        clicks.AreAtMost(3);
        await screen.OpenAsync($"/t/{TroubledConsole.Tenant}/runs");
        await screen.Row("Run 3").SeesAsync("Succeeded");
    }

    private async Task MaintenanceAsync(Screen screen)
    {
        // I: maintenance tonight.
        await screen.OpenAsync($"/t/{TroubledConsole.Tenant}/connections");
        await screen.FollowAsync("Shop");
        var clicks = new Clicks(screen, output, "maintenance of a vendor");
        await clicks.PressAsync(screen.Button("Maintenance…"));
        await clicks.PressAsync(screen.Dialog.Scope.GetByLabel("Hold runs"));
        await screen.Dialog.FillAsync("Reason", "The vendor asked");
        await clicks.PressAsync(screen.Dialog.Button("Save"));
        await screen.Toasts.SeesAsync("Runs wait for its end.");
        clicks.AreAtMost(3);
        await screen.OpenAsync($"/t/{TroubledConsole.Tenant}/alerts?tab=maintenance");
        await screen.SeesAsync("Shop");
    }

    private static ILocator Card(Screen screen, string cause) =>
        screen.Page.Locator("article.cause", new() { Has = screen.Page.GetByRole(AriaRole.Heading, new() { NameRegex = new Regex(Regex.Escape(cause)) }) });

    /// <summary>A run to its end, and health that has seen it.</summary>
    private static async Task RunAsync(Screen screen)
    {
        await screen.OpenAsync($"/t/{TroubledConsole.Tenant}/integrations/orders-to-warehouse");
        await screen.PressAsync("Run now");
        await screen.Toasts.FollowAsync("Watch it");
        await screen.SeesHeadingAsync("Done, some set aside");
    }
}
