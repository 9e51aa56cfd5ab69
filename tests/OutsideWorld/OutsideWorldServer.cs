namespace OutsideWorld;

/// <summary>Outside companies' systems, pretended over real HTTP: their data, their sign-in, their sinks, and their bad days.</summary>
public sealed class OutsideWorldServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private OutsideWorldServer(WebApplication app) => _app = app;

    /// <summary>Where it listens, without a slash at the end.</summary>
    public string Address => AddressOf(0);

    /// <summary>The same with TLS and a certificate that nobody has reason to trust.</summary>
    public string TlsAddress => AddressOf(1);

    /// <summary>The same in HTTP/2 without TLS, for those who know that beforehand.</summary>
    public string Http2Address => AddressOf(2);

    public Datasets Datasets => _app.Services.GetRequiredService<Datasets>();

    public Sinks Sinks => _app.Services.GetRequiredService<Sinks>();

    public Shops Shops => _app.Services.GetRequiredService<Shops>();

    public Hooks Hooks => _app.Services.GetRequiredService<Hooks>();

    public Faults Faults => _app.Services.GetRequiredService<Faults>();

    public TokenOffice Tokens => _app.Services.GetRequiredService<TokenOffice>();

    public RateLimits Limits => _app.Services.GetRequiredService<RateLimits>();

    public Traffic Traffic => _app.Services.GetRequiredService<Traffic>();

    /// <param name="address">Where to listen; port 0 for any.</param>
    public static async Task<OutsideWorldServer> StartAsync(string address = "http://127.0.0.1:0")
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Listen(new Uri(address), TimeProvider.System);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<Datasets>();
        builder.Services.AddSingleton<Sinks>();
        builder.Services.AddSingleton<Shops>();
        builder.Services.AddSingleton<Hooks>();
        builder.Services.AddSingleton<Faults>();
        builder.Services.AddSingleton<TokenOffice>();
        builder.Services.AddSingleton<Traffic>();
        builder.Services.AddSingleton<RateLimits>();

        var app = builder.Build();
        app.UseTraffic();
        app.UseFaults();
        app.UseRateLimits();
        app.UseSecureArea();
        app.UseRouting();
        app.MapDatasets();
        app.MapOrders();
        app.MapBelow();
        app.MapSinks();
        app.MapShops();
        app.MapHooks();
        app.MapTokenOffice();
        app.MapControl();
        await app.StartAsync();
        return new OutsideWorldServer(app);
    }

    /// <summary>Gives a company these records, each a JSON object as text.</summary>
    public void Put(string dataset, IEnumerable<string> records) => Datasets.Put(dataset, records);

    public Task WaitAsync() => _app.WaitForShutdownAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private string AddressOf(int index) => _app.Urls.ElementAt(index).TrimEnd('/');
}
