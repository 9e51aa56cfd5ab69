using IntegrationConsole.Journeys.Support;
using Microsoft.Playwright;

namespace IntegrationConsole.Journeys.WholeJourney;

/// <summary>Everything that a new user can do, from an empty database, by the words on the screen; in dark, where most others are in light.</summary>
public sealed class The_whole_journey
{
    [Fact]
    public async Task From_an_empty_console_to_records_that_arrived_and_failures_that_were_replayed()
    {
        await using var console = await ConsoleProcess.StartAsync();
        await using var site = new Site(console);
        await site.Server.HurryAsync();
        await using var shop = await Shop.OpenAsync(site);

        await Walk.AsAsync(site, null, async screen =>
        {
            await SettingUp.ChooseFirstPasswordAsync(screen, console.WelcomeLink);
            await SettingUp.CreateTenantAsync(screen);
            await SettingUp.AddCredentialAsync(screen);
            await SettingUp.AddSourceAsync(screen, shop);
            await SettingUp.AddDestinationAsync(screen, site);
            await Mapping.AddLookupAsync(screen);
            await Mapping.CreateIntegrationAsync(screen);
            await Mapping.DrawMappingAsync(screen);
            await Mapping.PublishAsync(screen);
            await Running.WatchAsync(screen, shop);
            await Running.SeeWhatWasSetAsideAsync(screen);
            await Repairing.CorrectOneAsync(screen);
            await Repairing.CorrectMappingAsync(screen);
            await Repairing.ReplayAllThatMatchAsync(screen);
            await Repairing.DiscardAndRestoreAsync(screen);
            await LookingBack.RunAgainAsync(screen, shop);
            await LookingBack.RollBackAsync(screen);
            await LookingBack.ReadAuditAsync(screen);
        }, theme: ColorScheme.Dark);
    }
}
