using System.Text.Json;
using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace IntegrationConsole.Journeys.EveryPage;

/// <summary>What axe-core finds on the screen, and a few rules of our own.</summary>
internal static class Accessibility
{
    private static readonly string Script = new BundledAxeScriptProvider().GetScript();

    /// <param name="page">What is looked at.</param>
    /// <param name="coloursOnly">Leaves out the rules that a theme cannot break.</param>
    /// <returns>A sentence for each finding; empty for a page as it should be.</returns>
    public static async Task<IReadOnlyList<string>> LookAsync(IPage page, bool coloursOnly)
    {
        if (!await page.EvaluateAsync<bool>("() => 'axe' in window"))
        {
            await page.EvaluateAsync(Script);
        }

        var findings = await page.EvaluateAsync<JsonElement>("""
            async coloursOnly => {
                const { violations } = await axe.run({ resultTypes: ["violations"], ...(coloursOnly ? { runOnly: ["color-contrast"] } : {}) });
                const found = violations.filter(one => ["serious", "critical"].includes(one.impact))
                    .map(one => `${one.id}: ${one.nodes.slice(0, 3).map(node => `${node.target.join(" ")} ${node.any[0]?.message ?? ""}`).join(" | ")}`);
                const headings = document.querySelectorAll("h1").length;
                if (headings !== 1) found.push(`it has ${headings} main headings`);
                if (!document.title.endsWith("IntegrationConsole") || document.title.startsWith("–")) found.push(`its title is “${document.title}”`);
                if (document.documentElement.scrollWidth > window.innerWidth) found.push("it has to be scrolled sideways");
                return found;
            }
            """, coloursOnly);
        return [.. findings.EnumerateArray().Select(finding => finding.GetString()!)];
    }
}
