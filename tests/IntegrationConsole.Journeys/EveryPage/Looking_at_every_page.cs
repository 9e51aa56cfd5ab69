using System.Text.RegularExpressions;
using IntegrationConsole.Journeys.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace IntegrationConsole.Journeys.EveryPage;

/// <summary>
/// Every page at 1280 by 720, in light, dark and high contrast: nothing in the browser's console, nothing asked of another machine, no
/// serious barrier, one main heading, nothing cut off at the side.
/// </summary>
[Collection(FurnishedConsole.Collection)]
public sealed class Looking_at_every_page(FurnishedConsole console)
{
    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public Task With_something_to_show(ColorScheme theme) => LookAsync([.. Places.Each(console), .. Places.Full(console), .. Places.Besides(console)], theme);

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public Task With_nothing_to_show_yet(ColorScheme theme) => LookAsync([.. Places.Empty], theme);

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public Task With_what_they_showed_gone(ColorScheme theme) => WalkAsync(Site.Administrator, theme, async (screen, findings) =>
    {
        // Inside a circuit: a request for them is answered with 404, which browsers write into their console.
        await OpenAsync(screen, "/me");
        foreach (var path in Places.Gone(console))
        {
            await screen.Page.EvaluateAsync("path => Blazor.navigateTo(path)", path);
            await Expect(screen.Page.Locator(".empty h2").First).ToBeVisibleAsync();
            await LookAsync(screen, path, findings, theme);
            await screen.Page.EvaluateAsync("() => Blazor.navigateTo('/me')");
            await screen.SeesHeadingAsync("Your account");
        }
    });

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public Task Before_anybody_has_signed_in(ColorScheme theme) => WalkAsync(null, theme, async (screen, findings) =>
    {
        foreach (var path in new[] { "/signin", "/welcome", "/status/404", "/status/403", "/status/500" })
        {
            await OpenAsync(screen, path);
            await LookAsync(screen, path, findings, theme);
        }
    });

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public Task With_something_opened_on_them(ColorScheme theme) => WalkAsync(Site.Administrator, theme, async (screen, findings) =>
    {
        await OpenAsync(screen, console.ForeignAddresses.Fill("/t/{tenant}/dead-letters/{letterId}"));
        await screen.PressAsync("Edit");
        await screen.FillAsync("Corrected record", "{ not JSON");
        await screen.SeesProblemAsync("Corrected record", "This is not valid JSON");
        await LookAsync(screen, "editing a dead letter", findings, theme);

        await OpenAsync(screen, console.ForeignAddresses.Fill("/t/{tenant}/dead-letters"));
        await screen.TickAsync("Select all on this page");
        await LookAsync(screen, "dead letters selected", findings, theme);
        await screen.Region("Selection").PressAsync("Replay…");
        await Expect(screen.Dialog.Button("Start the replay")).ToBeVisibleAsync();
        await LookAsync(screen, "the replay dialog", findings, theme);

        await OpenAsync(screen, console.TheirAddresses.Fill("/t/{tenant}/integrations/{slug}/mapping"));
        await screen.Page.GetByTitle("Conversion, default, lookup").First.ClickAsync();
        await screen.SeesAsync("If there is no value");
        await LookAsync(screen, "the conversion of a field", findings, theme);

        var tag = $"looked-at-in-{theme}".ToLowerInvariant();
        await OpenAsync(screen, console.TheirAddresses.Fill("/t/{tenant}/failures/{groupId}"));
        await screen.Page.Keyboard.PressAsync("Shift+T");
        await screen.Dialog.FillAsync("New tag", "two words");
        await screen.Dialog.PressAsync("Add");
        await screen.SeesProblemAsync("New tag", "A tag has no blanks");
        await screen.Dialog.FillAsync("New tag", tag);
        await screen.Page.Keyboard.PressAsync("Enter");
        await Expect(screen.Dialog.Button($"Remove the tag {tag}")).ToBeVisibleAsync();
        await LookAsync(screen, "the tags of a group", findings, theme);
        await screen.Page.Keyboard.PressAsync("Escape");
        await screen.Page.GetByRole(AriaRole.Link, new() { Name = $"Groups tagged {tag}" }).ClickAsync();
        await screen.SeesHeadingAsync("Failures");
        await Expect(screen.Page.GetByRole(AriaRole.Link, new() { Name = $"Groups tagged {tag}" })).ToBeVisibleAsync();
        await Expect(screen.Page.GetByLabel("Tag", new() { Exact = true })).ToHaveValueAsync(tag);
        await LookAsync(screen, "failures with a tag", findings, theme);

        await OpenAsync(screen, console.TheirAddresses.Fill("/t/{tenant}/integrations/{slug}"));
        await screen.Button("Backfill…").PressAsync("Enter");
        await Expect(screen.Dialog.Field("From")).ToBeFocusedAsync();
        await screen.Page.Keyboard.PressAsync("Enter");
        await screen.Dialog.SeesProblemAsync("To", "Enter a day, a time or a number.");
        await LookAsync(screen, "the backfill dialog", findings, theme);
        await screen.Page.Keyboard.PressAsync("Escape");
        await Expect(screen.Button("Backfill…")).ToBeFocusedAsync();

        await OpenAsync(screen, console.TheirAddresses.Fill("/t/{tenant}/webhooks/{webhookId}"));
        await screen.Button("New secret…").PressAsync("Enter");
        await Expect(screen.Dialog.Field("Secret")).ToBeFocusedAsync();
        await screen.Page.Keyboard.PressAsync("Enter");
        await screen.Dialog.SeesProblemAsync("Secret", "Secret is needed.");
        await LookAsync(screen, "the dialog for a new secret", findings, theme);

        await OpenAsync(screen, console.TheirAddresses.Fill("/t/{tenant}/circuits"));
        await screen.Button("Isolate…").First.PressAsync("Enter");
        await screen.Dialog.FillAsync("Reason", "to be looked at");
        await screen.Page.Keyboard.PressAsync("Enter");
        await screen.SeesAsync("is isolated: no run calls it.");
        await Expect(screen.Button("Close…")).ToBeFocusedAsync();
        await screen.Page.Keyboard.PressAsync("Enter");
        await Expect(screen.Dialog.Button("Close")).ToBeVisibleAsync();
        await LookAsync(screen, "the dialog that closes a circuit", findings, theme);
        await screen.Page.Keyboard.PressAsync("Enter");
        await Expect(screen.Button("Close…")).ToHaveCountAsync(0);

        await screen.Page.Keyboard.PressAsync("Control+k");
        await Expect(screen.Dialog.Scope.GetByRole(AriaRole.Option).First).ToBeVisibleAsync();
        await LookAsync(screen, "the command palette", findings, theme);
    });

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public Task With_a_request_that_waits_for_a_second_person(ColorScheme theme) => WalkAsync(Site.Administrator, theme, async (screen, findings) =>
    {
        await console.Site.Server.RunAsync("console", $"""
            insert into letter_request (tenant_id, id, kind, scope, reason, letters, group_id, asked_by, asked_by_id, asked_at, expires_at, state)
            select g.tenant_id, gen_random_uuid(), 'Discard', 'Letters of one failure group', 'sent twice', 3, g.id, 'ada@example.com', gen_random_uuid(), now(), now() + interval '1 day', 'Open'
            from failure_group g join tenant t on t.id = g.tenant_id where t.slug = '{FurnishedConsole.Theirs}' order by g.id limit 1
            """);
        try
        {
            await OpenAsync(screen, "/fleet/triage");
            await screen.Region("Waits for approval").SeesAsync("ada@example.com asked");
            await LookAsync(screen, "what waits for approval", findings, theme);
            await screen.Page.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("^Decide about the discard of 3 letters of ") }).PressAsync("Enter");
            await Expect(screen.Page.Locator("h1")).ToBeFocusedAsync();
            await Expect(screen.Page.Locator(".request", new() { HasText = "sent twice" }).GetByRole(AriaRole.Button, new() { Name = "Approve…" })).ToBeVisibleAsync();
            await screen.Page.Locator(".request", new() { HasText = "sent twice" }).GetByRole(AriaRole.Button, new() { Name = "Refuse…" }).PressAsync("Enter");
            await Expect(screen.Dialog.Field("Reason")).ToBeFocusedAsync();
            await screen.Page.Keyboard.PressAsync("Enter");
            await screen.Dialog.SeesProblemAsync("Reason", "A reason is needed.");
            await LookAsync(screen, "the dialog that refuses a request", findings, theme);
        }
        finally
        {
            await console.Site.Server.RunAsync("console", "delete from letter_request where reason = 'sent twice'");
        }
    });

    [Fact]
    public Task When_the_database_does_not_answer_them_they_say_so_and_recover() => WalkAsync(Site.Administrator, ColorScheme.Light, async (screen, findings) =>
    {
        await OpenAsync(screen, "/me");
        await console.Site.Server.RunAsync("console", "alter table lookup_table rename to lookup_table_away");
        try
        {
            await screen.Page.EvaluateAsync("path => Blazor.navigateTo(path)", $"/t/{FurnishedConsole.Theirs}/lookups");
            await screen.SeesAsync("Error id");
            await LookAsync(screen, "a page that could not be loaded", findings);
        }
        finally
        {
            await console.Site.Server.RunAsync("console", "alter table lookup_table_away rename to lookup_table");
        }

        await screen.PressAsync("Try again");
        await screen.SeesAsync("Area names");
    });

    private Task LookAsync(IReadOnlyList<string> paths, ColorScheme theme) => WalkAsync(Site.Administrator, theme, async (screen, findings) =>
    {
        await OpenAsync(screen, "/me");
        foreach (var path in paths)
        {
            // In light by a request each, in dark from page to page as people go.
            await (theme is ColorScheme.Light ? OpenAsync(screen, path) : GoAsync(screen, path));
            await LookAsync(screen, path, findings, theme);
        }
    });

    private Task WalkAsync(string? email, ColorScheme theme, Func<Screen, List<string>, Task> walk) => Walk.AsAsync(console.Site, email, async screen =>
    {
        var findings = new List<string>();
        await walk(screen, findings);
        Assert.True(findings.Count == 0, string.Join('\n', findings));
    }, theme: theme, name: $"every-page-{theme}");

    private static async Task OpenAsync(Screen screen, string path)
    {
        await screen.OpenAsync(path);
        await Expect(screen.Page.Locator(".skeleton")).ToHaveCountAsync(0);
    }

    private static async Task GoAsync(Screen screen, string path)
    {
        await screen.Page.EvaluateAsync("() => Blazor.navigateTo('/me')");
        await screen.SeesHeadingAsync("Your account");
        await screen.Page.EvaluateAsync("path => Blazor.navigateTo(path)", path);
        await Expect(screen.Page.Locator("h1").Filter(path.StartsWith("/me", StringComparison.Ordinal) ? new() : new() { HasNotText = "Your account" })).ToBeVisibleAsync();
        await Expect(screen.Page.Locator(".skeleton")).ToHaveCountAsync(0);
    }

    /// <summary>Dark and high contrast differ from light in their colours alone.</summary>
    private static async Task LookAsync(Screen screen, string what, List<string> findings, ColorScheme theme = ColorScheme.Light)
    {
        findings.AddRange((await Accessibility.LookAsync(screen.Page, coloursOnly: theme is ColorScheme.Dark)).Select(finding => $"{what}: {finding}"));
        if (theme is ColorScheme.Dark)
        {
            await screen.Page.EvaluateAsync("() => shell.setTheme('contrast')");
            findings.AddRange((await Accessibility.LookAsync(screen.Page, coloursOnly: true)).Select(finding => $"{what} in high contrast: {finding}"));
            await screen.Page.EvaluateAsync("() => shell.setTheme('system')");
        }
    }
}
