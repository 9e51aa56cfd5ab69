using System.Text.RegularExpressions;
using IntegrationConsole.Journeys.Support;
using static Microsoft.Playwright.Assertions;

namespace IntegrationConsole.Journeys.WholeJourney;

/// <summary>From two connections to a published mapping.</summary>
internal static class Mapping
{
    public const string Integration = "Customers to warehouse";

    public static async Task AddLookupAsync(Screen screen)
    {
        await screen.GoAsync("Lookup tables");
        await screen.FollowAsync("Make a table");
        await screen.SeesPageAsync("New lookup table");
        await screen.FillAsync("Name", "Countries");
        await screen.FillAsync("Rows", "DE;Germany\nFR;France\nDE;Deutschland");
        await screen.SeesProblemAsync("Rows", "DE");
        await screen.FillAsync("Rows", "DE;Germany\nFR;France");
        await screen.SeesAsync("2 rows");
        await screen.PressAsync("Save");
        await screen.SeesAsync("Countries is saved with 2 rows.");
        await screen.SeesHeadingAsync("Countries");
        await screen.ArrivesAtAsync(new Regex("/t/north-wind/lookups/[0-9a-f-]{36}$"));
    }

    public static async Task CreateIntegrationAsync(Screen screen)
    {
        await screen.GoAsync("Integrations");
        await screen.FollowAsync("Create an integration");
        await screen.SeesPageAsync("New integration");
        var from = screen.Group("1. From");
        await from.ChooseAsync("Source connection", "Shop");
        await Expect(from.Field("Stream")).ToHaveValueAsync("customers");
        var to = screen.Group("2. To");
        await to.ChooseAsync("Destination connection", "Warehouse");
        await Expect(to.Field("Stream")).ToHaveValueAsync(new Regex("customer$"));
        await screen.SeesAsync("fields found their source by name");
        await Expect(screen.Group("3. Key").Field("id")).ToBeCheckedAsync();
        await ChooseTimesAsync(screen);
        await screen.FillAsync("Name of the integration", Integration);
        await screen.PressAsync("Create and open the mapping");
        await screen.SeesHeadingAsync($"Mapping of {Integration}");
    }

    private static async Task ChooseTimesAsync(Screen screen)
    {
        await screen.ChooseAsync("Runs", "at set times (crontab)");
        await screen.FillAsync("Crontab expression", "0 5 31 2 *");
        await screen.SeesProblemAsync("Crontab expression", "This never comes: check the day and the month.");
        await screen.FillAsync("Crontab expression", "30 6 * * 1-5");
        var times = screen.Group("4. When");
        await times.SeesAsync("When clocks go forward");
        await times.SeesAsync("(Europe/Berlin)");
        Assert.Equal(5, Regex.Count(await times.Scope.InnerTextAsync(), @"\b(Mon|Tue|Wed|Thu|Fri) \d+ \w+ 06:30"));
    }

    /// <summary>Each keystroke shows what becomes of a real record.</summary>
    public static async Task DrawMappingAsync(Screen screen)
    {
        await screen.SeesAsync("Record 1 of 50");
        await screen.FillAsync("Source of name", "{firstName} {lastName}");
        await screen.ChooseAsync("Origin of name", "text with values");
        await Expect(Row(screen, "name").Scope).ToContainTextAsync("Ida Nord 1");

        await screen.ChooseAsync("Type of email", "integer");
        await Expect(Row(screen, "email").Scope).ToContainTextAsync("is not an integer");
        await screen.SeesAsync("0 of 50 sample records pass");
        await screen.ChooseAsync("Type of email", "text");
        await Expect(Row(screen, "email").Scope).ToContainTextAsync("customer1@example.com");

        await screen.PressAsync("Conversion of country");
        await screen.ChooseAsync("Look up in", "Countries");
        await Expect(Row(screen, "country").Scope).ToContainTextAsync("France");
        await screen.SeesAsync("41 of 50 sample records pass");
        await screen.PressAsync("Conversion of country");

        await screen.PressAsync("+ level");
        await screen.FillAsync("Source of level", "loyalty.level");
        await screen.PressAsync("Conversion of level");
        await screen.FillAsync("If there is no value", "basic");
        await Expect(Row(screen, "level").Scope).ToContainTextAsync("basic");
    }

    public static async Task PublishAsync(Screen screen)
    {
        await screen.PressAsync("Publish…");
        await screen.Dialog.SeesAsync("9 of 50 sample records do not pass");
        await screen.Dialog.SeesAsync(new Regex("level"));
        await screen.Dialog.FillAsync("Reason", "First version");
        await screen.Dialog.PressAsync("Publish");
        await screen.SeesAsync("Version 1 is published.");
        await screen.SeesAsync("runs use v1");
    }

    private static Part Row(Screen screen, string field) =>
        new(screen.Scope.Locator(".field-row", new() { Has = screen.Page.GetByLabel($"Type of {field}", new() { Exact = true }) }));
}
