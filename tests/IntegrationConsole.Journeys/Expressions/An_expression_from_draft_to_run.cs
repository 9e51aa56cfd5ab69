using System.Text.RegularExpressions;
using IntegrationConsole.Journeys.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace IntegrationConsole.Journeys.Expressions;

/// <summary>Somebody writes an expression, is told where it is wrong, corrects it, publishes it, and sees it in a run.</summary>
[Collection(SampleConsole.Collection)]
public sealed class An_expression_from_draft_to_run(SampleConsole console)
{
    private const string Integration = $"/t/{SampleConsole.Tenant}/integrations/regions-to-database";

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public Task An_expression_is_written_corrected_published_and_run(ColorScheme theme) => Walk.AsAsync(console.Site, Site.Administrator, async screen =>
    {
        await screen.OpenAsync($"{Integration}/mapping");
        await screen.SeesAsync("Record 1 of 50");
        await screen.ChooseAsync("Origin of label", "expression");
        await screen.FillAsync("Source of label", "$uppercase(names.english");
        await screen.SeesAsync("At character 24: Expected ) before the end of the expression.");
        await screen.SeesAsync("Correct the marked fields to see the result.");

        await screen.FillAsync("Source of label", $"$uppercase(names.english) & ' {theme}'");
        await screen.SeesNothingOfAsync("Expected ) before the end");
        await screen.SeesAsync(new Regex($"^[A-ZÅ ,()'-]+ {theme}$"));
        await screen.SeesAsync("50 of 50 sample records pass");

        await screen.FillAsync("Filter expression", "names.english and (");
        await screen.SeesProblemAsync("Filter expression", "Filter: At character 19: The expression ends too early.");
        await screen.FillAsync("Filter expression", "$contains(names.english, 'a')");
        await screen.SeesAsync("are left out by the conditions");

        await screen.Page.GetByText("What expressions can do").ClickAsync();
        await screen.SeesAsync("adds up those of a list that meet a condition");
        await Evidence.KeepAsync(screen.Page, $"Expressions_{theme}", []);

        await screen.PressAsync("Publish…");
        await screen.Dialog.SeesAsync(new Regex("label now comes from the expression"));
        await screen.Dialog.PressAsync("Publish");
        await screen.SeesAsync("is published.");

        await screen.OpenAsync(Integration);
        await screen.PressAsync("Run now");
        await Expect(screen.Scope).ToContainTextAsync("all accounted for", new() { Timeout = 60_000 });
    }, theme: theme);
}
