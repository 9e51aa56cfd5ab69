using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using IntegrationConsole.Journeys.Keyboard;
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
    private const int FirstNew = TroubledConsole.FirstNew;
    private const int New = 5;
    private const string OnCall = "on-call";
    private const string Home = $"/t/{TroubledConsole.Tenant}/triage";

    [Fact]
    public Task Each_is_mended_in_three_clicks() => Walk.AsAsync(console.Site, Site.Administrator, async screen =>
    {
        await PoisonRecordsAsync(screen);
        await SystemThatIsDownAsync(screen);
        await MaintenanceAsync(screen);
    });

    /// <summary>One is found by its card and discarded, the other by its number and sent again. Without a mouse.</summary>
    private async Task PoisonRecordsAsync(Screen screen)
    {
        console.Outside.Faults.Add(new Fault($"/sink/orders/{TroubledConsole.Asked}", FaultKind.Status) { Status = 422 });
        console.Outside.Faults.Add(new Fault($"/sink/orders/{TroubledConsole.Asked + 1}", FaultKind.Status) { Status = 409 });
        await RunAsync(screen);
        console.Outside.Faults.Clear();

        // D: one poison record, and two orders of its customer behind it. Open group, discard, confirm with a reason.
        await screen.OpenAsync(Home);
        await screen.SeesAsync("1 integration is degraded.");
        var clicks = new Clicks(screen, output, "one poison record", byKeys: true);
        await Expect(Card(screen, "Conflict")).ToContainTextAsync("1 dead letter and 2 waiting behind");
        await Expect(Card(screen, "Conflict").GetByRole(AriaRole.Link, new() { Name = "Open the group" })).ToBeVisibleAsync();
        await clicks.PressFirstOfAsync(Card(screen, "Conflict"));
        await Expect(screen.Page).ToHaveURLAsync(new Regex("/failures/"));
        await Expect(screen.Page.Locator("h1")).ToBeFocusedAsync();
        await screen.SeesAsync("1 open letter");
        await clicks.PressAsync(screen.Button("Discard…"));
        await Expect(screen.Dialog.Scope.GetByRole(AriaRole.Combobox).First).ToBeFocusedAsync();
        await Keys.PressAsync(screen, "ArrowDown");
        await clicks.PressAsync(screen.Dialog.Button("Discard"));
        await screen.SeesAsync("0 open letters");
        clicks.AreAtMost(3);
        await SeesFocusAsync(screen);

        // The chain behind it goes by itself, in its order.
        await console.Outside.Sinks["orders"].HoldsAsync(TroubledConsole.Orders - 2).WaitAsync(Screen.Patience);
        Assert.Equal(
            [TroubledConsole.Asked + 2, TroubledConsole.LastBehind],
            console.Outside.Sinks["orders"].Items.Select(NumberOf).Where(number => number is >= TroubledConsole.Asked and <= TroubledConsole.LastBehind));

        // H: "where is order 8812?" The palette, the letter, replay and its confirmation.
        await screen.OpenAsync("/fleet/triage");
        clicks = new Clicks(screen, output, "where is the order", byKeys: true);
        await Keys.PressAsync(screen, "Control+k");
        await Expect(screen.Page.Locator("#palette-input")).ToBeFocusedAsync();
        await Keys.TypeAsync(screen, $"{TroubledConsole.Asked}");
        await Expect(screen.Page.GetByRole(AriaRole.Option, new() { NameRegex = new Regex($"^{TroubledConsole.Asked} ") })).ToHaveAttributeAsync("aria-selected", "true");
        await clicks.PressAsync("Enter");
        await screen.SeesPageAsync($"{TroubledConsole.Asked}");
        await screen.SeesAsync("1 attempt");
        await clicks.PressAsync(screen.Button("Replay…"));
        await clicks.PressAsync(screen.Dialog.Button("Start the replay"));
        await screen.SeesHeadingAsync("Delivered");
        clicks.AreAtMost(3);
        await SeesFocusAsync(screen);

        // All that is known of it stands in one list.
        await screen.OpenAsync($"/t/{TroubledConsole.Tenant}/records?key={TroubledConsole.Asked}");
        await screen.SeesAsync("Taken by the destination");
        await screen.SeesAsync("Set aside by run");

        await screen.OpenAsync(Home);
        await screen.SeesAsync("All 2 integrations keep their promises.");
    }

    /// <summary>One card that counts down; a probe for those who do not want to wait, and a way to let what waits go at a pace.</summary>
    private async Task SystemThatIsDownAsync(Screen screen)
    {
        console.Fill("orders", FirstNew, New);
        console.Fill("returns", FirstNew, New);
        console.Outside.Faults.Add(new Fault("/sink", FaultKind.Status) { Status = 503, RetryAfter = "3600" });
        console.Outside.Faults.Add(new Fault("/page/stock", FaultKind.Status) { Status = 503 });
        var letters = await AskAsync("select count(*) from dead_letter");
        await AskForARunAsync(screen, "orders-to-warehouse");

        // C: the card says that it heals itself, and when.
        await screen.OpenAsync(Home);
        var card = Card(screen, "System down");
        await Expect(card).ToContainTextAsync(new Regex("Heals itself, next probe in "));
        await Expect(card).ToContainTextAsync("Orders to warehouse");
        await AskForARunAsync(screen, "returns-to-warehouse");
        await screen.OpenAsync(Home);

        // A digit opens the card and starts nothing; Enter would.
        await Expect(card).ToContainTextAsync("2 integrations");
        await screen.Page.Keyboard.PressAsync("1");
        await Expect(card).ToBeFocusedAsync();
        await Expect(card.Locator("details").First).ToHaveAttributeAsync("open", "");
        await screen.Toasts.SeesNothingOfAsync("The probe");

        // Nobody has to do anything. Who does not want to wait asks, and is told that it is still down.
        var clicks = new Clicks(screen, output, "a system that was down");
        await clicks.PressAsync(card.GetByRole(AriaRole.Button, new() { Name = "Probe now" }));
        await screen.Toasts.SeesAsync("The probe failed");
        await Expect(card).ToContainTextAsync("Heals itself");

        // Whoever knows that it is back closes the circuit: what waited goes on one by one, the oldest first.
        console.Outside.Faults.Clear();
        await clicks.PressAsync(card.GetByRole(AriaRole.Link, new() { Name = "Close…" }));
        await screen.SeesHeadingAsync("Circuits and limits");
        await Expect(screen.Dialog.Field("Runs that wait: 2. They")).ToHaveValueAsync("10");
        await clicks.PressAsync(screen.Dialog.Button("Close and let the 2 held runs go"));
        await screen.Toasts.SeesAsync("The circuit of Warehouse is closed.");
        clicks.AreAtMost(3);
        await screen.OpenAsync($"/t/{TroubledConsole.Tenant}/runs");
        await SeesLatestRunSucceedAsync(screen, "Orders to warehouse");
        await SeesLatestRunSucceedAsync(screen, "Returns to warehouse");
        await screen.OpenAsync(Home);
        await Expect(card).ToHaveCountAsync(0);
        Assert.Equal(Enumerable.Range(FirstNew, New), Taken("orders"));
        Assert.Equal(Enumerable.Range(FirstNew, New), Taken("returns"));
        Assert.Equal(letters, await AskAsync("select count(*) from dead_letter"));
        Assert.Equal(1, await AskAsync("select count(*) from run r join sync_definition s on s.id = r.sync_id where s.slug = 'returns-to-warehouse' and r.state = 'Succeeded' and r.started_at >= (select max(o.started_at) from run o where o.sync_id <> r.sync_id)"));
    }

    /// <summary>Planned, and nobody is called; what waited catches up, and says so.</summary>
    private async Task MaintenanceAsync(Screen screen)
    {
        // I: maintenance tonight, which begins now.
        var now = TimeProvider.System.GetUtcNow();
        await Channel.AddAsync(screen, TroubledConsole.Tenant, "On call", $"{console.Outside.Address}/hook/{OnCall}");
        await screen.OpenAsync($"/t/{TroubledConsole.Tenant}/connections");
        await screen.FollowAsync("Shop");
        await screen.SeesPageAsync("Shop");
        var shop = screen.Path;
        var clicks = new Clicks(screen, output, "maintenance of a vendor");
        await clicks.PressAsync(screen.Button("Maintenance…"));
        await screen.Dialog.FillAsync("Day", now.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        await screen.Dialog.FillAsync("Begins at", now.ToString("HH:mm", CultureInfo.InvariantCulture));
        await screen.Dialog.SeesAsync("from now on");
        await clicks.PressAsync(screen.Dialog.Scope.GetByLabel("Hold runs"));
        await screen.Dialog.FillAsync("Reason", "The vendor asked");
        await clicks.PressAsync(screen.Dialog.Button("Save"));
        await screen.Toasts.SeesAsync("Runs wait for its end.");
        clicks.AreAtMost(3);

        // The vendor is away. What falls due waits, and what is wrong is written down and told to nobody.
        console.Outside.Faults.Add(new Fault("/page", FaultKind.Status) { Status = 503 });
        await screen.PressAsync("Test");
        await screen.SeesAsync("503");
        await AskForARunAsync(screen, "orders-to-warehouse");
        await screen.SeesAsync("Maintenance");
        await screen.OpenAsync($"/t/{TroubledConsole.Tenant}/alerts");
        await Expect(screen.Page.GetByText("alert of which nobody is told").First).ToBeVisibleAsync(new() { Timeout = 40_000 });
        await screen.SeesAsync(new Regex("^No active alerts"));
        console.Outside.Faults.Clear();

        // It is over: what waited goes, and for a quarter of an hour nobody is called still.
        await screen.OpenAsync($"/t/{TroubledConsole.Tenant}/alerts?tab=maintenance");
        await screen.SeesAsync("1 run waits.");
        await screen.PressAsync("End…");
        await screen.Dialog.PressAsync("End");
        await screen.SeesAsync("Catching up");
        await screen.OpenAsync($"/t/{TroubledConsole.Tenant}/runs");
        await SeesLatestRunSucceedAsync(screen, "Orders to warehouse");
        Assert.DoesNotContain(Told(), title => title.Contains("Shop", StringComparison.Ordinal));

        // Somebody tries the vendor once more, and it is well before the quarter of an hour is over.
        await screen.OpenAsync(shop);
        await screen.PressAsync("Test");
        await screen.SeesAsync("The test passed.");
        await screen.OpenAsync($"/t/{TroubledConsole.Tenant}/alerts");
        await screen.SeesAsync(new Regex("^No active alerts"));
        await Expect(screen.Page.GetByText("alert of which nobody is told")).ToHaveCountAsync(0, new() { Timeout = 40_000 });
        await console.Site.Server.RunAsync("console", "update maintenance_time set grace_until = now()");
        await screen.OpenAsync($"/t/{TroubledConsole.Tenant}/alerts?tab=maintenance");
        await screen.SeesAsync(new Regex("1 run waited for its end, and 1 alert was held back"));
        await screen.OpenAsync($"/t/{TroubledConsole.Tenant}/alerts?tab=channels");
        await screen.SeesAsync("Maintenance over: The vendor asked");
        Assert.DoesNotContain(Told(), title => title.Contains("Shop", StringComparison.Ordinal));
    }

    private List<string> Told() => [.. console.Outside.Hooks[OnCall].Select(hook =>
    {
        using var message = JsonDocument.Parse(hook.Body);
        return message.RootElement.GetProperty("title").GetString()!;
    })];

    private Task<long> AskAsync(string sql) => console.Site.Server.AskAsync<long>("console", sql);

    private IEnumerable<int> Taken(string list) => console.Outside.Sinks[list].Items.Select(NumberOf).Where(number => number >= FirstNew);

    private static int NumberOf(string item)
    {
        using var json = JsonDocument.Parse(item);
        return json.RootElement.GetProperty("id").GetInt32();
    }

    /// <summary>What was pressed may be gone; where one is on the page is not.</summary>
    private static Task<IJSHandle> SeesFocusAsync(Screen screen) => screen.Page.WaitForFunctionAsync("() => document.activeElement !== null && document.activeElement !== document.body");

    /// <summary>One may wait for the one before it, and that takes its time by design.</summary>
    private static Task SeesLatestRunSucceedAsync(Screen screen, string integration) =>
        Expect(screen.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = integration }).First).ToContainTextAsync("Succeeded", new() { Timeout = 30_000 });

    /// <summary>Asked for, and not waited for.</summary>
    private static async Task AskForARunAsync(Screen screen, string integration)
    {
        await screen.OpenAsync($"/t/{TroubledConsole.Tenant}/integrations/{integration}");
        await screen.PressAsync("Run now");
        await Expect(screen.Toasts.Link("Watch it")).ToBeVisibleAsync();
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
