using IntegrationConsole.Journeys.Support;
using static Microsoft.Playwright.Assertions;

namespace IntegrationConsole.Journeys.AccessWalk;

/// <summary>A page may be open for hours: what its reader may do is asked when they do it.</summary>
[Collection(FurnishedConsole.Collection)]
public sealed class A_role_that_is_taken_away(FurnishedConsole console)
{
    [Fact]
    public async Task The_next_command_of_an_open_page_is_refused_and_stands_in_the_audit_trail()
    {
        var oscar = await console.Site.InviteAsync("oscar@example.com", FurnishedConsole.Theirs, "Operator");
        await Walk.AsAsync(console.Site, oscar, async screen =>
        {
            await screen.OpenAsync(console.TheirAddresses.Fill("/t/{tenant}/integrations/{slug}"));
            await Expect(screen.Button("Run now")).ToBeEnabledAsync();

            // Behind the console's back: no page hears of it.
            await console.Site.Server.RunAsync("console", "update access_grant set role = 'Viewer' where user_id = (select id from access_user where email = 'oscar@example.com')");
            await screen.PressAsync("Run now");
            await screen.Toasts.SeesAsync("You may not run integrations: ask for the role Operator.");
        });

        await Walk.AsAsync(console.Site, FurnishedConsole.TenantAdmin, async screen =>
        {
            await screen.OpenAsync($"/t/{FurnishedConsole.Theirs}/audit");
            await Expect(screen.Row("oscar@example.com").Scope.First).ToContainTextAsync("needs: Operator");
            await Expect(screen.Row("oscar@example.com").Scope.First).ToContainTextAsync("Denied");
        });
    }

    [Fact]
    public async Task An_open_page_follows_when_an_administrator_takes_the_role_away()
    {
        var olga = await console.Site.InviteAsync("olga@example.com", FurnishedConsole.Theirs, "Operator");
        await Walk.AsAsync(console.Site, olga, async screen =>
        {
            await screen.OpenAsync(console.TheirAddresses.Fill("/t/{tenant}/integrations/{slug}"));
            await Expect(screen.Button("Run now")).ToBeEnabledAsync();

            await Walk.AsAsync(console.Site, FurnishedConsole.TenantAdmin, async admin =>
            {
                await admin.OpenAsync($"/t/{FurnishedConsole.Theirs}/people");
                await admin.Row(olga).Scope.Locator("select").SelectOptionAsync("Viewer");
                await admin.Row(olga).SeesAsync("sees integrations, runs and health, not the records");
            });
            await Expect(screen.Button("Run now")).ToBeDisabledAsync();

            await Walk.AsAsync(console.Site, FurnishedConsole.TenantAdmin, async admin =>
            {
                await admin.OpenAsync($"/t/{FurnishedConsole.Theirs}/people");
                await admin.Row(olga).PressAsync("Remove…");
                await admin.Dialog.PressAsync("Remove");
                await Expect(admin.Row(olga).Scope).ToHaveCountAsync(0);
            });
            await screen.SeesAsync("There is nothing at this address");
        });
    }
}
