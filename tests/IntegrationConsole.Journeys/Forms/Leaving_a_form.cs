using IntegrationConsole.Journeys.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace IntegrationConsole.Journeys.Forms;

/// <summary>What was typed is never lost without a question, and nobody is asked who has nothing to lose.</summary>
[Collection(SampleConsole.Collection)]
public sealed class Leaving_a_form(SampleConsole console)
{
    private const string Home = $"/t/{SampleConsole.Tenant}";
    private const string Question = "Leave without saving?";

    [Theory]
    [InlineData("integrations/regions-to-database/mapping", "Source of label")]
    [InlineData("integrations/regions-to-database/edit", "Name of the integration")]
    [InlineData("integrations/new", "Name of the integration")]
    [InlineData("lookups/new", "Name")]
    public Task It_is_asked_about_and_both_answers_are_followed(string page, string field) => WalkAsync(async screen =>
    {
        await screen.OpenAsync($"{Home}/{page}");
        await StayAndLeaveAsync(screen, $"{Home}/{page}", field);
    });

    [Fact]
    public Task A_connection_is_asked_about_and_both_answers_are_followed() => WalkAsync(async screen =>
    {
        await screen.OpenAsync($"{Home}/connections");
        await screen.FollowAsync("Sample database");
        await screen.SeesPageAsync("Sample database");
        await StayAndLeaveAsync(screen, screen.Path, "Name");
    });

    [Fact]
    public Task A_form_that_was_only_looked_at_and_one_that_is_saved_are_left_without_a_question() => WalkAsync(async screen =>
    {
        await screen.OpenAsync($"{Home}/connections");
        await screen.FollowAsync("Sample database");
        await screen.SeesHeadingAsync("Sample database");
        await screen.GoAsync("Integrations");
        await screen.ArrivesAtAsync($"{Home}/integrations");

        await screen.OpenAsync($"{Home}/integrations/regions-to-database/edit");
        await screen.FillAsync("Name of the integration", "Regions to database ");
        await screen.PressAsync("Save");
        await screen.ArrivesAtAsync($"{Home}/integrations/regions-to-database");
    });

    [Fact]
    public Task The_browser_asks_before_the_page_itself_is_thrown_away() => WalkAsync(async screen =>
    {
        var asked = new List<string>();
        screen.Page.Dialog += async (_, dialog) =>
        {
            asked.Add(dialog.Type);
            await dialog.AcceptAsync();
        };
        await screen.OpenAsync($"{Home}/integrations/new");
        await screen.Page.ReloadAsync();
        Assert.Empty(asked);

        // The page is back, and has given the focus to its heading.
        await screen.SeesPageAsync("New integration");
        await TypeAsync(screen, "Name of the integration");
        await Expect(screen.Page.Locator("[data-unsaved]")).ToHaveCountAsync(1);
        await screen.Page.ReloadAsync();
        Assert.Equal([DialogType.BeforeUnload], asked);
    });

    private static async Task StayAndLeaveAsync(Screen screen, string page, string field)
    {
        var before = await screen.Field(field).InputValueAsync();
        await TypeAsync(screen, field);

        await screen.GoAsync("Runs");
        await screen.Dialog.SeesAsync(Question);
        await screen.Dialog.PressAsync("Stay here");
        await Expect(screen.Dialog.Scope).ToBeHiddenAsync();
        await screen.ArrivesAtAsync(page);
        await Expect(screen.Field(field)).ToHaveValueAsync($"{before}x");

        await screen.GoAsync("Runs");
        await screen.Dialog.PressAsync("Leave");
        await screen.ArrivesAtAsync($"{Home}/runs");
    }

    /// <summary>Leaves the field too, as somebody does who goes for a link.</summary>
    private static async Task TypeAsync(Screen screen, string field)
    {
        await screen.Field(field).PressAsync("End");
        await screen.Field(field).PressSequentiallyAsync("x");
        await screen.Field(field).BlurAsync();
    }

    private Task WalkAsync(Func<Screen, Task> walk) => Walk.AsAsync(console.Site, Site.Administrator, walk);
}
