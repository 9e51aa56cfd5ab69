using IntegrationConsole.Journeys.Support;
using static Microsoft.Playwright.Assertions;

namespace IntegrationConsole.Journeys.AccessWalk;

/// <summary>What somebody may not do is seen, cannot be pressed, and says whom to ask.</summary>
[Collection(FurnishedConsole.Collection)]
public sealed class Commands_that_a_role_may_not_give(FurnishedConsole console)
{
    /// <summary>What a viewer may press: it changes what is shown and nothing else.</summary>
    private static readonly string[] Harmless =
    [
        "24 hours", "30 days", "90 days", "7 days", "1 hour", "1 year", "Chart", "Clear the search", "Conversion of ", "Copy ", "Differences", "Find", "Form", "Hide the replay", "Hide the source record", "Look at ", "Map them again", "Next", "Older", "Previous", "Select all that match", "Show", "Table", "Text", "Which letters",
    ];

    /// <summary>What is disabled for everybody at times: there is no page before the first one.</summary>
    private static readonly string[] Resting = ["Next", "Previous", "Show"];

    private static readonly string[] OfOperators = ["Run now", "Pause…", "Run again", "Replay…", "Discard…", "Discover", "Read sample records", "Edit", "Replay the failed ones…", "Run all", "Try it",
        "Backfill…", "Approve…", "Refuse…", "Probe now", "Isolate…", "Close…", "Reconcile now", "Repair…", "Start", "Stop", "Cancel", "Cancel…", "Acknowledge", "Assign…", "Snooze…", "Show again", "Another cause…", "Resolve…", "Open again", "Merge…", "Try the newest letters", "Preview", "Undo", "Add the remark", "Take out", "Save as draft", "Dry run", "Start the replay", "Add a change", "Go on", "Skip the stages", "Begin now", "Change the pace", "Pause", "Take back", "Silence…", "Maintenance…", "Slow backfills down…", "End it", "Show delivery 1", "New runbook", "Write a runbook", "Withdraw", "Let go…", "Pause the replay", "Let the replay go on", "Cancel the replay", "Tags…"];

    [Fact]
    public Task A_viewer_sees_every_command_disabled_with_the_role_that_it_takes() => Walk.AsAsync(console.Site, FurnishedConsole.Viewer, async screen =>
    {
        var findings = new List<string>();
        var commands = new HashSet<string>();
        foreach (var route in ApprovedRoutes.Pages.Where(route => route.IsOfTenant && route.Needs == "View"))
        {
            await OpenAsync(screen, console.TheirAddresses.Fill(route.Path));
            foreach (var (name, disabled, hint) in await CommandsAsync(screen))
            {
                var refused = disabled && hint.StartsWith("Needs the role ", StringComparison.Ordinal);
                if (refused)
                {
                    commands.Add(name);
                    var needs = OfOperators.Contains(name) || IsOfARow(name) ? "Operator" : "Integrator";
                    findings.AddRange(hint == $"Needs the role {needs}" ? [] : [$"{route.Path}: {name} says “{hint}” and not {needs}"]);
                }
                else if (disabled ? !Resting.Contains(name) : !Harmless.Any(harmless => name.StartsWith(harmless, StringComparison.Ordinal)))
                {
                    findings.Add($"{route.Path}: “{name}” is {(disabled ? "disabled without a word" : "offered")}");
                }
            }
        }

        Assert.True(findings.Count == 0, string.Join('\n', findings));
        Assert.Superset(new HashSet<string> { "Run now", "Replay…", "Discard…", "Publish…", "Save", "Test", "Delete…", "New integration", "New connection", "New credential", "New table", "Settings" }, commands);
    });

    [Fact]
    public Task An_operator_may_run_and_replay_but_not_configure() => Walk.AsAsync(console.Site, FurnishedConsole.Operator, async screen =>
    {
        await OpenAsync(screen, console.TheirAddresses.Fill("/t/{tenant}/integrations/{slug}"));
        await Expect(screen.Button("Run now")).ToBeEnabledAsync();
        await Expect(screen.Link("Settings").Last).ToHaveAttributeAsync("title", "Needs the role Integrator");
        await OpenAsync(screen, console.TheirAddresses.Fill("/t/{tenant}/dead-letters/{letterId:guid}"));
        await Expect(screen.Button("Replay…")).ToBeEnabledAsync();
        await OpenAsync(screen, console.TheirAddresses.Fill("/t/{tenant}/connections/{connectionId:guid}"));
        await Expect(screen.Button("Discover")).ToBeEnabledAsync();
        await Expect(screen.Button("Save")).ToBeDisabledAsync();
        await Expect(screen.Page.Locator("#connection-name")).ToBeDisabledAsync();
    });

    [Fact]
    public async Task A_viewer_is_not_shown_what_the_records_hold()
    {
        var letter = console.TheirAddresses.Fill("/t/{tenant}/dead-letters/{letterId:guid}");
        await Walk.AsAsync(console.Site, FurnishedConsole.Operator, async screen =>
        {
            await OpenAsync(screen, letter);
            await screen.SeesAsync("utcOffsetMinutes");
        });
        await Walk.AsAsync(console.Site, FurnishedConsole.Viewer, async screen =>
        {
            await OpenAsync(screen, letter);
            await screen.SeesAsync("Records are shown to people with the role Operator.");
            await screen.SeesNothingOfAsync("utcOffsetMinutes");
        });
    }

    /// <summary>In a list a command says which row it is for.</summary>
    private static bool IsOfARow(string name) => (name.StartsWith("Run ", StringComparison.Ordinal) && name.EndsWith(" again", StringComparison.Ordinal))
        || Array.Exists((string[])["Replay the failed ones of ", "Pause ", "Let ", "Cancel "], begin => name.StartsWith(begin, StringComparison.Ordinal));

    private static async Task OpenAsync(Screen screen, string path)
    {
        await screen.OpenAsync(path);
        await Expect(screen.Page.Locator(".skeleton")).ToHaveCountAsync(0);
    }

    private static async Task<IReadOnlyList<(string Name, bool Disabled, string Hint)>> CommandsAsync(Screen screen)
    {
        var found = await screen.Page.Locator("main button, main a.button[aria-disabled], main a[role=link]").EvaluateAllAsync<string[]>("""
            all => all.filter(one => one.checkVisibility()).map(one => [
                (one.getAttribute("aria-label") || one.innerText).trim().replace(/\s+/g, " "), one.matches(":disabled, [aria-disabled=true]"), one.title || one.closest("fieldset[title]")?.title || ""].join("\t"))
            """);
        return [.. found.Select(line => line.Split('\t')).Select(parts => (parts[0], parts[1] == "true", parts[2]))];
    }
}
