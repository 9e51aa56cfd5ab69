using System.Text.RegularExpressions;
using IntegrationConsole.Journeys.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace IntegrationConsole.Journeys.Keyboard;

[Collection(SampleConsole.Collection)]
public sealed class Without_a_mouse(SampleConsole console)
{
    private const string Home = $"/t/{SampleConsole.Tenant}";

    [Fact]
    public Task The_palette_goes_anywhere_from_anywhere() => Walk.AsAsync(console.Site, Site.Administrator, async screen =>
    {
        await screen.OpenAsync(Home);
        var palette = screen.Page.GetByRole(AriaRole.Combobox, new() { Name = "Go to" });
        await Keys.PressAsync(screen, "Control+k");
        await Expect(palette).ToBeFocusedAsync();
        await Keys.TypeAsync(screen, "no such thing");
        await screen.Dialog.SeesAsync("Nothing found for “no such thing”.");

        await Keys.PressAsync(screen, "Control+a");
        await Keys.TypeAsync(screen, "credential");
        await Expect(Option(screen, "Credentials")).ToHaveAttributeAsync("aria-selected", "true");
        await Keys.PressAsync(screen, "ArrowDown");
        await Expect(Option(screen, "New credential")).ToHaveAttributeAsync("aria-selected", "true");
        await Keys.PressAsync(screen, "ArrowUp");
        await Keys.PressAsync(screen, "Enter");
        await screen.ArrivesAtAsync($"{Home}/credentials");
        await Expect(screen.Dialog.Scope).ToBeHiddenAsync();
        await Expect(screen.Page.Locator("h1")).ToBeFocusedAsync();

        var button = screen.Page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^Go to") });
        await Keys.TabToAsync(screen, button);
        await Keys.PressAsync(screen, "Enter");
        await Expect(palette).ToBeFocusedAsync();
        await Keys.PressAsync(screen, "Escape");
        await Expect(screen.Dialog.Scope).ToBeHiddenAsync();
        await Expect(button).ToBeFocusedAsync();

        // As fast as one can.
        await Keys.PressAsync(screen, "Control+k");
        await Keys.TypeAsync(screen, $"{SampleConsole.UnknownArea}/Mahe");
        await Keys.PressAsync(screen, "Enter");
        await screen.SeesHeadingAsync($"{SampleConsole.UnknownArea}/Mahe");

        // A command by its word and a name: it has the focus once its page stands, and nothing has happened yet.
        await Keys.PressAsync(screen, "Control+k");
        await Keys.TypeAsync(screen, "pause zones");
        await Keys.PressAsync(screen, "Enter");
        await Expect(screen.Button("Pause…")).ToBeFocusedAsync();
        await Keys.PressAsync(screen, "Enter");
        await Expect(screen.Dialog.Scope).ToBeVisibleAsync();
        await Keys.PressAsync(screen, "Escape");
        await Expect(screen.Dialog.Scope).ToBeHiddenAsync();
    });

    [Fact]
    public Task A_link_that_shows_itself_to_the_keyboard_skips_the_navigation() => Walk.AsAsync(console.Site, Site.Administrator, async screen =>
    {
        await screen.OpenAsync($"{Home}/connections");
        var skip = screen.Link("Skip to the content");
        await Keys.TabToAsync(screen, skip);
        var box = await skip.BoundingBoxAsync();
        Assert.True(box is { X: >= 0, Y: >= 0, Width: > 50, Height: > 15 }, "The link is not to be seen.");
        await Keys.PressAsync(screen, "Enter");
        await Expect(screen.Page.GetByRole(AriaRole.Main)).ToBeFocusedAsync();
        await Keys.PressAsync(screen, "Tab");
        Assert.True(await screen.Page.EvaluateAsync<bool>("document.activeElement.closest('main') !== null"), "The next stop is outside of the content.");
    });

    [Fact]
    public Task A_theme_once_chosen_stays() => Walk.AsAsync(console.Site, Site.Administrator, async screen =>
    {
        await screen.OpenAsync(Home);
        foreach (var (now, then) in new[] { ("system", "light"), ("light", "dark") })
        {
            await Keys.TabToAsync(screen, screen.Button($"Theme: {now}. Change it"));
            await Keys.PressAsync(screen, "Enter");
            await Expect(screen.Button($"Theme: {then}. Change it")).ToBeFocusedAsync();
            await Expect(screen.Page.Locator("html")).ToHaveAttributeAsync("data-theme", then);
        }

        await screen.Page.ReloadAsync();
        await Expect(screen.Button("Theme: dark. Change it")).ToBeVisibleAsync();
        await Expect(screen.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        await Expect(screen.Page.Locator("body")).ToHaveCSSAsync("background-color", new Regex(@"rgb\((\d|[1-4]\d), "));
    });

    [Fact]
    public Task A_letter_is_corrected_and_replayed() => Walk.AsAsync(console.Site, Site.Administrator, async screen =>
    {
        const string zone = $"{SampleConsole.UnknownArea}/Maldives";
        await screen.OpenAsync($"{Home}/dead-letters");
        await Keys.TabToAsync(screen, screen.Link(zone));

        // Beside the list first: Enter again goes into it, Esc closes it and comes back to the row.
        var beside = screen.Page.GetByRole(AriaRole.Complementary, new() { Name = $"{zone}, beside the list" });
        await Keys.PressAsync(screen, "Enter");
        await Expect(beside).ToBeVisibleAsync();
        await Keys.PressAsync(screen, "j");
        await Expect(beside).ToBeHiddenAsync();
        await Keys.PressAsync(screen, "k");
        await Expect(beside.GetByText("\"area\"")).ToBeVisibleAsync();
        await Keys.PressAsync(screen, "Enter");
        await Expect(beside.GetByRole(AriaRole.Heading)).ToBeFocusedAsync();
        await Keys.PressAsync(screen, "Escape");
        await Expect(beside).ToBeHiddenAsync();
        await Expect(screen.Link(zone)).ToBeFocusedAsync();
        await Keys.PressAsync(screen, "Enter");
        await Expect(beside).ToBeVisibleAsync();
        await screen.Page.GoBackAsync();
        await Expect(beside).ToBeHiddenAsync();
        await screen.Link(zone).FocusAsync();
        await Keys.PressAsync(screen, "Shift+Enter");
        await screen.SeesPageAsync(zone);

        await Keys.TabToAsync(screen, screen.Button("Edit"));
        await Keys.PressAsync(screen, "Enter");
        var record = screen.Field("Corrected record");
        await Expect(record).ToBeFocusedAsync();
        var corrected = Regex.Replace(await record.InputValueAsync(), "\"area\": \"[^\"]*\"", "\"area\": \"Asia\"");
        await Keys.PressAsync(screen, "Control+a");
        await Keys.TypeAsync(screen, corrected);
        await screen.SeesAsync("It passes the mapping now.");
        await Keys.TabToAsync(screen, screen.Button("Save the correction"));
        await Keys.PressAsync(screen, "Enter");
        await Expect(screen.Page.GetByRole(AriaRole.Heading, new() { Name = "The record" })).ToBeFocusedAsync();

        await Keys.TabToAsync(screen, screen.Button("Replay…"));
        await Keys.PressAsync(screen, "Enter");
        await Keys.TabToAsync(screen, screen.Dialog.Button("Start the replay"));
        await Keys.PressAsync(screen, "Enter");
        await screen.SeesHeadingAsync("Delivered");
        await Expect(screen.Page.Locator("h1")).ToBeFocusedAsync();
    });

    private static ILocator Option(Screen screen, string name) => screen.Page.GetByRole(AriaRole.Option).Filter(new() { HasText = name }).First;
}
