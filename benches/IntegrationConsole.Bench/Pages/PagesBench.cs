using System.Text.Json;
using IntegrationConsole.Bench.Line;
using IntegrationConsole.Bench.Measuring;
using IntegrationConsole.Configuration;

namespace IntegrationConsole.Bench.Pages;

/// <summary>How long people wait for pages with a large database behind them, and how many windows may be open at once.</summary>
internal static class PagesBench
{
    private static readonly SeedSize Large = new(200, 5_000, 1_000_000);

    public static async Task<bool> RunAsync(Pace pace, Results results)
    {
        var isQuick = pace == Pace.Quick;
        var size = isQuick ? new SeedSize() : Large;
        LineBench.Heading("pages", $"{size.Tenants} tenants, {Table.Number(size.Integrations)} integrations, {Table.Number(size.Letters)} dead letters, 30 days of figures");
        await using var bed = await PagesBed.StartAsync(size);
        var times = new PageTimes();
        var (cookie, worst) = await WalkAsync(bed, times, rounds: isQuick ? 2 : 5);
        await using var crowd = new Crowd(bed, cookie, windows: isQuick ? 50 : 500);
        var crowded = await crowd.RunAsync(worst.TenantId, worst.GroupId);
        results.Add("pages", JsonSerializer.SerializeToElement(new { times = times.ToJson(), met = times.AreMet, crowd = crowded }));
        times.Judge(results);
        return true;
    }

    /// <returns>The session of who walked, and whom it was about; the browser is gone when the crowd comes.</returns>
    private static async Task<(string Cookie, WorstTenant Worst)> WalkAsync(PagesBed bed, PageTimes times, int rounds)
    {
        await using var window = await Window.OpenAsync(bed.Address, bed.Welcome);
        var walk = new PageWalk(bed, window, times);
        await walk.PrepareAsync();
        for (var round = 0; round <= rounds; round++)
        {
            await walk.RoundAsync(round, isLast: round == rounds);
        }

        Console.WriteLine(walk.Subject);
        Console.WriteLine();
        times.Print();
        return (await window.CookieAsync(), walk.Worst);
    }
}
