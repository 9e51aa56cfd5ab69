namespace IntegrationConsole.Journeys.Support;

/// <summary>
/// A console with the sample workspace, as somebody has it who tries the product: three integrations have run, and the
/// time zones of one area wait as dead letters. Shared by walks that do not get in each other's way.
/// </summary>
public sealed class SampleConsole : IAsyncLifetime
{
    public const string Collection = "The sample workspace";
    public const string Tenant = "sample";

    /// <summary>Set aside until somebody names their area: its time zones, which are many enough to try things on.</summary>
    public const string UnknownArea = "Indian";

    private Site? _site;

    internal Site Site => _site ?? throw new InvalidOperationException("The console did not start.");

    internal static Dictionary<string, string> Settings => new() { ["Console__Sample"] = "true" };

    public async Task InitializeAsync()
    {
        _site = await Site.StartAsync(Settings);
        await WaitForLettersAsync(_site);
    }

    public async Task DisposeAsync()
    {
        if (_site is { } site)
        {
            await site.DisposeAsync();
        }
    }

    /// <summary>The sample's integrations run when the console starts.</summary>
    internal static Task WaitForLettersAsync(Site site) => Walk.AsAsync(site, Site.Administrator, async screen =>
    {
        await screen.OpenAsync($"/t/{Tenant}/dead-letters?q={UnknownArea}");
        await screen.Link($"{UnknownArea}/Mahe").WaitForAsync();
    });
}

/// <summary>Those who share the console take turns.</summary>
[CollectionDefinition(SampleConsole.Collection)]
public sealed class SampleConsoleCollection : ICollectionFixture<SampleConsole>;
