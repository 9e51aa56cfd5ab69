using IntegrationConsole.Journeys.Support;
using static Microsoft.Playwright.Assertions;

namespace IntegrationConsole.Journeys.Keyboard;

[Collection(SampleConsole.Collection)]
public sealed class Single_keys(SampleConsole console)
{
    private const string Home = $"/t/{SampleConsole.Tenant}";

    [Fact]
    public Task They_go_through_rows_and_pages_and_do_nothing_once_they_are_off() => Walk.AsAsync(console.Site, Site.Administrator, async screen =>
    {
        await screen.OpenAsync($"{Home}/runs");
        var rows = screen.Page.Locator("main tbody a.row-link");
        await Expect(rows.Nth(1)).ToBeVisibleAsync();
        await Keys.PressAsync(screen, "j");
        await Expect(rows.First).ToBeFocusedAsync();
        await Keys.PressAsync(screen, "j");
        await Expect(rows.Nth(1)).ToBeFocusedAsync();
        await Keys.PressAsync(screen, "k");
        await Expect(rows.First).ToBeFocusedAsync();

        await Keys.PressAsync(screen, "g");
        await Keys.PressAsync(screen, "m");
        await screen.SeesHeadingAsync("Metrics");
        await Keys.PressAsync(screen, "?");
        await Expect(screen.Dialog.Button("Close")).ToBeFocusedAsync();
        await Keys.PressAsync(screen, "Escape");
        await Expect(screen.Dialog.Scope).ToBeHiddenAsync();

        // On triage a letter acts on the card that a digit opened, and what it did is taken back by the next.
        await Keys.PressAsync(screen, "g");
        await Keys.PressAsync(screen, "t");
        await Expect(screen.Page.Locator("article.cause[data-card='1']")).ToBeVisibleAsync();
        await Keys.PressAsync(screen, "1");
        await Keys.PressAsync(screen, "a");
        await screen.Toasts.SeesAsync("It is yours");
        await Keys.PressAsync(screen, "u");
        await screen.Toasts.SeesAsync("Taken back.");

        await screen.OpenAsync("/me");
        await screen.Page.GetByLabel("Single keys act on pages").UncheckAsync();
        await screen.Toasts.SeesAsync("Single keys do nothing any more.");
        await screen.OpenAsync($"{Home}/runs");
        await Expect(rows.First).ToBeVisibleAsync();
        await Keys.PressAsync(screen, "j");
        await Keys.PressAsync(screen, "?");
        await Expect(screen.Page.Locator("h1")).ToBeFocusedAsync();
        await Expect(screen.Dialog.Scope).ToBeHiddenAsync();
    });
}
