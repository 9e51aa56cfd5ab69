using System.Net;
using System.Net.Sockets;

namespace IntegrationConsole.Tests.Connectors.Postgres;

/// <summary>
/// Stands between the connector and a server, and can cut the line at the worst moment: when the server has the message
/// and its answer is on the way.
/// </summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly int _target;
    private readonly Task _accepting;
    private byte[]? _cutAfter;
    private bool _forGood;
    private long _answered;

    public CuttingProxy(int target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int Cuts { get; private set; }

    /// <summary>How many bytes the other side has taken of what was answered.</summary>
    public long Answered => Interlocked.Read(ref _answered);

    /// <summary>Lets the next message with this text through, and loses its answer.</summary>
    public void LoseTheAnswerTo(string text, bool andStayAway = false) => (_cutAfter, _forGood) = (System.Text.Encoding.UTF8.GetBytes(text), andStayAway);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var lines = new List<Task>();
        try
        {
            while (true)
            {
                lines.Add(PassAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (Exception stopped) when (stopped is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(lines);
        }
    }

    private async Task PassAsync(TcpClient client)
    {
        using var near = client;
        using var far = new TcpClient();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        try
        {
            await far.ConnectAsync(IPAddress.Loopback, _target, end.Token);
            var line = new Line(near.GetStream(), far.GetStream());
            await Task.WhenAny(SendAsync(line, end.Token), AnswerAsync(line, end.Token));
            await end.CancelAsync();
        }
        catch (Exception ended) when (ended is OperationCanceledException or IOException or SocketException)
        {
            // Either side went away, which is what a proxy is there to live with.
        }
    }

    private async Task SendAsync(Line line, CancellationToken cancellationToken)
    {
        var buffer = new byte[128 * 1024];
        while (await line.Near.ReadAsync(buffer, cancellationToken) is var read and > 0)
        {
            var message = buffer.AsMemory(0, read);
            if (_cutAfter is { } text && message.Span.IndexOf(text) >= 0)
            {
                _cutAfter = null;
                line.IsCut = true;
            }

            await line.Far.WriteAsync(message, cancellationToken);
        }
    }

    private async Task AnswerAsync(Line line, CancellationToken cancellationToken)
    {
        var buffer = new byte[128 * 1024];
        while (await line.Far.ReadAsync(buffer, cancellationToken) is var read and > 0)
        {
            if (line.IsCut)
            {
                Cuts++;
                if (_forGood)
                {
                    _listener.Stop();
                }

                return;
            }

            await line.Near.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            Interlocked.Add(ref _answered, read);
        }
    }

    private sealed record Line(NetworkStream Near, NetworkStream Far)
    {
        public bool IsCut { get; set; }
    }
}
