using IntegrationConsole.Journeys.Support;

namespace IntegrationConsole.Journeys.Keyboard;

[Collection(SampleConsole.Collection)]
public sealed class Where_the_focus_goes(SampleConsole console)
{
    private const int MostTabs = 200;

    /// <summary>What has the focus: how one sees it, whether it is in sight, and its place among everything one can tab to.</summary>
    private const string Look = """
        () => {
            const element = document.activeElement;
            if (!element || element === document.body) {
                return null;
            }

            const shown = element.closest('.choice') ?? element;
            const style = getComputedStyle(shown);
            const place = shown.getBoundingClientRect();
            const stops = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')];
            return {
                name: (element.getAttribute('aria-label') ?? element.innerText ?? element.id ?? '').trim().slice(0, 60) || element.outerHTML.slice(0, 120),
                place: stops.indexOf(element),
                marked: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
                inSight: place.width > 3 && place.height > 3 && place.bottom > 0 && place.top < innerHeight && place.right > 0 && place.left < innerWidth,
            };
        }
        """;

    [Theory]
    [InlineData("")]
    [InlineData("/dead-letters")]
    [InlineData("/connections/new")]
    [InlineData("/integrations/time-zones-to-database/mapping")]
    [InlineData("/integrations/new")]
    public Task Each_stop_of_the_tab_key_is_marked_and_in_sight_and_in_the_order_of_reading(string page) => Walk.AsAsync(console.Site, Site.Administrator, async screen =>
    {
        await screen.OpenAsync($"/t/{SampleConsole.Tenant}{page}");
        await screen.Page.WaitForLoadStateAsync(Microsoft.Playwright.LoadState.NetworkIdle);
        await Microsoft.Playwright.Assertions.Expect(screen.Page.Locator(".skeleton")).ToHaveCountAsync(0);
        await Keys.TabToAsync(screen, screen.Link("Skip to the content"));
        var stops = new List<Stop>();
        while (stops.Count < MostTabs && await screen.Page.EvaluateAsync<Stop?>(Look) is { } stop && (stops.Count == 0 || stop.Place != stops[0].Place))
        {
            stops.Add(stop);
            await Keys.PressAsync(screen, "Tab");
        }

        Assert.InRange(stops.Count, 15, MostTabs - 1);
        Assert.Empty(stops.Where(stop => !stop.Marked || !stop.InSight).Select(stop => $"{stop.Name}: {(stop.InSight ? "not marked" : "not in sight")}"));
        Assert.Equal(stops.OrderBy(stop => stop.Place).Select(stop => stop.Name), stops.Select(stop => stop.Name));
    });

    private sealed class Stop
    {
        public string Name { get; set; } = "";

        public int Place { get; set; }

        public bool Marked { get; set; }

        public bool InSight { get; set; }
    }
}
