using System.Diagnostics;
using IntegrationConsole.Journeys.Support;
using Microsoft.Playwright;
using Xunit.Abstractions;

namespace IntegrationConsole.Journeys.Playbooks;

/// <summary>Counts the clicks of one playbook, and the time from its first look; what came out stands in the test's output.</summary>
internal sealed class Clicks(Screen screen, ITestOutputHelper output, string what)
{
    private readonly long _began = Stopwatch.GetTimestamp();
    private int _count;

    public async Task PressAsync(ILocator control)
    {
        _count++;
        await control.ClickAsync();
    }

    public void AreAtMost(int most)
    {
        output.WriteLine($"{what}: {_count} clicks, {Stopwatch.GetElapsedTime(_began).TotalSeconds:0.0} s, at {screen.Path}");
        Assert.InRange(_count, 1, most);
    }
}
