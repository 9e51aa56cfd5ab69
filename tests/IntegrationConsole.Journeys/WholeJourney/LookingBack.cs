using IntegrationConsole.Journeys.Support;
using static Microsoft.Playwright.Assertions;

namespace IntegrationConsole.Journeys.WholeJourney;

/// <summary>The shop is repaired, everything runs again, and the pages that show it follow by themselves.</summary>
internal static class LookingBack
{
    /// <summary>Three tabs that nobody touches.</summary>
    public static async Task RunAgainAsync(Screen screen, Shop shop)
    {
        var overview = await screen.OpenTabAsync("/t/north-wind");
        var health = await screen.OpenTabAsync("/t/north-wind/health");
        var fleet = await screen.OpenTabAsync("/fleet");
        await Expect(overview.Figure("Open dead letters")).ToHaveTextAsync("2");
        await Expect(health.RowOf(Mapping.Integration).Link("2")).ToBeVisibleAsync();
        await Expect(fleet.RowOf("North Wind").Scope).ToContainTextAsync("Degraded");

        shop.Repair();
        await screen.GoAsync("Integrations");
        await screen.SeesPageAsync("Integrations");
        await screen.FollowAsync(Mapping.Integration);
        await screen.SeesPageAsync(Mapping.Integration);
        await screen.PressAsync("Run now");
        await screen.Toasts.FollowAsync("Watch it");
        await screen.SeesHeadingAsync("Succeeded");
        await Expect(screen.Figure("Written")).ToHaveTextAsync($"{Shop.Spoilt - 1}");
        await Expect(screen.Figure("Unchanged")).ToHaveTextAsync($"{Shop.Customers - Shop.Spoilt + 1}");

        await Expect(overview.Figure("Open dead letters")).ToHaveTextAsync("0");
        await Expect(health.RowOf(Mapping.Integration).Scope).ToContainTextAsync("Healthy");
        await Expect(fleet.RowOf("North Wind").Scope).ToContainTextAsync("Healthy");
        foreach (var tab in (Screen[])[overview, health, fleet])
        {
            await tab.Page.CloseAsync();
        }

        // Replays are runs too: two of them went before.
        await screen.PressAsync("Run again");
        await screen.SeesHeadingAsync("Run 5 of");
        await screen.SeesHeadingAsync("Succeeded");
        await Expect(screen.Figure("Unchanged")).ToHaveTextAsync($"{Shop.Customers}");
        await screen.SeesAsync($"{Shop.Customers} read = 0 written + {Shop.Customers} unchanged");
    }

    public static async Task RollBackAsync(Screen screen)
    {
        await screen.FollowAsync("The integration");
        await screen.SeesPageAsync(Mapping.Integration);
        await screen.Link("Mapping").First.ClickAsync();
        await screen.Region("Versions").Row("First version").PressAsync("Roll back to it…");
        await screen.Dialog.PressAsync("Roll back");
        await screen.SeesAsync("Version 3, with the content of version 1, is published.");
        await screen.SeesAsync("runs use v3");
    }

    public static async Task ReadAuditAsync(Screen screen)
    {
        await screen.GoAsync("Audit");
        await screen.PressAsync("Verify the trail");
        await screen.SeesAsync("entries follow one another unbroken.");
        foreach (var (what, name) in Deeds)
        {
            await Expect(screen.Row(what).Scope.Filter(new() { HasText = name }).First).ToBeVisibleAsync();
        }
    }

    private static readonly (string What, string Name)[] Deeds =
    [
        ("roll back", Mapping.Integration), ("run", Mapping.Integration), ("discard", $"{Shop.WithoutCredit}"), ("restore", $"{Shop.WithoutCredit}"), ("replay", "The mapping was corrected"), ("edit", "40"),
        ("publish", "Unknown countries pass"), ("create", Mapping.Integration), ("create", "Countries"), ("test", "Warehouse"), ("create", "Shop key"), ("change", "Shop key"),
    ];
}
