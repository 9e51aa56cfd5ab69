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

    /// <summary>Opens a page and waits until it stands: pages have a heading as soon as their circuit does.</summary>
    public async Task OpenAsync(string path)
    {
        await page.GotoAsync(address + path);
        await Expect(page.Locator("h1")).ToBeVisibleAsync();
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

    public Task SeesHeadingAsync(Regex heading) => Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(heading);

    /// <summary>Waits until the address is this one.</summary>
    public Task ArrivesAtAsync(string path) => Expect(page).ToHaveURLAsync(address + path);

    public Task ArrivesAtAsync(Regex path) => Expect(page).ToHaveURLAsync(path);
}
