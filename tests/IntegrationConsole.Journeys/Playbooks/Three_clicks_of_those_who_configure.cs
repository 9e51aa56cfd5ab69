using System.Text.Json;
using System.Text.RegularExpressions;
using IntegrationConsole.Journeys.Keyboard;
using IntegrationConsole.Journeys.Support;
using Microsoft.Playwright;
using OutsideWorld;
using Xunit.Abstractions;
using static Microsoft.Playwright.Assertions;

namespace IntegrationConsole.Journeys.Playbooks;

/// <summary>What goes wrong because of what somebody set, or set no more: a secret, a mapping, a value, a source that is empty.</summary>
public sealed class Three_clicks_of_those_who_configure(MisledConsole console, ITestOutputHelper output) : IClassFixture<MisledConsole>
{
    private const string At = $"/t/{MisledConsole.Tenant}";

    [Fact]
    public Task Each_is_mended_in_three_clicks() => Walk.AsAsync(console.Site, Site.Administrator, async screen =>
    {
        // It happens at night: until somebody looks, those on call are told.
        await Channel.AddAsync(screen, MisledConsole.Tenant, "On call", $"{console.Outside.Address}/hook/{MisledConsole.OnCall}");
        await RunAsync(screen, "stock-to-shop", "Failed");
        await BrokenMappingAsync(screen);
        await WrongCountryAsync(screen);
        await RevokedTokenAsync(screen);
        await NothingCameAsync(screen);
        await TooManyCallsAsync(screen);
        await ToldOnceAsync(screen);
    });

    /// <summary>A: a token that was revoked, and what could not be sent. Without a mouse.</summary>
    private async Task RevokedTokenAsync(Screen screen)
    {
        await screen.OpenAsync($"{At}/alerts");
        await Expect(screen.Page.GetByText("stock to shop").First).ToBeVisibleAsync(new() { Timeout = 40_000 });
        await screen.OpenAsync($"{At}/triage");
        var clicks = new Clicks(screen, output, "a token that was revoked", byKeys: true);
        var card = Card(screen, "Sign-in refused");
        await Expect(card).ToContainTextAsync("Needs you");
        await Expect(card).ToContainTextAsync($"{MisledConsole.Parked} dead letters");
        await Expect(card.GetByRole(AriaRole.Link, new() { Name = "Replace the credential" })).ToBeVisibleAsync();
        await clicks.PressFirstOfAsync(card);
        await Expect(screen.Page.Locator("h1")).ToBeFocusedAsync();
        await screen.SeesAsync("What waits for a new secret");

        // The vendor's consent, which nobody counts.
        await Keys.TabToAsync(screen, screen.Field("Token"));
        await Keys.TypeAsync(screen, SecureArea.BearerToken);
        await Keys.PressAsync(screen, "Enter");
        await screen.SeesAsync("Go on with the new secret");
        await clicks.PressAsync(screen.Link($"Replay {MisledConsole.Parked}…"));

        // Typing a reason is no click.
        await screen.SeesPageAsync("New replay");
        await screen.SeesAsync($"{MisledConsole.Parked} letters");
        await Keys.TabToAsync(screen, screen.Field("Reason"));
        await Keys.TypeAsync(screen, "The shop gave a new token");
        await Expect(screen.Button("Start the replay")).ToBeEnabledAsync();
        await clicks.PressAsync("Control+Enter");
        await screen.SeesPageAsync("Replay");
        var stages = screen.Page.GetByRole(AriaRole.List, new() { Name = "Stages" }).GetByRole(AriaRole.Listitem);
        await Expect(stages).ToHaveTextAsync(["1 through", "10 through", "100 through", "the rest through"], new() { Timeout = 30_000 });
        await Expect(screen.Figure("Delivered")).ToHaveTextAsync($"{MisledConsole.Parked}");
        clicks.AreAtMost(3);
        Assert.Equal(Enumerable.Range(1, MisledConsole.Stock), console.Outside.Sinks["stock"].Items.Select(NumberOf).Order());

        // The proof is kept: the console itself says that the group is over.
        await screen.OpenAsync($"{At}/failures/{await console.Site.Server.AskAsync<Guid>("console", "select id from failure_group where cause = 'Auth'")}");
        await screen.SeesAsync("Resolved by the console");
        await screen.SeesAsync($"{MisledConsole.Parked} letters were delivered, none is left");

        // Its schedule runs it again, and there is nothing new.
        console.Empty("stock");
        await RunAsync(screen, "stock-to-shop", "Succeeded");
        await screen.OpenAsync($"{At}/triage");
        await Expect(card).ToHaveCountAsync(0);
    }

    /// <summary>Of the token: one alert, and one word that it is over.</summary>
    private async Task ToldOnceAsync(Screen screen)
    {
        await screen.OpenAsync($"{At}/alerts?tab=channels");
        await Expect(screen.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "Recovered: integration stock to shop" })).ToContainTextAsync("Sent", new() { Timeout = 60_000 });
        var told = console.Outside.Hooks[MisledConsole.OnCall].Select(hook => JsonDocument.Parse(hook.Body).RootElement)
            .Where(message => message.GetProperty("affected").EnumerateArray().Any(name => name.GetString() == "stock to shop")).ToList();
        Assert.Equal(["alert", "recovery"], told.Select(message => message.GetProperty("kind").GetString()));
    }

    /// <summary>B: a version of a mapping that breaks a field.</summary>
    private async Task BrokenMappingAsync(Screen screen)
    {
        await RunAsync(screen, "orders-to-books", "Done, some set aside");
        await screen.OpenAsync($"{At}/triage");
        var clicks = new Clicks(screen, output, "a mapping that broke a field");
        await clicks.PressAsync(Card(screen, "orders to books").GetByRole(AriaRole.Link, new() { Name = "Open mapping at code" }));
        await screen.SeesAsync("12 letters at code");
        await clicks.PressAsync(screen.Button("Roll back to v1"));
        await screen.SeesAsync("Version 3, with the content of version 1, is published.");
        await clicks.PressAsync(screen.Button("Dry run 5 and replay"));
        await screen.SeesAsync("5 tried before, and all pass the mapping");
        clicks.AreAtMost(3);
        await Expect(screen.Page.GetByText("12 letters were delivered.").First).ToBeVisibleAsync(new() { Timeout = 60_000 });

        // The proof is kept: the group is over, and is watched.
        await screen.OpenAsync($"{At}/failures?state=resolved");
        await screen.Page.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("code") }).First.ClickAsync();
        await screen.SeesAsync("Fixed in mapping v3: 12 letters were delivered, none is left");
    }

    /// <summary>G: records with a country that the destination does not know.</summary>
    private async Task WrongCountryAsync(Screen screen)
    {
        await RunAsync(screen, "parcels-to-carrier", "Done, some set aside");
        await screen.OpenAsync($"{At}/triage");
        var clicks = new Clicks(screen, output, "records with a wrong country");
        await clicks.PressAsync(Card(screen, "parcels to carrier").GetByRole(AriaRole.Link, new() { Name = "Open the group" }));
        await clicks.PressAsync(screen.Row("XK").Link("Replay with another value…"));
        await Expect(screen.Page.GetByLabel("Value", new() { Exact = true })).ToBeFocusedAsync();
        await screen.Page.Keyboard.TypeAsync("RS");
        await screen.FillAsync("Reason", "The carrier calls it RS");
        await clicks.PressAsync(screen.Button("Start the replay"));
        await Expect(screen.Page.GetByText("8 letters were delivered.").First).ToBeVisibleAsync(new() { Timeout = 60_000 });
        clicks.AreAtMost(3);
        Assert.Equal(MisledConsole.WithWrongCountry, console.Outside.Sinks["parcels"].Items.Count(item => item.Contains("\"RS\"", StringComparison.Ordinal)));
    }

    /// <summary>F: a run that succeeded and brought nothing.</summary>
    private async Task NothingCameAsync(Screen screen)
    {
        await RunAsync(screen, "clients-to-list", "Succeeded");
        for (var run = 2; run <= 5; run++)
        {
            await RunAgainAsync(screen, run);
        }

        console.Empty("clients");
        await RunAgainAsync(screen, 6);
        await RunAgainAsync(screen, 7);
        await screen.OpenAsync($"{At}/triage");
        var clicks = new Clicks(screen, output, "a run that brought nothing");
        await clicks.PressAsync(Card(screen, "Unusual volume").GetByRole(AriaRole.Link, new() { Name = "Open the run" }));
        await clicks.PressAsync(screen.Page.GetByRole(AriaRole.Link, new() { Name = "Compare with last good" }));
        await screen.SeesAsync("Beside the last good run");
        await screen.Row("Read").SeesAsync("0 %");
        console.Fill("clients");
        await clicks.PressAsync(screen.Button("Run again"));
        await screen.SeesHeadingAsync("Run 8 of clients to list");
        await screen.SeesHeadingAsync("Succeeded");
        clicks.AreAtMost(3);
        await screen.OpenAsync($"{At}/triage");
        await Expect(Card(screen, "Unusual volume")).ToHaveCountAsync(0);
    }

    /// <summary>E: a system that says that it is called too often.</summary>
    private async Task TooManyCallsAsync(Screen screen)
    {
        console.Outside.Faults.Add(new Fault("/page/visits", FaultKind.Status) { Status = 429, RetryAfter = "600" });
        await screen.OpenAsync($"{At}/integrations/visits-to-archive");
        await screen.PressAsync("Run now");
        await screen.Toasts.SeesAsync("The run starts now.");
        await screen.OpenAsync($"{At}/triage");
        var clicks = new Clicks(screen, output, "too many calls");
        await clicks.PressAsync(Card(screen, "Rate limit").GetByRole(AriaRole.Link, new() { Name = "Slow down…" }));
        await clicks.PressAsync(screen.Dialog.Button("Apply 30 % share"));
        await screen.SeesAsync("take 30 % of the calls");
        clicks.AreAtMost(3);
        console.Outside.Faults.Clear();
    }

    private static int NumberOf(string item)
    {
        using var json = JsonDocument.Parse(item);
        return json.RootElement.GetProperty("id").GetInt32();
    }

    private static ILocator Card(Screen screen, string words) =>
        screen.Page.Locator("article.cause", new() { Has = screen.Page.GetByRole(AriaRole.Heading, new() { NameRegex = new Regex(Regex.Escape(words), RegexOptions.IgnoreCase) }) });

    private static async Task RunAsync(Screen screen, string integration, string ends)
    {
        await screen.OpenAsync($"{At}/integrations/{integration}");
        await screen.PressAsync("Run now");
        await screen.Toasts.FollowAsync("Watch it");
        await screen.SeesHeadingAsync(ends);
    }

    private static async Task RunAgainAsync(Screen screen, int number)
    {
        await screen.PressAsync("Run again");
        await screen.SeesHeadingAsync($"Run {number} of");
        await screen.SeesHeadingAsync("Succeeded");
    }
}
