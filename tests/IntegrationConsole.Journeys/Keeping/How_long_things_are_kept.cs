using IntegrationConsole.Journeys.Support;
using static Microsoft.Playwright.Assertions;

namespace IntegrationConsole.Journeys.Keeping;

/// <summary>Ada says how long things are kept, and puts a legal hold on the tenant.</summary>
[Collection(SampleConsole.Collection)]
public sealed class How_long_things_are_kept(SampleConsole console)
{
    private const string Settings = $"/t/{SampleConsole.Tenant}/settings";

    [Fact]
    public Task A_time_out_of_bounds_is_refused_and_another_one_is_kept() => Walk.AsAsync(console.Site, Site.Administrator, async screen =>
    {
        await screen.OpenAsync(Settings);
        await screen.FillAsync("Waiting dead letters, in days", "7");
        await screen.PressAsync("Save how long");
        await screen.SeesProblemAsync("Waiting dead letters, in days", "Use a number of days from 30 to 3,650, or leave it empty for the usual time.");

        await screen.FillAsync("Waiting dead letters, in days", "365");
        await screen.PressAsync("Save how long");
        await screen.SeesAsync("It is saved.");
        await screen.OpenAsync(Settings);
        await Expect(screen.Field("Waiting dead letters, in days")).ToHaveValueAsync("365");
        await screen.FillAsync("Waiting dead letters, in days", "");
        await screen.PressAsync("Save how long");
        await screen.SeesAsync("Nothing is removed before");
    });

    [Fact]
    public Task A_legal_hold_says_who_and_why_until_it_is_lifted() => Walk.AsAsync(console.Site, Site.Administrator, async screen =>
    {
        await screen.OpenAsync(Settings);
        await screen.PressAsync("Hold everything…");
        await screen.Dialog.FillAsync("Reason", "the case of North Wind");
        await screen.Dialog.PressAsync("Hold");
        await screen.SeesAsync("the case of North Wind");
        await screen.SeesAsync("the tenant cannot be erased");

        await screen.PressAsync("Lift the hold…");
        await screen.Dialog.PressAsync("Lift");
        await Expect(screen.Button("Hold everything…")).ToBeVisibleAsync();
    });
}
