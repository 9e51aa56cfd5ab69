using IntegrationConsole.Journeys.Support;
using static Microsoft.Playwright.Assertions;

namespace IntegrationConsole.Journeys.Interruptions;

[Collection(SampleConsole.Collection)]
public sealed class A_tenant_that_is_paused(SampleConsole console)
{
    private const string Home = $"/t/{SampleConsole.Tenant}";

    [Fact]
    public Task Nobody_can_start_a_run_and_the_button_says_why() => Walk.AsAsync(console.Site, Site.Administrator, async screen =>
    {
        var integration = await screen.OpenTabAsync($"{Home}/integrations/regions-to-database");
        await Expect(integration.Button("Run now")).ToBeEnabledAsync();

        await screen.OpenAsync($"{Home}/settings");
        await screen.PressAsync("Pause this tenant…");
        await screen.Dialog.FillAsync("Reason", "moving house");
        await screen.Dialog.PressAsync("Pause");
        await screen.SeesAsync("The tenant is paused.");

        await Expect(integration.Button("Run now")).ToBeDisabledAsync();
        await Expect(integration.Button("Run now")).ToHaveAttributeAsync("title", $"The tenant is paused by {Site.Administrator}: moving house");

        await screen.PressAsync("Resume");
        await Expect(integration.Button("Run now")).ToBeEnabledAsync();
    });
}
