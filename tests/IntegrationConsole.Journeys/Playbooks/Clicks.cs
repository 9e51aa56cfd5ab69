using System.Diagnostics;
using IntegrationConsole.Journeys.Keyboard;
using IntegrationConsole.Journeys.Support;
using Microsoft.Playwright;
using Xunit.Abstractions;

namespace IntegrationConsole.Journeys.Playbooks;

/// <summary>
/// Counts the clicks of one playbook, and the time from its first look; what came out stands in the test's output. By keys
/// each control is tabbed to and pressed with Enter: moving the focus costs no more than moving a pointer does.
/// </summary>
internal sealed class Clicks(Screen screen, ITestOutputHelper output, string what, bool byKeys = false)
{
    private readonly long _began = Stopwatch.GetTimestamp();
    private int _count;

    public async Task PressAsync(ILocator control)
    {
        _count++;
        if (byKeys)
        {
            await Keys.TabToAsync(screen, control);
            await Keys.PressAsync(screen, "Enter");
        }
        else
        {
            await control.ClickAsync();
        }
    }

    /// <summary>What a key of its own presses.</summary>
    public async Task PressAsync(string key)
    {
        _count++;
        await Keys.PressAsync(screen, key);
    }

    /// <summary>The first button of a card, which its number leads to.</summary>
    public async Task PressFirstOfAsync(ILocator card)
    {
        await Keys.PressAsync(screen, await card.GetAttributeAsync("data-card") ?? throw new InvalidOperationException("The card has no number."));
        await Assertions.Expect(card).ToBeFocusedAsync();
        await PressAsync("Enter");
    }

    public void AreAtMost(int most)
    {
        output.WriteLine($"{what}: {_count} {(byKeys ? "keys" : "clicks")}, {Stopwatch.GetElapsedTime(_began).TotalSeconds:0.0} s, at {screen.Path}");
        Assert.InRange(_count, 1, most);
    }
}
