using Microsoft.Playwright;

namespace IntegrationConsole.Journeys.Support;

/// <summary>What was on the screen when a test failed and what its console had written, under <c>.data/journeys</c>.</summary>
internal static class Evidence
{
    private const int LinesTold = 60;

    /// <returns>The gist, for those who see no more than the message of the failed test.</returns>
    public static async Task<string> KeepAsync(IPage page, string name, IReadOnlyList<string> sounds, IReadOnlyList<string> said)
    {
        var folder = Path.Combine(Root(), ".data", "journeys");
        Directory.CreateDirectory(folder);
        await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}.png"), FullPage = true });
        var text = await page.Locator("body").InnerTextAsync();
        await File.WriteAllTextAsync(Path.Combine(folder, $"{name}.txt"), $"{page.Url}\n{text}\n\n{string.Join('\n', sounds)}\n");
        await File.WriteAllLinesAsync(Path.Combine(folder, $"{name}.log"), said);
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return string.Join('\n', [$"On the screen at {page.Url}:", .. lines.TakeLast(LinesTold), "Its console wrote last:", .. said.TakeLast(LinesTold)]);
    }

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "IntegrationConsole.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        }

        return folder;
    }
}
