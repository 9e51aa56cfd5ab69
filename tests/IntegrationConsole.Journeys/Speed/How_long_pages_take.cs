using System.Diagnostics;
using System.Globalization;
using IntegrationConsole.Journeys.EveryPage;
using IntegrationConsole.Journeys.Support;
using Xunit.Abstractions;
using static Microsoft.Playwright.Assertions;

namespace IntegrationConsole.Journeys.Speed;

/// <summary>
/// From asking for a page to its data on the screen, with 20 tenants, 200 integrations and 20,000 dead letters. The
/// limit is generous, and a page that misses it is asked for once more when all were, because the machine may be busy; the
/// table in the test's output is what to look at.
/// </summary>
[Collection(FurnishedConsole.Collection)]
public sealed class How_long_pages_take(FurnishedConsole console, ITestOutputHelper output)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    [Fact]
    public Task No_page_takes_longer_than_somebody_waits_for_it() => Walk.AsAsync(console.Site, Site.Administrator, async screen =>
    {
        await OpenAsync(screen, "/me");
        var slow = new List<string>();
        output.WriteLine("  full  inside  page");
        foreach (var path in Places.Full(console).Concat(Places.Each(console)))
        {
            await TakeAsync(path);
        }

        foreach (var path in slow.ToList())
        {
            slow.Remove(path);
            await TakeAsync(path);
        }

        Assert.True(slow.Count == 0, string.Join('\n', slow));

        async Task TakeAsync(string path)
        {
            var inside = await MeasureAsync(screen, async () => await screen.Page.EvaluateAsync("path => Blazor.navigateTo(path)", path));
            var full = await MeasureAsync(screen, async () => await screen.Page.GotoAsync(console.Site.Address + path));
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{full.TotalMilliseconds,6:0}  {inside.TotalMilliseconds,6:0}  {path}"));
            if (full > Limit || inside > Limit)
            {
                slow.Add(path);
            }
        }
    });

    /// <summary>Always from the account page, which has nothing in common with the others.</summary>
    private static async Task<TimeSpan> MeasureAsync(Screen screen, Func<Task> go)
    {
        await screen.Page.EvaluateAsync("() => Blazor.navigateTo('/me')");
        await screen.SeesHeadingAsync("Your account");
        var began = Stopwatch.GetTimestamp();
        await go();
        await ArriveAsync(screen);
        return Stopwatch.GetElapsedTime(began);
    }

    private static async Task ArriveAsync(Screen screen) => await screen.Page.WaitForFunctionAsync("""
        () => { const heading = document.querySelector("h1"); return heading && (location.pathname.startsWith("/me") || heading.innerText.trim() !== "Your account") && !document.querySelector(".skeleton"); }
        """);

    private static async Task OpenAsync(Screen screen, string path)
    {
        await screen.OpenAsync(path);
        await Expect(screen.Page.Locator(".skeleton")).ToHaveCountAsync(0);
    }
}
