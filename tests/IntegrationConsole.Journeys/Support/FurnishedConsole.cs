using System.Text.RegularExpressions;
using static Microsoft.Playwright.Assertions;

namespace IntegrationConsole.Journeys.Support;

/// <summary>
/// A console that has been in use for a while: the sample workspace with somebody of every role, a replay and failures,
/// twenty made-up tenants with a month of history, and a tenant that has nothing yet.
/// </summary>
public sealed partial class FurnishedConsole : IAsyncLifetime
{
    public const string Collection = "The furnished console";

    /// <summary>Where the people below have their roles.</summary>
    public const string Theirs = "sample";

    /// <summary>A tenant that none of them may see.</summary>
    public const string Foreign = "made-up-1";

    public const string Empty = "north-wind";

    public const string Viewer = "vera@example.com";
    public const string Operator = "otto@example.com";
    public const string Integrator = "inga@example.com";
    public const string TenantAdmin = "tara@example.com";

    private Site? _site;

    internal Site Site => _site ?? throw new InvalidOperationException("The console did not start.");

    internal TenantAddresses TheirAddresses { get; private set; } = null!;

    internal TenantAddresses ForeignAddresses { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        _site = await Site.StartAsync(new Dictionary<string, string> { ["Console__Sample"] = "true" });
        await Site.Console.CommandAsync("seed");
        await Walk.AsAsync(Site, Site.Administrator, async screen =>
        {
            await CreateEmptyTenantAsync(screen);
            await ReplayOneLetterAsync(screen);
            await MakeALookupTableAsync(screen);
            await ReconcileAsync(screen);
            await ReceiveAsync(screen, Theirs);
            await ReceiveAsync(screen, Foreign);
            await AlertAsync(screen);
            await WriteARunbookAsync(screen);
        });
        foreach (var (email, role) in new[] { (Viewer, "Viewer"), (Operator, "Operator"), (Integrator, "Integrator"), (TenantAdmin, "TenantAdmin") })
        {
            await Site.InviteAsync(email, Theirs, role);
        }

        TheirAddresses = await TenantAddresses.OfAsync(Site, Theirs);
        ForeignAddresses = await TenantAddresses.OfAsync(Site, Foreign);
    }

    public async Task DisposeAsync()
    {
        if (_site is { } site)
        {
            await site.DisposeAsync();
        }
    }

    private static async Task CreateEmptyTenantAsync(Screen screen)
    {
        await screen.OpenAsync("/fleet/tenants/new");
        await screen.FillAsync("Name", "North Wind");
        await screen.PressAsync("Create the tenant");
        await screen.ArrivesAtAsync($"/t/{Empty}");
    }

    private static async Task WriteARunbookAsync(Screen screen)
    {
        await screen.OpenAsync($"/t/{Theirs}/runbooks?edit=new");
        await screen.FillAsync("Title", "The shop is closed for the year");
        await screen.FillAsync("Words in what happened", "closed for the year");
        await screen.FillAsync("What to do", "1. Wait.");
        await screen.PressAsync("Save");
        await screen.SeesAsync("The runbook is saved");
    }

    private static async Task MakeALookupTableAsync(Screen screen)
    {
        await screen.OpenAsync($"/t/{Foreign}/lookups/new");
        await screen.FillAsync("Name", "Countries");
        await screen.FillAsync("Rows", "DE,Germany");
        await screen.PressAsync("Save");
        await screen.SeesAsync("Countries is saved with 1 row.");
    }

    private static async Task ReconcileAsync(Screen screen)
    {
        await screen.OpenAsync($"/t/{Theirs}/integrations/currencies-to-database/reconciliations");
        await screen.PressAsync("Reconcile now");
        await Expect(screen.Page.GetByText(Compared()).First).ToBeVisibleAsync();
    }

    /// <summary>A webhook endpoint with one delivery.</summary>
    private static async Task ReceiveAsync(Screen screen, string tenant)
    {
        await screen.OpenAsync($"/t/{tenant}/webhooks/new");
        await screen.FillAsync("Name", "Shop events");
        await screen.PressAsync("Make one");
        await screen.SeesAsync("Copy it to the sender now");
        await screen.PressAsync("Save the endpoint");
        await screen.SeesHeadingAsync("Shop events");
        await screen.PressAsync("Send a test");
        await screen.SeesAsync("The test arrived and was kept.");
    }

    /// <summary>A channel, and a rule about dead letters that does not wait.</summary>
    private static async Task AlertAsync(Screen screen)
    {
        await screen.OpenAsync($"/t/{Theirs}/alerts?tab=channels&channel=new");
        await screen.Page.GetByLabel("Kind").SelectOptionAsync("Webhook");
        await screen.FillAsync("Name", "On call");
        await screen.FillAsync("Address", "http://127.0.0.1:9/hook");
        await screen.FillAsync("Key", "a key of the tenant's own");
        await screen.PressAsync("Save");
        await screen.SeesAsync("On call is saved. Press Test to see that messages arrive.");
        await screen.OpenAsync($"/t/{Theirs}/alerts?tab=rules");
        await screen.PressAsync("Change Dead letters…");
        await screen.Dialog.FillAsync("After minutes", "0");
        await screen.Dialog.PressAsync("Save");
        await screen.SeesAsync("Dead letters is saved.");
        await screen.OpenAsync($"/t/{Theirs}/alerts");
        await Expect(screen.Page.GetByText("Dead letters: integration").First).ToBeVisibleAsync(new() { Timeout = 90_000 });
    }

    [GeneratedRegex("^(Both sides agree|They differ)$")]
    private static partial Regex Compared();

    /// <summary>A record that the sample's mapping rejects, and rejects again.</summary>
    private static async Task ReplayOneLetterAsync(Screen screen)
    {
        await screen.OpenAsync($"/t/{Theirs}/dead-letters");
        await screen.FirstRowLink.ClickAsync();
        await screen.PressAsync("Replay…");
        await screen.Dialog.PressAsync("Start the replay");
        await screen.SeesAsync("2 attempts");
    }
}

/// <summary>Its tests come one after the other.</summary>
[CollectionDefinition(FurnishedConsole.Collection)]
public sealed class FurnishedConsoleCollection : ICollectionFixture<FurnishedConsole>;
