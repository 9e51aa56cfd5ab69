using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace IntegrationConsole.Tests.Support;

/// <summary>What a request said.</summary>
internal sealed record ReceivedRequest(string Method, string PathAndQuery, IReadOnlyDictionary<string, string> Headers, IReadOnlyDictionary<string, string> Form)
{
    public string Header(string name) => Headers.GetValueOrDefault(name, "");
}

/// <summary>An outside company's server, on a real socket, that remembers what it was asked and answers as it is told.</summary>
internal sealed class OutsideServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private OutsideServer(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.Single());

    public ConcurrentQueue<ReceivedRequest> Requests { get; } = new();

    /// <summary>Answers each request; "ok" by default.</summary>
    public Func<ReceivedRequest, IResult> Answer { get; set; } = _ => Results.Text("ok");

    /// <summary>Awaited before a request is answered: holds it back.</summary>
    public Func<ReceivedRequest, Task> Before { get; set; } = _ => Task.CompletedTask;

    public static async Task<OutsideServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = new OutsideServer(builder.Build());
        server._app.Run(server.HandleAsync);
        await server._app.StartAsync();
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task HandleAsync(HttpContext context)
    {
        var form = context.Request.HasFormContentType
            ? (await context.Request.ReadFormAsync()).ToDictionary(field => field.Key, field => field.Value.ToString())
            : [];
        var request = new ReceivedRequest(
            context.Request.Method, context.Request.Path + context.Request.QueryString,
            context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase), form);
        Requests.Enqueue(request);
        await Before(request);
        await Answer(request).ExecuteAsync(context);
    }
}
