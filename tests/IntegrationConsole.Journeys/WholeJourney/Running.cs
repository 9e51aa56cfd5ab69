using System.Globalization;
using System.Text.RegularExpressions;
using IntegrationConsole.Journeys.Support;
using static Microsoft.Playwright.Assertions;

namespace IntegrationConsole.Journeys.WholeJourney;

/// <summary>A run is started by hand and watched.</summary>
internal static class Running
{
    /// <summary>While the shop is slow, the figures grow before one's eyes.</summary>
    public static async Task WatchAsync(Screen screen, Shop shop)
    {
        shop.Slow(TimeSpan.FromMilliseconds(1500));
        await screen.Toasts.FollowAsync("To the integration");
        await screen.SeesPageAsync(Mapping.Integration);
        await screen.PressAsync("Run now");
        await screen.Toasts.FollowAsync("Watch it");
        await screen.SeesHeadingAsync("Running");
        await Expect(screen.Figure("Read")).Not.ToHaveTextAsync("0");
        var first = await ReadAsync(screen);
        await Expect(screen.Figure("Read")).Not.ToHaveTextAsync($"{first}");
        Assert.True(await ReadAsync(screen) > first);
        await Expect(screen.Figure("Time left")).ToHaveTextAsync(new Regex(@"\d+(\.\d)? (ms|s)"));
        await Expect(screen.Figure("Rate")).ToHaveTextAsync(new Regex(@"\d"));
        shop.Hurry();
        await screen.SeesHeadingAsync("Done, some set aside");
    }

    public static async Task SeeWhatWasSetAsideAsync(Screen screen)
    {
        await Expect(screen.Figure("Read")).ToHaveTextAsync($"{Shop.Customers}");
        await Expect(screen.Figure("Written")).ToHaveTextAsync($"{Shop.Customers - Shop.Spoilt}");
        await screen.SeesAsync("The run balances:");
        var causes = screen.Region("Set aside, by cause");
        await Expect(causes.RowOf("Reference missing").Scope).ToContainTextAsync($"{Shop.FromAtlantis.Length}");
        await Expect(causes.RowOf("Conflict").Scope).ToContainTextAsync("1");
        await Expect(causes.RowOf("Mapping").Scope).ToContainTextAsync("1");
        await Expect(causes.RowOf("Not accepted").Scope).ToContainTextAsync("2");
    }

    private static async Task<int> ReadAsync(Screen screen) => int.Parse(await screen.Figure("Read").InnerTextAsync(), NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
}
