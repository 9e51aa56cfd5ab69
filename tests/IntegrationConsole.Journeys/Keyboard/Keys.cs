using IntegrationConsole.Journeys.Support;
using Microsoft.Playwright;

namespace IntegrationConsole.Journeys.Keyboard;

/// <summary>Somebody who has no mouse.</summary>
internal static class Keys
{
    private const int MostTabs = 80;

    public static Task PressAsync(Screen screen, string key) => screen.Page.Keyboard.PressAsync(key);

    public static Task TypeAsync(Screen screen, string text) => screen.Page.Keyboard.InsertTextAsync(text);

    /// <summary>Tabs on until this has the focus, as often as somebody with patience would.</summary>
    public static async Task TabToAsync(Screen screen, ILocator target)
    {
        await target.WaitForAsync();
        for (var tabs = 0; tabs < MostTabs; tabs++)
        {
            if (await target.EvaluateAsync<bool>("element => element === document.activeElement"))
            {
                return;
            }

            await PressAsync(screen, "Tab");
        }

        Assert.Fail($"{MostTabs} times Tab do not lead to {target}.");
    }
}
