using System.Text.RegularExpressions;
using IntegrationConsole.Journeys.Support;
using static Microsoft.Playwright.Assertions;

namespace IntegrationConsole.Journeys.WholeJourney;

/// <summary>From the first link to two connections that pass their tests, with the mistakes that people make.</summary>
internal static class SettingUp
{
    public static async Task ChooseFirstPasswordAsync(Screen screen, string link)
    {
        await screen.Page.GotoAsync(link);
        await screen.FillAsync("E-mail address", Site.Administrator);
        await screen.FillAsync("Your name", "Ada Lovelace");

        // The browser itself refuses what is too short; people get around it, the console does not let them.
        await screen.Page.EvalOnSelectorAsync("#password", "field => field.removeAttribute('minlength')");
        await screen.FillAsync("Password", "too short");
        await screen.FillAsync("The same password again", "too short");
        await screen.PressAsync("Choose this password and sign in");
        await Expect(screen.Field("Password")).ToHaveAttributeAsync("minlength", "12");
        await screen.SeesAsync(new Regex("at least 12 characters", RegexOptions.IgnoreCase));

        await screen.FillAsync("Password", Site.Password);
        await screen.FillAsync("The same password again", Site.Password + "!");
        await screen.PressAsync("Choose this password and sign in");
        await screen.SeesAsync("The two passwords are not the same");

        await screen.FillAsync("Password", Site.Password);
        await screen.FillAsync("The same password again", Site.Password);
        await screen.PressAsync("Choose this password and sign in");
        await screen.SeesHeadingAsync("Triage");
        await screen.SeesAsync("No tenant yet");
    }

    public static async Task CreateTenantAsync(Screen screen)
    {
        await screen.FollowAsync("Create a tenant");
        await screen.SeesPageAsync("New tenant");
        await screen.FillAsync("Name", "North Wind");
        await Expect(screen.Field("Address")).ToHaveValueAsync("north-wind");

        await screen.FillAsync("Address", "North Wind!");
        await screen.PressAsync("Create the tenant");
        await screen.SeesProblemAsync("Address", "Use 2 to 40 lower-case letters");

        await screen.FillAsync("Address", "north-wind");
        await screen.FillAsync("Contacts", "Call Grace, +1 555 0100");
        await screen.PressAsync("Create the tenant");
        await screen.ArrivesAtAsync("/t/north-wind");
        await screen.SeesAsync("First steps");
        await screen.SeesAsync("Call Grace, +1 555 0100");
    }

    public static async Task AddCredentialAsync(Screen screen)
    {
        await screen.FollowAsync("Add a credential");
        await screen.SeesPageAsync("New credential");
        await screen.PickAsync("API key");
        await screen.FillAsync("Name", "Shop key");
        await screen.PressAsync("Save the credential");
        await screen.SeesProblemAsync("Key", "Key is needed.");

        await screen.FillAsync("Key", "key-of-somebody-else");
        await screen.PressAsync("Save the credential");
        await screen.ArrivesAtAsync("/t/north-wind/credentials");
        await screen.SeesAsync("Shop key is saved and sealed.");
    }

    /// <summary>The test fails with the wrong key, says why, and passes with the right one.</summary>
    public static async Task AddSourceAsync(Screen screen, Shop shop)
    {
        await screen.GoAsync("Connections");
        await screen.FollowAsync("Add a connection");
        await screen.SeesPageAsync("New connection");
        await screen.PickAsync("REST API");
        await screen.Field("Name").First.FillAsync("Shop");
        await screen.ChooseAsync("Credential", "Shop key");
        await screen.FillAsync("Base address", "somewhere");
        var stream = screen.Group("Stream 1");
        await stream.FillAsync("Name", "customers");
        await stream.FillAsync("Path", "/page/customers");
        await stream.FillAsync("Key fields", "id");
        await stream.FillAsync("Record selector", "data");
        await stream.ChooseAsync("Pages", "By page number");
        await stream.FillAsync("Page size", "50");
        await stream.Scope.GetByText("More settings").ClickAsync();
        await stream.FillAsync("Total in the answer", "meta.total");
        await screen.PressAsync("Save");
        await Expect(screen.Field("Base address")).ToHaveAttributeAsync("aria-invalid", "true");

        await screen.FillAsync("Base address", shop.Address);
        await screen.PressAsync("Test");
        await screen.SeesAsync("The test failed.");
        await screen.SeesAsync("Replace the credential, then test the connection.");
        await screen.PressAsync("Save");
        await screen.SeesHeadingAsync("Shop");

        await screen.GoAsync("Credentials");
        await screen.FollowAsync("Shop key");
        await screen.SeesPageAsync("Shop key");
        await Expect(screen.Field("Key")).ToHaveValueAsync("");
        await screen.FillAsync("Key", OutsideWorld.SecureArea.ApiKey);
        await screen.PressAsync("Save");
        await screen.SeesAsync("The secret is replaced.");

        await screen.FollowAsync("Shop");
        await screen.SeesPageAsync("Shop");
        await screen.PressAsync("Test");
        await screen.SeesAsync("The test passed.");
        await screen.SeesAsync("Find 127.0.0.1");
        await screen.SeesAsync("The first record can be read.");
    }

    /// <summary>The login is added without leaving the form; the first one has a slip in its password.</summary>
    public static async Task AddDestinationAsync(Screen screen, Site site)
    {
        await screen.GoAsync("Connections");
        await screen.FollowAsync("New connection");
        await screen.SeesPageAsync("New connection");
        await screen.PickAsync("PostgreSQL");
        await screen.FillAsync("Name", "Warehouse");
        await screen.FillAsync("Host", "127.0.0.1");
        await screen.FillAsync("Port", $"{site.Server.Port}");
        await screen.FillAsync("Database", Shop.Database);
        await screen.ChooseAsync("Encryption", "None");
        await AddLoginAsync(screen, "Warehouse login, mistyped", Shop.DatabasePassword + "s");
        await screen.PressAsync("Test");
        await screen.SeesAsync("The test failed.");
        await screen.SeesAsync("Replace the credential, then test the connection.");

        await AddLoginAsync(screen, "Warehouse login", Shop.DatabasePassword);
        await Expect(screen.Field("Host")).ToHaveValueAsync("127.0.0.1");
        await screen.PressAsync("Test");
        await screen.SeesAsync("The test passed.");
        await screen.SeesAsync("tables and views can be read");
        await screen.PressAsync("Save");
        await screen.SeesHeadingAsync("Warehouse");
        await screen.PressAsync("Discover");
        await screen.Region("Streams").SeesAsync("customer");
    }

    private static async Task AddLoginAsync(Screen screen, string name, string password)
    {
        await screen.PressAsync("New credential");
        await screen.Dialog.FillAsync("Name", name);
        await screen.Dialog.FillAsync("User", Shop.Database);
        await screen.Dialog.FillAsync("Password", password);
        await screen.Dialog.PressAsync("Save the credential");
        await Expect(screen.Dialog.Scope).ToBeHiddenAsync();
        await Expect(screen.Field("Credential").Locator("option:checked")).ToHaveTextAsync(name);
    }
}
