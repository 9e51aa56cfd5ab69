using IntegrationConsole.Journeys.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace IntegrationConsole.Journeys.Interruptions;

/// <summary>A console of their own, which they end as they like.</summary>
public sealed class The_server_goes_away : IAsyncLifetime
{
    private const string Home = $"/t/{SampleConsole.Tenant}";
    private const string Zone = $"{SampleConsole.UnknownArea}/Mahe";

    private Site _site = null!;

    public async Task InitializeAsync()
    {
        _site = await Site.StartAsync(SampleConsole.Settings);
        await SampleConsole.WaitForLettersAsync(_site);
    }

    public Task DisposeAsync() => _site.DisposeAsync().AsTask();

    [Fact]
    public Task Pages_stay_readable_and_come_back_with_it_and_nothing_typed_is_lost() => Walk.AsAsync(_site, Site.Administrator, async reading =>
    {
        var address = $"{Home}/dead-letters?state=any&q={SampleConsole.UnknownArea}";
        await reading.OpenAsync(address);
        await reading.Link(Zone).WaitForAsync();
        var typing = await reading.OpenTabAsync(address);
        await typing.FollowAsync(Zone);
        await typing.PressAsync("Edit");
        await typing.FillAsync("Corrected record", """{ "id": "typed for an hour" }""");
        await typing.SeesAsync("It would be rejected again.");

        await _site.Console.KillAsync();
        foreach (var screen in (Screen[])[reading, typing])
        {
            await Expect(Bar(screen)).ToContainTextAsync("The connection to the server was lost.");
        }

        await reading.Link(Zone).WaitForAsync();
        await Expect(typing.Field("Corrected record")).ToHaveValueAsync("""{ "id": "typed for an hour" }""");

        var back = new TaskCompletionSource();
        reading.Page.Load += (_, _) => back.TrySetResult();
        await _site.Console.StartAsync();
        await back.Task.WaitAsync(Screen.Patience);
        await reading.Link(Zone).WaitForAsync();
        await Expect(Bar(reading)).ToBeHiddenAsync();
        Assert.Equal(address, reading.Path);

        await Expect(Bar(typing)).ToContainTextAsync("The server was restarted.");
        await Expect(typing.Field("Corrected record")).ToHaveValueAsync("""{ "id": "typed for an hour" }""");
        await Bar(typing).GetByRole(AriaRole.Button, new() { Name = "Reload this page" }).ClickAsync();
        await Expect(typing.Button("Edit")).ToBeVisibleAsync();
        await Expect(Bar(typing)).ToBeHiddenAsync();
    }, noise: true);

    [Fact]
    public Task Without_its_database_the_console_says_so_and_recovers() => Walk.AsAsync(_site, Site.Administrator, async screen =>
    {
        await screen.OpenAsync($"{Home}/runs");
        await screen.Link("Regions to database").First.WaitForAsync();
        var reading = await screen.OpenTabAsync($"{Home}/connections");
        await reading.Link("Sample database").WaitForAsync();
        var arriving = await screen.OpenTabAsync($"{Home}/integrations");

        _site.Server.TakeAway();
        try
        {
            await screen.GoAsync("Dead letters");
            await screen.SeesAsync("The console's database does not answer at the moment.");
            await screen.SeesAsync("Error id");
            await screen.PressAsync("Try again");
            await screen.SeesAsync("The console's database does not answer at the moment.");
            await Expect(reading.Link("Sample database")).ToBeVisibleAsync();
            await reading.SeesAsync("Live updates are interrupted");

            await arriving.Page.ReloadAsync();
            await arriving.SeesHeadingAsync("The database does not answer");
            await arriving.SeesAsync("Error id");
        }
        finally
        {
            _site.Server.GiveBack();
        }

        await screen.Link(Zone).WaitForAsync();
        await screen.SeesNothingOfAsync("The console's database does not answer at the moment.");
        await screen.SeesNothingOfAsync("Live updates are interrupted");
        await arriving.FollowAsync("Try again");
        await arriving.Link("Regions to database").WaitForAsync();
        Assert.Equal($"{Home}/integrations", arriving.Path);
        await reading.FollowAsync("Sample database");
        await reading.SeesHeadingAsync("Sample database");
    }, noise: true);

    private static ILocator Bar(Screen screen) => screen.Page.Locator("#components-reconnect-modal");
}
