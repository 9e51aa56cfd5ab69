using System.Runtime.CompilerServices;
using Microsoft.Playwright;

namespace IntegrationConsole.Journeys.Support;

/// <summary>
/// Somebody at a browser of their own. Whatever they walk through, the pages must be quiet: nothing in the browser's
/// console, no failed request, nothing asked of another machine. What was on the screen when a walk failed is kept.
/// </summary>
internal static class Walk
{
    /// <param name="site">Which console.</param>
    /// <param name="email">Who; null for somebody who is not signed in.</param>
    /// <param name="walk">What they do.</param>
    /// <param name="noise">Whether messages in the browser's console are part of the story, as when the server is gone.</param>
    /// <param name="theme">Light or dark, as their machine is set.</param>
    /// <param name="name">Of the evidence.</param>
    public static async Task AsAsync(
        Site site, string? email, Func<Screen, Task> walk, bool noise = false, ColorScheme theme = ColorScheme.Light, [CallerMemberName] string name = "")
    {
        var browser = await Browser.GetAsync();
        await using var context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = site.Address, ColorScheme = theme, TimezoneId = "Europe/Berlin", Locale = "en-GB", ViewportSize = new ViewportSize { Width = 1280, Height = 720 },
            StorageState = email is null ? null : await site.SessionAsync(email), Permissions = ["clipboard-write"],
        });
        context.SetDefaultTimeout((float)Screen.Patience.TotalMilliseconds);
        var page = await context.NewPageAsync();
        var sounds = new Sounds(site.Address);
        sounds.Listen(page);
        try
        {
            await walk(new Screen(page, site.Address, sounds));
            Assert.Empty(noise ? sounds.FromElsewhere : sounds.All);
        }
        catch (Exception problem)
        {
            throw new InvalidOperationException($"{problem.Message}\n{await Evidence.KeepAsync(page, name, sounds.All, site.Console.Said)}", problem);
        }
    }
}
