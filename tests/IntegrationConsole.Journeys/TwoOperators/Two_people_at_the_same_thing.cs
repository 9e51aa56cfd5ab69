using System.Text.RegularExpressions;
using IntegrationConsole.Journeys.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace IntegrationConsole.Journeys.TwoOperators;

/// <summary>Ada and Bob look at the same page; what one of them saves is never overwritten by the other.</summary>
[Collection(SampleConsole.Collection)]
public sealed class Two_people_at_the_same_thing(SampleConsole console)
{
    private const string Home = $"/t/{SampleConsole.Tenant}";
    private const string Bob = "bob@example.com";

    [Fact]
    public Task A_connection_that_the_other_one_changed() => TogetherAsync(async (ada, bob) =>
    {
        await BothAsync(ada, bob, async screen =>
        {
            await screen.OpenAsync($"{Home}/connections");
            await screen.FollowAsync("Sample database");
            await screen.SeesPageAsync("Sample database");
            await screen.FillAsync("Name", screen == ada ? "Sample database of Ada" : "Sample database of Bob");
        });
        await ada.PressAsync("Save");
        await ada.SeesHeadingAsync("Sample database of Ada");

        await bob.PressAsync("Save");
        await bob.SeesAsync("Somebody else changed this connection meanwhile.");
        await Expect(bob.Field("Name")).ToHaveValueAsync("Sample database of Bob");
        await bob.PressAsync("Load theirs");
        await Expect(bob.Field("Name")).ToHaveValueAsync("Sample database of Ada");
        await bob.FillAsync("Name", "Sample database");
        await bob.PressAsync("Save");
        await bob.SeesHeadingAsync(new Regex(@"^Sample database\s*$"));
    });

    [Fact]
    public Task A_mapping_that_the_other_one_saved() => TogetherAsync(async (ada, bob) =>
    {
        await BothAsync(ada, bob, async screen =>
        {
            await screen.OpenAsync($"{Home}/integrations/regions-to-database/mapping");
            await screen.ChooseAsync("Origin of label", "text with values");
            await screen.FillAsync("Source of label", screen == ada ? "{names.native} by Ada" : "{names.native} by Bob");
        });
        await ada.PressAsync("Save draft");
        await ada.SeesAsync("The draft is saved.");

        await bob.PressAsync("Publish…");
        await bob.SeesAsync("Somebody else saved this mapping meanwhile.");
        await Expect(bob.Dialog.Scope).ToBeHiddenAsync();
        await Expect(bob.Field("Source of label")).ToHaveValueAsync("{names.native} by Bob");
        await bob.PressAsync("Load theirs");
        await Expect(bob.Field("Source of label")).ToHaveValueAsync("{names.native} by Ada");
    });

    [Fact]
    public Task A_letter_that_the_other_one_corrected() => TogetherAsync(async (ada, bob) =>
    {
        const string zone = $"{SampleConsole.UnknownArea}/Comoro";
        await BothAsync(ada, bob, async screen =>
        {
            await OpenLetterAsync(screen, zone);
            await screen.PressAsync("Edit");
            await screen.FillAsync("Corrected record", $$"""{ "id": "{{zone}}", "area": "{{(screen == ada ? "Africa" : "Asia")}}" }""");
        });
        await ada.PressAsync("Save the correction");
        await ada.SeesAsync("The original is kept.");

        await bob.PressAsync("Save the correction");
        await bob.Toasts.SeesAsync("The letter changed meanwhile");
        await Expect(bob.Field("Corrected record")).ToHaveValueAsync(new Regex("Asia"));
        await bob.PressAsync("Cancel");
        await bob.SeesAsync($"edited by {Site.Administrator}");
        await Expect(bob.Region("The record").Scope).ToContainTextAsync("Africa");
    });

    [Fact]
    public Task A_letter_that_both_replay_is_sent_once() => TogetherAsync(async (ada, bob) =>
    {
        const string zone = $"{SampleConsole.UnknownArea}/Chagos";
        await OpenLetterAsync(ada, zone);
        await ada.PressAsync("Edit");
        await ada.FillAsync("Corrected record", $$"""{ "id": "{{zone}}", "area": "Asia", "utcOffsetMinutes": 1, "changesClocks": false, "checkedAt": "2024-01-01T00:00:00Z" }""");
        await ada.PressAsync("Save the correction");
        await ada.SeesAsync("The original is kept.");
        await OpenLetterAsync(bob, zone);
        await BothAsync(ada, bob, screen => screen.PressAsync("Replay…"));
        await BothAsync(ada, bob, screen => screen.Dialog.PressAsync("Start the replay"));

        // What is said goes away after a while, and the delivery may take longer.
        var said = string.Join(' ', await Task.WhenAll(AnswerAsync(ada), AnswerAsync(bob)));
        await BothAsync(ada, bob, screen => screen.SeesHeadingAsync("Delivered"));
        Assert.Contains("The letter is on its way.", said, StringComparison.Ordinal);
        Assert.Contains("It does not wait any more.", said, StringComparison.Ordinal);
        await Expect(bob.Region("Attempts").Scope.GetByRole(AriaRole.Row)).ToHaveCountAsync(2);
        Assert.Equal(1, await console.Site.Server.AskAsync<long>("console", $"""
            select count(*) from replay_item i join dead_letter d on d.tenant_id = i.tenant_id and d.id = i.letter_id where d.record_key like '%{zone}%'
            """));
    });

    private async Task TogetherAsync(Func<Screen, Screen, Task> walk)
    {
        await console.Site.InviteOnceAsync(Bob, SampleConsole.Tenant, "Integrator");
        await Walk.AsAsync(console.Site, Site.Administrator, ada => Walk.AsAsync(console.Site, Bob, bob => walk(ada, bob), name: "Bob"), name: "Ada");
    }

    private static Task BothAsync(Screen ada, Screen bob, Func<Screen, Task> act) => Task.WhenAll(act(ada), act(bob));

    private static async Task<string> AnswerAsync(Screen screen)
    {
        await screen.Toasts.SeesAsync(new Regex("The letter is on its way|It does not wait any more"));
        return await screen.Toasts.Scope.InnerTextAsync();
    }

    private static async Task OpenLetterAsync(Screen screen, string zone)
    {
        await screen.OpenAsync($"{Home}/dead-letters?q={Uri.EscapeDataString(zone)}");
        await screen.FollowAsync(zone);
        await screen.SeesHeadingAsync(zone);
    }
}
