using System.Diagnostics;
using Microsoft.Playwright;

namespace IntegrationConsole.Bench.Pages;

/// <summary>A window of a real Chromium in which somebody is signed in.</summary>
internal sealed class Window : IAsyncDisposable
{
    private const string Email = "ada@example.com";
    private const string Password = "correct horse battery";

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;
    private readonly IBrowserContext _context;
    private readonly string _address;

    private Window(IPlaywright playwright, IBrowser browser, IBrowserContext context, IPage page, string address) =>
        (_playwright, _browser, _context, Page, _address) = (playwright, browser, context, page, address);

    public IPage Page { get; }

    /// <param name="address">Of the console.</param>
    /// <param name="welcome">With which a password is chosen; null for signing in with it.</param>
    public static async Task<Window> OpenAsync(string address, string? welcome)
    {
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Environment.GetEnvironmentVariable("CHROMIUM") is { Length: > 0 } named ? named : "/usr/bin/chromium",
            Args = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-proxy-server", "--no-first-run"],
        });
        var context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            TimezoneId = "Europe/Berlin", Locale = "en-GB", ViewportSize = new ViewportSize { Width = 1280, Height = 720 },
        });

        // A machine that is busy with other things too answers late, and is to be measured all the same.
        context.SetDefaultTimeout(180_000);
        Assertions.SetDefaultExpectTimeout(180_000);
        var window = new Window(playwright, browser, context, await context.NewPageAsync(), address);
        await window.SignInAsync(welcome);
        return window;
    }

    /// <summary>The session, as a request carries it.</summary>
    public async Task<string> CookieAsync() => string.Join("; ", (await _context.CookiesAsync()).Select(cookie => $"{cookie.Name}={cookie.Value}"));

    /// <summary>From asking for a page to when this is true in it.</summary>
    public Task<TimeSpan> OpenAsync(string path, string isThere, object? argument = null) =>
        MeasureAsync(() => Page.GotoAsync(_address + path, new PageGotoOptions { WaitUntil = WaitUntilState.Commit }), isThere, argument);

    /// <summary>From doing something to when this is true in the page.</summary>
    public async Task<TimeSpan> MeasureAsync(Func<Task> act, string isThere, object? argument = null)
    {
        var began = Stopwatch.GetTimestamp();
        await act();
        await Page.WaitForFunctionAsync(isThere, argument);
        return Stopwatch.GetElapsedTime(began);
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }

    private async Task SignInAsync(string? welcome)
    {
        await Page.GotoAsync(welcome ?? $"{_address}/signin");
        await Page.FillAsync("#email", Email);
        await Page.FillAsync("#password", Password);
        if (welcome is not null)
        {
            await Page.FillAsync("#again", Password);
        }

        await Page.GetByRole(AriaRole.Button).First.ClickAsync();
        await Assertions.Expect(Page.GetByRole(AriaRole.Button, new() { Name = "Sign out" })).ToBeVisibleAsync();
    }
}
