using System.Text.RegularExpressions;
using IntegrationConsole.Health.Pages;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Tests.Health.Triage;

public sealed class Leaving_a_page_open
{
    private const string Bar = "Health is not being computed";

    [Fact]
    public async Task Triage_of_a_tenant_says_by_itself_that_nobody_looks_any_more()
    {
        await using var health = await HealthWorld.StartAsync();
        await using var page = await OpenAsync<TriagePage>(health);
        var before = await page.WaitForAsync("Nothing is wrong");
        await page.WaitForAsync("Looked at <time");
        var after = await page.WaitForAsync(Bar);

        Assert.DoesNotContain(Bar, before, StringComparison.Ordinal);
        Assert.Contains("(job HealthEvaluator, last on node a)", after, StringComparison.Ordinal);
        Assert.Contains("How 1 integration is doing is not known since", after, StringComparison.Ordinal);
        Assert.DoesNotContain("Nothing is wrong", after, StringComparison.Ordinal);
        Assert.DoesNotContain("keeps its promises", after, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Triage_of_the_fleet_says_it_too_and_that_all_is_well_once_somebody_looks_again()
    {
        await using var health = await HealthWorld.StartAsync();
        await using var page = await OpenAsync<FleetTriagePage>(health);
        await page.WaitForAsync(Bar);
        await health.LookAsync();
        var well = await page.WaitForAsync("Nothing is wrong");

        Assert.DoesNotContain(Bar, well, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_list_of_tenants_and_a_tenants_overview_turn_to_unknown()
    {
        await using var health = await HealthWorld.StartAsync();
        await using var overview = await OpenAsync<TenantOverviewPage>(health);
        await overview.WaitForAsync("Health has not been computed since");
        await health.LookAsync();
        await using var fleet = await OpenAsync<FleetPage>(health);
        var before = await fleet.WaitForAsync("class=\"sentence\"");
        var after = await fleet.WaitForAsync(Bar);

        Assert.DoesNotContain(Bar, before, StringComparison.Ordinal);
        Assert.Contains("keeps its promises", before, StringComparison.Ordinal);
        Assert.Contains("needs somebody", after, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_health_of_a_tenant_and_of_all_turn_to_unknown()
    {
        await using var health = await HealthWorld.StartAsync();
        await using var tenant = await OpenAsync<HealthPage>(health);
        await using var all = await OpenAsync<FleetHealthPage>(health);

        await tenant.WaitForAsync("Health has not been computed since");
        await all.WaitForAsync("Health has not been computed since");
    }

    [Fact]
    public async Task How_long_ago_it_was_looked_at_goes_on_while_nothing_is_new()
    {
        await using var health = await HealthWorld.StartAsync();
        await using var page = await OpenAsync<TriagePage>(health);
        var first = Age(await page.WaitForAsync(Bar));
        var second = Age(await page.WaitForAsync(html => Age(html) != first, "another age"));
        var third = Age(await page.WaitForAsync(html => Age(html) != second, "another age again"));

        Assert.Equal(3, new[] { first, second, third }.Distinct().Count());
    }

    private static string Age(string html) => Regex.Match(html, "Looked at <time[^>]*>([^<]*)").Groups[1].Value;

    private static async Task<OpenPage> OpenAsync<TPage>(HealthWorld health)
        where TPage : IComponent
    {
        await health.LookAsync();
        return await OpenPage.OpenAsync<TPage>(health);
    }
}
