using IntegrationConsole.Journeys.Support;

namespace IntegrationConsole.Journeys.Playbooks;

/// <summary>Somebody who is told.</summary>
internal static class Channel
{
    public static async Task AddAsync(Screen screen, string tenant, string name, string address)
    {
        await screen.OpenAsync($"/t/{tenant}/alerts?tab=channels&channel=new");
        await screen.Page.GetByLabel("Kind").SelectOptionAsync("Webhook");
        await screen.FillAsync("Name", name);
        await screen.FillAsync("Address", address);
        await screen.FillAsync("Key", "a key of the tenant's own");
        await screen.PressAsync("Save");
        await screen.SeesAsync($"{name} is saved.");
    }
}
