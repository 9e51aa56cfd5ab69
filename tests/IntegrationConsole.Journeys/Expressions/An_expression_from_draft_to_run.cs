using System.Text.RegularExpressions;
using IntegrationConsole.Journeys.Support;

namespace IntegrationConsole.Journeys.Expressions;

/// <summary>Somebody writes an expression, is told where it is wrong, corrects it, publishes it, and sees it in a run.</summary>
[Collection(SampleConsole.Collection)]
public sealed class An_expression_from_draft_to_run(SampleConsole console)
{
    private const string Integration = $"/t/{SampleConsole.Tenant}/integrations/regions-to-database";

    [Fact]
    public Task An_expression_is_written_corrected_published_and_run() => Walk.AsAsync(console.Site, Site.Administrator, async screen =>
    {
        await screen.OpenAsync($"{Integration}/mapping");
        await screen.SeesAsync("Record 1 of 50");
        await screen.ChooseAsync("Origin of label", "expression");
        await screen.FillAsync("Source of label", "$uppercase(names.english");
        await screen.SeesAsync("At character 24: Expected ) before the end of the expression.");
        await screen.SeesAsync("Correct what is marked to see how many records pass.");

        await screen.FillAsync("Source of label", "$uppercase(names.english) & '!'");
        await screen.SeesNothingOfAsync("Expected ) before the end");
        await screen.SeesAsync(new Regex("^[A-ZÅ ,()'-]+!$"));
        await screen.SeesAsync("50 of 50 sample records pass");

        await screen.FillAsync("Filter expression", "names.english and (");
        await screen.SeesProblemAsync("Filter expression", "Filter: At character 19: Expected ) before the end of the expression.");
        await screen.FillAsync("Filter expression", "$contains(names.english, 'a')");
        await screen.SeesAsync("are left out by the conditions");

        await screen.Page.GetByText("What expressions can do").ClickAsync();
        await screen.SeesAsync("adds up those of a list that meet a condition");

        await screen.PressAsync("Publish…");
        await screen.Dialog.SeesAsync(new Regex("label now comes from the expression"));
        await screen.Dialog.PressAsync("Publish");
        await screen.SeesAsync("is published.");

        await screen.OpenAsync(Integration);
        await screen.PressAsync("Run now");
        await screen.Toasts.FollowAsync("Watch it");
        await screen.SeesHeadingAsync(new Regex("Succeeded|Done"));
    });
}
