namespace OutsideWorld;

/// <summary>Outside companies' systems, pretended over real HTTP.</summary>
public sealed class OutsideWorldServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private OutsideWorldServer(WebApplication app) => _app = app;

    /// <summary>Where it listens, without a slash at the end.</summary>
    public string Address => _app.Urls.First().TrimEnd('/');

    public static async Task<OutsideWorldServer> StartAsync(string address = "http://127.0.0.1:0")
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(address);
        builder.Logging.ClearProviders();
        var app = builder.Build();
        await app.StartAsync();
        return new OutsideWorldServer(app);
    }

    public Task WaitAsync() => _app.WaitForShutdownAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
