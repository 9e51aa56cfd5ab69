using System.Text.RegularExpressions;
using IntegrationConsole.Journeys.Support;
using IntegrationConsole.Journeys.WholeJourney;
using Shop = IntegrationConsole.Journeys.WholeJourney.Shop;
using static Microsoft.Playwright.Assertions;

namespace IntegrationConsole.Journeys.Interruptions;

public sealed class The_power_fails
{
    private const string Operator = "otto@example.com";

    /// <summary>Some pages of the source are written by then, and most are not.</summary>
    private static readonly Regex MoreThanHundred = new(@"^[1-3]\d\d$");

    [Fact]
    public async Task In_the_middle_of_a_run_and_everything_goes_on_when_it_is_back()
    {
        // The customer's database lies in the same server, and is to be found at the same port afterwards.
        await using var console = await ConsoleProcess.StartAsync();
        await using var site = new Site(console);
        await using var shop = await Shop.OpenAsync(site);

        await Walk.AsAsync(site, null, async screen =>
        {
            await SetUpAsync(screen, site, shop);
            shop.Slow(TimeSpan.FromMilliseconds(600));
            await screen.OpenAsync("/t/north-wind/integrations/customers-to-warehouse");
            await screen.PressAsync("Run now");
            await screen.Toasts.FollowAsync("Watch it");
            await Expect(screen.Figure("Read")).ToHaveTextAsync(MoreThanHundred);

            await console.KillTogetherWithAsync(site.Server.ProcessIds);
            shop.Hurry();
            await console.StartAsync();

            // The page comes back by itself, and the run comes to its end without anybody's help.
            // First the node that is gone must be given up, and the database be ready for what is written to it.
            await screen.SeesHeadingAsync(new Regex("Run 1 of .* Done, some set aside", RegexOptions.Singleline), TimeSpan.FromMinutes(1));
            await screen.SeesAsync("The run balances:");
            Assert.Equal(Arrived(), await site.Server.AskAsync<string>(Shop.Database, "select string_agg(id::text, ',' order by id) from customer"));

            await screen.GoAsync("Dead letters");
            await screen.SeesAsync($"{Shop.Spoilt} open letters");
            await screen.GoAsync("People");
            await Expect(screen.Row(Operator).Scope).ToContainTextAsync("Operator");
            await screen.GoAsync("Audit");
            await screen.PressAsync("Verify the trail");
            await screen.SeesAsync("entries follow one another unbroken.");
        }, noise: true);
    }

    private static async Task SetUpAsync(Screen screen, Site site, Shop shop)
    {
        await SettingUp.ChooseFirstPasswordAsync(screen, site.Console.WelcomeLink);
        await SettingUp.CreateTenantAsync(screen);
        await SettingUp.AddCredentialAsync(screen);
        await SettingUp.AddSourceAsync(screen, shop);
        await SettingUp.AddDestinationAsync(screen, site);
        await Mapping.AddLookupAsync(screen);
        await Mapping.CreateIntegrationAsync(screen);
        await Mapping.DrawMappingAsync(screen);
        await Mapping.PublishAsync(screen);
        await site.InviteAsync(Operator, "north-wind", "Operator");
    }

    /// <summary>Every customer but those that are spoilt.</summary>
    private static string Arrived() => string.Join(',', Enumerable.Range(1, Shop.Customers)
        .Except([.. Shop.FromAtlantis, Shop.WithoutEmail, Shop.WithoutCredit, Shop.WithLongName, Shop.WithTakenEmail]));
}
