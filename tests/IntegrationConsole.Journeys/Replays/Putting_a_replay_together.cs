using System.Text.RegularExpressions;
using IntegrationConsole.Journeys.Support;
using static Microsoft.Playwright.Assertions;

namespace IntegrationConsole.Journeys.Replays;

/// <summary>A replay is put together, laid aside, and taken up again; what it may not do is said before.</summary>
[Collection(SampleConsole.Collection)]
public sealed class Putting_a_replay_together(SampleConsole console)
{
    private const string Home = $"/t/{SampleConsole.Tenant}";
    private const string Destination = "Sample database";
    private const string Composer = $"{Home}/replays/new?q={SampleConsole.UnknownArea}";

    [Fact]
    public Task A_draft_brings_back_what_was_changed_and_picked() => Walk.AsAsync(console.Site, Site.Administrator, async screen =>
    {
        await screen.OpenAsync(Composer);
        await screen.PressAsync("Add a change");
        await screen.Page.Locator("#patch-field-0").FillAsync("area");
        await screen.Page.Locator("#patch-value-0").FillAsync("Asia");
        await screen.Page.Locator("#patch-when-0").FillAsync("id");
        await screen.Page.Locator("#patch-is-0").FillAsync($"{SampleConsole.UnknownArea}/Mahe");
        await screen.FillAsync("Reason", "Their area is known by now");
        await screen.PressAsync("Dry run");
        await screen.SeesAsync(new Regex("^1 of [0-9]+ pass the mapping"));
        await screen.PressAsync("Go on with only these");
        await screen.SeesAsync("Only letters that passed a dry run.");
        await screen.SeesAsync(new Regex("^1 letter$"));

        await screen.PressAsync("Save as draft");
        await screen.Toasts.FollowAsync("Open it");
        await screen.SeesHeadingAsync("Draft");
        await screen.FollowAsync("Open the draft");
        await screen.SeesAsync("Only letters that passed a dry run.");
        await Expect(screen.Field("Reason")).ToHaveValueAsync("Their area is known by now");
        await Expect(screen.Page.Locator("#patch-value-0")).ToHaveValueAsync("Asia");
        Assert.DoesNotContain("Asia", screen.Page.Url, StringComparison.Ordinal);
        await screen.PressAsync("Take all again");
        await screen.SeesNothingOfAsync("Only letters that passed a dry run.");
    });

    [Fact]
    public Task Letters_are_tried_with_a_draft_of_the_mapping_and_not_sent() => Walk.AsAsync(console.Site, Site.Administrator, async screen =>
    {
        await screen.OpenAsync($"{Composer}&mapping=draft");
        await screen.SeesAsync(new Regex("A draft is for dry runs only: publish the draft of .*, then start."));
        await Expect(screen.Button("Start the replay")).ToBeDisabledAsync();
        await screen.PressAsync("Dry run");
        await screen.SeesAsync(new Regex("The mapping of .* has no draft: try its versions."));
    });

    [Fact]
    public Task Behind_an_open_circuit_it_is_to_begin_when_that_is_closed() => Walk.AsAsync(console.Site, Site.Administrator, async screen =>
    {
        await screen.OpenAsync($"{Home}/circuits");
        await screen.Row(Destination).PressAsync("Isolate…");
        await screen.Dialog.FillAsync("Reason", "to see what a replay does");
        await screen.Dialog.PressAsync("Isolate");
        await screen.SeesAsync("is isolated: no run calls it.");
        try
        {
            await screen.OpenAsync(Composer);
            await screen.SeesAsync(new Regex("It begins when the circuit is closed.$"));
            await Expect(screen.Page.Locator("#replay-start-rule")).ToHaveValueAsync("closed");

            await screen.OpenAsync($"{Home}/dead-letters?q={SampleConsole.UnknownArea}");
            await screen.TickAsync($"Select {SampleConsole.UnknownArea}/Mahe");
            await screen.Region("Selection").PressAsync("Replay…");
            await screen.Dialog.SeesAsync($"The circuit of {Destination} is open: the replay begins when it is closed.");
            await screen.Dialog.PressAsync("Cancel");
            await Expect(screen.Dialog.Scope).ToBeHiddenAsync();
        }
        finally
        {
            await screen.OpenAsync($"{Home}/circuits");
            await screen.Row(Destination).PressAsync("Close…");
            await screen.Dialog.PressAsync("Close");
            await Expect(screen.Button("Close…")).ToHaveCountAsync(0);
        }
    });
}
