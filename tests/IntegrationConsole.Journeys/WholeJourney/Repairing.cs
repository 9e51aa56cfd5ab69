using System.Text;
using System.Text.RegularExpressions;
using IntegrationConsole.Journeys.Support;
using static Microsoft.Playwright.Assertions;

namespace IntegrationConsole.Journeys.WholeJourney;

/// <summary>What was set aside is corrected, by the record and by the mapping, and replayed; some of it is discarded.</summary>
internal static class Repairing
{
    /// <summary>One letter: edited while its result is shown, saved, and sent again.</summary>
    public static async Task CorrectOneAsync(Screen screen)
    {
        await screen.FollowAsync("See its dead letters");
        await screen.SeesAsync("Only letters of one run are shown.");
        await screen.SeesAsync($"{Shop.Spoilt} open letters match");
        await screen.ChooseAsync("Cause", "Not accepted");
        await screen.SeesAsync("2 open letters match");
        await screen.FollowAsync($"{Shop.WithoutEmail}");
        await screen.SeesHeadingAsync("Waiting");
        await screen.Region("With the published mapping").SeesAsync("It would be rejected again.");

        await screen.PressAsync("Edit");
        await screen.FillAsync("Corrected record", "{ \"id\": 40, ");
        await screen.SeesProblemAsync("Corrected record", "This is not valid JSON");
        await Expect(screen.Button("Save the correction")).ToBeDisabledAsync();
        await screen.FillAsync("Corrected record", Encoding.UTF8.GetString(Shop.Customer(Shop.WithoutEmail)));
        await screen.Region("With the published mapping").SeesAsync("It passes the mapping now.");
        await screen.PressAsync("Save the correction");
        await screen.SeesAsync("The original is kept.");

        await screen.PressAsync("Replay…");
        await screen.Dialog.PressAsync("Start the replay");
        await screen.SeesHeadingAsync("Delivered");
        await screen.Region("Attempts").SeesAsync("Delivered");
    }

    /// <summary>All those whose country is unknown: the mapping lets the value pass from now on.</summary>
    public static async Task CorrectMappingAsync(Screen screen)
    {
        await screen.GoAsync("Integrations");
        await screen.SeesPageAsync("Integrations");
        await screen.FollowAsync(Mapping.Integration);
        await screen.SeesPageAsync(Mapping.Integration);
        await screen.Link("Mapping").First.ClickAsync();
        await screen.SeesAsync("41 of 50 sample records pass");
        await screen.PressAsync("Conversion of country");
        await screen.ChooseAsync("If it is none of them", "keep the value");
        await screen.SeesAsync("49 of 50 sample records pass");
        await screen.PressAsync("Publish…");
        await screen.Dialog.SeesAsync("country: a value that the lookup table does not hold is kept as it is");
        await screen.Dialog.FillAsync("Reason", "Unknown countries pass");
        await screen.Dialog.PressAsync("Publish");
        await screen.SeesAsync("runs use v2");
        await screen.Region("Versions").Row("Unknown countries pass").PressAsync("Differences");
        await screen.SeesAsync("Compared with v1");
    }

    public static async Task ReplayAllThatMatchAsync(Screen screen)
    {
        await screen.GoAsync("Dead letters");
        await screen.ChooseAsync("Cause", "Reference missing");
        await screen.SeesAsync($"{Shop.FromAtlantis.Length} open letters match");
        await screen.TickAsync("Select all on this page");
        var selection = screen.Region("Selection");
        await selection.SeesAsync("50 letters");
        await selection.PressAsync($"Select all {Shop.FromAtlantis.Length} that match");
        await selection.PressAsync("Replay…");

        // Many go with care, and not without a reason.
        await screen.Dialog.SeesAsync(new Regex($"{Shop.FromAtlantis.Length} letters go in stages of 1, 10, 100 and the rest, 50 a second, with at most 30 % of the calls"));
        await Expect(screen.Dialog.Link("Choose otherwise, or try them first")).ToBeVisibleAsync();
        await screen.Dialog.PressAsync("Start the replay");
        await screen.SeesProblemAsync("Reason", "A reason is needed.");
        await screen.Dialog.FillAsync("Reason", "The mapping was corrected");
        await screen.Dialog.PressAsync("Start the replay");
        await screen.ArrivesAtAsync(new Regex("/replays/"));
        await screen.SeesHeadingAsync("Done");
        await Expect(screen.Figure("Delivered")).ToHaveTextAsync($"{Shop.FromAtlantis.Length}");
        await Expect(screen.Figure("Left")).ToHaveTextAsync("0");
        await Expect(screen.RowOf($"{Shop.FromAtlantis[0]}").Scope).ToContainTextAsync("Delivered");
        await screen.SeesAsync($"{Shop.FromAtlantis.Length} letters were delivered.");
    }

    public static async Task DiscardAndRestoreAsync(Screen screen)
    {
        await screen.GoAsync("Dead letters");
        await screen.SeesAsync("3 open letters");
        await screen.TickAsync($"Select {Shop.WithoutCredit}");
        await DiscardAsync(screen, "Other", "They have no credit");
        await screen.SeesAsync("2 open letters");

        await screen.Toasts.FollowAsync("See them");
        await screen.FollowAsync($"{Shop.WithoutCredit}");
        await screen.SeesAsync("They have no credit");
        await screen.PressAsync("Restore");
        await screen.SeesHeadingAsync("Waiting");

        await screen.GoAsync("Dead letters");
        await screen.SeesAsync("3 open letters");
        await screen.TickAsync($"Select {Shop.WithTakenEmail}");
        await DiscardAsync(screen, "Duplicate", "");
        await screen.SeesAsync("2 open letters");
    }

    private static async Task DiscardAsync(Screen screen, string reason, string remark)
    {
        await screen.Region("Selection").PressAsync("Discard…");
        await screen.Dialog.ChooseAsync("Reason", reason);
        await screen.Dialog.FillAsync("Remark", remark);
        await screen.Dialog.PressAsync("Discard");
        await screen.SeesAsync("1 letter was discarded.");
    }
}
