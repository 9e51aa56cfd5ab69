using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace IntegrationConsole.Journeys.Support;

/// <summary>What a page says in the browser's console, which of its requests fail, and whether it asks another machine for anything.</summary>
internal sealed class Sounds(string address)
{
    private readonly ConcurrentQueue<string> _own = new();
    private readonly ConcurrentQueue<string> _elsewhere = new();

    public IReadOnlyList<string> FromElsewhere => [.. _elsewhere];

    public IReadOnlyList<string> All => [.. _own, .. _elsewhere];

    public void Listen(IPage page)
    {
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                _own.Enqueue($"{page.Url}: {message.Type}: {message.Text}");
            }
        };
        page.PageError += (_, problem) => _own.Enqueue($"{page.Url}: {problem}");
        page.RequestFailed += (_, request) =>
        {
            // What is on its way when somebody goes to another page is given up by the browser.
            if (request.Failure != "net::ERR_ABORTED")
            {
                _own.Enqueue($"{page.Url}: {request.Url} {request.Failure}");
            }
        };
        page.Request += (_, request) => Hear(request.Url);
        page.WebSocket += (_, socket) => Hear(socket.Url);
    }

    private void Hear(string url)
    {
        var here = new Uri(address);
        if (Uri.TryCreate(url, UriKind.Absolute, out var asked) && asked.Scheme is "http" or "https" or "ws" or "wss" && (asked.Host, asked.Port) != (here.Host, here.Port))
        {
            _elsewhere.Enqueue($"asked {url}");
        }
    }
}
