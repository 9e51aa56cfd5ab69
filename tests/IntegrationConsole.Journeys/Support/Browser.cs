using Microsoft.Playwright;

namespace IntegrationConsole.Journeys.Support;

/// <summary>One real Chromium for all tests of the process; every visit gets a profile of its own.</summary>
internal static class Browser
{
    private static readonly Lazy<Task<IBrowser>> Shared = new(StartAsync);

    public static Task<IBrowser> GetAsync() => Shared.Value;

    private static async Task<IBrowser> StartAsync()
    {
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Environment.GetEnvironmentVariable("CHROMIUM") is { Length: > 0 } named ? named : "/usr/bin/chromium",
            Args =
            [
                "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-proxy-server",
                "--disable-quic", "--no-first-run", "--disable-sync",
            ],
        });

        // A machine that is busy with other tests answers late.
        Assertions.SetDefaultExpectTimeout((float)Screen.Patience.TotalMilliseconds);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => playwright.Dispose();
        return browser;
    }
}
