using System.Text.RegularExpressions;
using IntegrationConsole.Journeys.EveryPage;
using IntegrationConsole.Journeys.Keyboard;
using IntegrationConsole.Journeys.Support;
using Microsoft.Playwright;
using Xunit.Abstractions;
using static Microsoft.Playwright.Assertions;

namespace IntegrationConsole.Journeys.TwoOperators;

/// <summary>Ada asks, in light and with the mouse; Bob decides, in dark and with the keyboard alone.</summary>
[Collection(SampleConsole.Collection)]
public sealed class What_a_second_person_approves(SampleConsole console, ITestOutputHelper output)
{
    private const string Home = $"/t/{SampleConsole.Tenant}";
    private const string Bob = "bob@example.com";
    private const string Runbook = "An area that Area names does not know";

    private static readonly string[] Zones = ["Mauritius", "Mayotte", "Reunion"];

    [Fact]
    public async Task Is_asked_for_by_one_and_decided_by_another_who_finds_what_to_do_in_a_runbook()
    {
        await console.Site.InviteOnceAsync(Bob, SampleConsole.Tenant, "Integrator");
        await Walk.AsAsync(console.Site, Site.Administrator, ada => Walk.AsAsync(console.Site, Bob, bob => WalkAsync(ada, bob), theme: ColorScheme.Dark, name: "Bob"), name: "Ada");
    }

    private async Task WalkAsync(Screen ada, Screen bob)
    {
        await FollowTheRunbookAsync(bob);
        await RefuseTheSampleAsync(bob);
        await LimitAsync(ada, "2");
        await ReplayAsync(ada, bob);
        await DiscardAsync(ada, bob);
        await ComeTooLateAsync(ada, bob);
        await LimitAsync(ada, "");
    }

    /// <summary>From the card to what somebody wrote about it, to the group, to a better text.</summary>
    private static async Task FollowTheRunbookAsync(Screen bob)
    {
        await bob.OpenAsync($"{Home}/triage");
        await LookAsync(bob);
        await FollowAsync(bob, bob.Link($"Runbook: {Runbook}"));
        await bob.SeesPageAsync("Runbooks");
        await bob.Region($"Runbook: {Runbook}").SeesAsync("Open the lookup table");
        await FollowAsync(bob, bob.Link("Edit the runbook"));
        var title = bob.Field("Title");
        await Keys.TabToAsync(bob, title);
        await Keys.PressAsync(bob, "Control+a");
        await Keys.PressAsync(bob, "Delete");
        await Keys.PressAsync(bob, "Enter");
        await bob.SeesProblemAsync("Title", "Give it a title.");
        await Expect(title).ToBeFocusedAsync();
        await Keys.TypeAsync(bob, $"{Runbook} yet");
        await LookAsync(bob);
        await FollowAsync(bob, bob.Button("Try it"));
        await bob.SeesAsync(new Regex("It fits 1 of \\d+ known failure"));
        await FollowAsync(bob, bob.Button("Save"));
        await bob.Toasts.SeesAsync("The runbook is saved");

        await bob.OpenAsync($"{Home}/failures");
        await FollowAsync(bob, bob.Page.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("Area names") }).First);
        await bob.Region($"Runbook: {Runbook} yet").SeesAsync("Go back to the group");
        await LookAsync(bob);
    }

    private static async Task RefuseTheSampleAsync(Screen bob)
    {
        await FollowAsync(bob, bob.Button("Refuse…"));
        await Expect(bob.Dialog.Field("Reason")).ToBeFocusedAsync();
        await Keys.PressAsync(bob, "Enter");
        await bob.Dialog.SeesAsync("A reason is needed.");
        await LookAsync(bob);
        await Keys.TypeAsync(bob, "The row is not there yet");
        await Keys.PressAsync(bob, "Enter");
        await bob.Toasts.SeesAsync("Refused: the letters go on waiting.");
        await bob.SeesNothingOfAsync("Waits for approval:");
    }

    private async Task ReplayAsync(Screen ada, Screen bob)
    {
        await bob.OpenAsync($"{Home}/triage");
        await ChooseAsync(ada, "Replay…");
        await ada.Dialog.SeesAsync("3 letters are more than the 2 that one person may replay: nothing is sent until somebody else with the role Operator agrees.");
        await LookAsync(ada);
        await ada.Dialog.FillAsync("Reason", "The source was corrected");
        await ada.Dialog.PressAsync("Send for approval");
        await ada.ArrivesAtAsync(new Regex("/replays/"));
        await ada.SeesHeadingAsync("Waits for approval");
        await ada.SeesAsync("Asked for 3 letters: somebody else has to agree before anything is sent.");
        await ada.SeesAsync("Waits for approval: replay of 3 letters.");
        await Expect(ada.Button("Withdraw")).ToBeVisibleAsync();
        await Expect(ada.Button("Approve…")).ToHaveCountAsync(0);
        await LookAsync(ada);

        // It came to Bob's open page by itself.
        var clicks = new Playbooks.Clicks(bob, output, "a replay that a second person approves");
        await bob.SeesAsync("Waits for approval: replay of 3 letters.");
        await FollowAsync(bob, bob.Button("Which letters"));
        await bob.SeesAsync($"{SampleConsole.UnknownArea}/{Zones[0]}");
        await clicks.PressAsync(bob.Button("Approve…"));
        await Expect(bob.Dialog.Button("Approve")).ToBeFocusedAsync();
        await LookAsync(bob);
        await clicks.PressAsync(bob.Dialog.Button("Approve"));
        await bob.Toasts.SeesAsync("Approved: it is on its way.");
        clicks.AreAtMost(2);
        await ada.SeesHeadingAsync("Done");
        await Expect(ada.Figure("Failed again")).ToHaveTextAsync("3");
        await ada.SeesAsync("Agreed to it.");
    }

    private async Task DiscardAsync(Screen ada, Screen bob)
    {
        await ChooseAsync(ada, "Discard…");
        await ada.Dialog.SeesAsync("3 letters are more than the 2 that one person may discard");
        await ada.Dialog.ChooseAsync("Reason", "Duplicate");
        await ada.Dialog.PressAsync("Send for approval");
        await ada.Toasts.SeesAsync("3 letters wait until somebody else agrees.");

        await bob.SeesAsync("Waits for approval: discard of 3 letters.");
        await FollowAsync(bob, bob.Button("Refuse…"));
        await Expect(bob.Dialog.Field("Reason")).ToBeFocusedAsync();
        await Keys.TypeAsync(bob, "They are the only ones");
        await Keys.PressAsync(bob, "Enter");
        await ada.SeesAsync("Refused: discard of 3 letters.");
        await ada.SeesAsync(new Regex("They are the only ones"));
        await LookAsync(ada);
        Assert.Equal(0, await AskAsync("select count(*) from dead_letter where state = 'Discarded' and close_reason like '%asked for by%'"));
    }

    /// <summary>The page was open when the time was over.</summary>
    private async Task ComeTooLateAsync(Screen ada, Screen bob)
    {
        for (var times = 0; times < 3; times++)
        {
            await ChooseAsync(ada, "Discard…");
            await ada.Dialog.SeesAsync("3 letters are more than the 2 that one person may discard");
            await ada.Dialog.ChooseAsync("Reason", "Duplicate");
            await ada.Dialog.PressAsync("Send for approval");
            await ada.Toasts.SeesAsync("3 letters wait until somebody else agrees.");
        }

        // What is broken is not pushed down by many of them.
        await FollowAsync(bob, bob.Button("and 1 more"));
        await Expect(bob.Page.GetByText("Waits for approval: discard of 3 letters.")).ToHaveCountAsync(3);
        await LookAsync(bob);
        await FollowAsync(bob, bob.Button("only the first two"));
        await Expect(bob.Page.GetByText("Waits for approval: discard of 3 letters.")).ToHaveCountAsync(2);
        await console.Site.Server.RunAsync("console", "update letter_request set expires_at = now() where state = 'Open'");
        await FollowAsync(bob, bob.Button("Approve…").First);
        await Expect(bob.Dialog.Button("Approve")).ToBeFocusedAsync();
        await Keys.PressAsync(bob, "Enter");
        await bob.Toasts.SeesAsync("Somebody else was faster, or its time was over.");
        await bob.SeesNothingOfAsync("Waits for approval:");
    }

    private static async Task LimitAsync(Screen ada, string letters)
    {
        await ada.OpenAsync($"{Home}/settings");
        await ada.FillAsync("Letters above which a second person must agree", letters);
        await ada.PressAsync("Save");
        await ada.Toasts.SeesAsync("saved");
    }

    private static async Task ChooseAsync(Screen ada, string command)
    {
        await ada.OpenAsync($"{Home}/dead-letters?q={SampleConsole.UnknownArea}");
        foreach (var zone in Zones)
        {
            await ada.TickAsync($"Select {SampleConsole.UnknownArea}/{zone}");
        }

        await ada.Region("Selection").PressAsync(command);
    }

    /// <summary>As somebody without a mouse.</summary>
    private static async Task FollowAsync(Screen screen, ILocator target)
    {
        await Keys.TabToAsync(screen, target);
        await Keys.PressAsync(screen, "Enter");
    }

    private static async Task LookAsync(Screen screen) => Assert.Empty(await Accessibility.LookAsync(screen.Page, coloursOnly: false));

    private Task<long> AskAsync(string question) => console.Site.Server.AskAsync<long>("console", question);
}
