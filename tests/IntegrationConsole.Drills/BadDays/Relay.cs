using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace IntegrationConsole.Drills.BadDays;

/// <summary>A way to a server of this machine that can be cut and mended: what stands behind it is then down for whoever comes this way.</summary>
internal sealed class Relay : IDisposable
{
    private readonly ConcurrentDictionary<Socket, bool> _open = new();
    private readonly int _target;
    private TcpListener? _listener;

    private Relay(TcpListener listener, int target)
    {
        _target = target;
        _listener = listener;
        Here = (IPEndPoint)listener.LocalEndpoint;
        _ = TakeAsync(listener);
    }

    public IPEndPoint Here { get; }

    /// <param name="address">Where it listens.</param>
    /// <param name="target">The port of the server on the loopback address.</param>
    public static Relay Open(IPAddress address, int target) => new(Listen(new IPEndPoint(address, 0)), target);

    /// <summary>Nothing listens here any more, and whoever was connected is so no longer.</summary>
    public void Cut()
    {
        _listener?.Stop();
        _listener = null;
        foreach (var socket in _open.Keys)
        {
            socket.Close(0);
        }
    }

    public void Mend()
    {
        if (_listener is null)
        {
            _listener = Listen(Here);
            _ = TakeAsync(_listener);
        }
    }

    public void Dispose() => Cut();

    private static TcpListener Listen(IPEndPoint here)
    {
        var listener = new TcpListener(here);
        listener.Server.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        listener.Start();
        return listener;
    }

    private async Task TakeAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                _ = CarryAsync(await listener.AcceptSocketAsync());
            }
        }
        catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // It was cut.
        }
    }

    private async Task CarryAsync(Socket caller)
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using (caller)
        {
            _open[caller] = true;
            _open[server] = true;
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, _target);
                caller.NoDelay = server.NoDelay = true;
                await Task.WhenAny(CopyAsync(caller, server), CopyAsync(server, caller));
            }
            catch (Exception broken) when (broken is SocketException or ObjectDisposedException)
            {
                // One of them is gone, and with it the other.
            }

            _open.TryRemove(caller, out _);
            _open.TryRemove(server, out _);
        }
    }

    private static async Task CopyAsync(Socket from, Socket to)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer) is > 0 and var length)
            {
                for (var sent = 0; sent < length;)
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, length - sent));
                }
            }
        }
        catch (Exception broken) when (broken is SocketException or ObjectDisposedException)
        {
            // Whoever waits for the end of either direction closes both.
        }
    }
}
