using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace IntegrationConsole.Journeys.Support;

/// <summary>What one person has before them, and what they do with it: by the words on the screen, as a person would.</summary>
internal sealed class Screen(IPage page, string address, Sounds sounds) : Part(page.Locator("body"))
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public IPage Page => page;

    /// <summary>The page's address without the host.</summary>
    public string Path => page.Url[address.Length..];

    public Part Dialog => new(page.GetByRole(AriaRole.Dialog));

    /// <summary>The short words about what was just done.</summary>
    public Part Toasts => new(page.Locator(".toasts"));

    /// <summary>
    /// Opens a page and waits until it stands: pages have a heading as soon as their circuit does, and give it the focus a moment
    /// later, which would be taken from who types by then. Those without a circuit have no rail, and leave the focus where it is.
    /// </summary>
    public async Task OpenAsync(string path)
    {
        await page.GotoAsync(address + path);
        await Expect(page.Locator("h1")).ToBeVisibleAsync();
        await page.WaitForFunctionAsync("() => document.activeElement !== document.body || !document.querySelector('.rail')");
    }

    /// <summary>Goes to a page by the navigation at the side.</summary>
    public Task GoAsync(string name) => new Part(page.GetByRole(AriaRole.Navigation, new() { Name = "Main" })).FollowAsync(name);

    /// <summary>Another tab of the same person.</summary>
    public async Task<Screen> OpenTabAsync(string path)
    {
        var tab = await page.Context.NewPageAsync();
        sounds.Listen(tab);
        var screen = new Screen(tab, address, sounds);
        await screen.OpenAsync(path);
        return screen;
    }

    public Task SeesHeadingAsync(string heading) => Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync(heading);

    /// <param name="heading">Its words.</param>
    /// <param name="patience">For what takes its time by design; the usual one otherwise.</param>
    public Task SeesHeadingAsync(Regex heading, TimeSpan? patience = null) =>
        Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(heading, new() { Timeout = (float?)patience?.TotalMilliseconds });

    /// <summary>
    /// Waits until the page that was gone to has taken the place of the one before, whatever that one had for a heading: a new
    /// page gives its heading the focus.
    /// </summary>
    public async Task SeesPageAsync(string heading)
    {
        await SeesHeadingAsync(heading);
        await Expect(page.Locator("h1")).ToBeFocusedAsync();
    }

    /// <summary>Waits until the address is this one.</summary>
    public Task ArrivesAtAsync(string path) => Expect(page).ToHaveURLAsync(address + path);

    public Task ArrivesAtAsync(Regex path) => Expect(page).ToHaveURLAsync(path);
}
