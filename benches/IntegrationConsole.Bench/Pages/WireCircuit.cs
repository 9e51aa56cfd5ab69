using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;

namespace IntegrationConsole.Bench.Pages;

/// <summary>
/// An open page without a browser: asks for it, starts its circuit, and acknowledges what it is to draw as the browser's
/// script does. It draws nothing, and only looks whether certain words are in it.
/// </summary>
internal sealed class WireCircuit : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan BetweenPings = TimeSpan.FromSeconds(10);

    private readonly ClientWebSocket _socket = new();
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly CancellationTokenSource _leaving = new();
    private readonly ConcurrentDictionary<string, (byte[] Bytes, TaskCompletionSource Seen)> _awaited = new();
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _working = Task.CompletedTask;

    private WireCircuit()
    {
    }

    /// <summary>Why it does not live any more; null while it does.</summary>
    public string? Loss { get; private set; }

    public int Drawn { get; private set; }

    public long DrawnBytes { get; private set; }

    /// <param name="http">Sends the session's cookie.</param>
    /// <param name="address">The page.</param>
    /// <param name="cookie">The same for the circuit.</param>
    public static async Task<WireCircuit> OpenAsync(HttpClient http, Uri address, string cookie)
    {
        var html = await http.GetStringAsync(address);
        var circuit = new WireCircuit();
        circuit._socket.Options.SetRequestHeader("Cookie", cookie);
        var server = new Uri(address, "/");
        await circuit._socket.ConnectAsync(new UriBuilder(new Uri(server, "_blazor")) { Scheme = "ws" }.Uri, circuit._leaving.Token);
        await circuit.ShakeHandsAsync();
        circuit._working = Task.WhenAll(circuit.ListenAsync(), circuit.PingAsync());
        await circuit.SendAsync(PackWriter.Call("0", "StartCircuit", server.ToString(), address.ToString(), "[]", ""));
        await circuit._started.Task.WaitAsync(Patience);
        await circuit.SendAsync(PackWriter.Call(null, "UpdateRootComponents", PageMarkers.Additions(html), PageMarkers.State(html)));
        return circuit;
    }

    /// <summary>Done as soon as something with these words in it is to be drawn. To be asked before it is.</summary>
    public Task SeesAsync(string words) =>
        _awaited.GetOrAdd(words, text => (Encoding.UTF8.GetBytes(text), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))).Seen.Task;

    public async ValueTask DisposeAsync()
    {
        await _leaving.CancelAsync();
        await _working;
        _socket.Dispose();
        _sending.Dispose();
        _leaving.Dispose();
    }

    private async Task ShakeHandsAsync()
    {
        const byte End = 0x1e;
        await SendAsync([.. "{\"protocol\":\"blazorpack\",\"version\":1}"u8, End]);
        var answer = new byte[256];
        var received = await _socket.ReceiveAsync(answer.AsMemory(), _leaving.Token);
        if (received.Count < 2 || answer[1] != (byte)'}')
        {
            throw new InvalidOperationException($"The server does not speak with us: {Encoding.UTF8.GetString(answer, 0, received.Count)}");
        }
    }

    private async Task SendAsync(byte[] message)
    {
        await _sending.WaitAsync(_leaving.Token);
        try
        {
            await _socket.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, _leaving.Token);
        }
        finally
        {
            _sending.Release();
        }
    }

    private async Task PingAsync()
    {
        using var timer = new PeriodicTimer(BetweenPings);
        try
        {
            while (Loss is null && await timer.WaitForNextTickAsync(_leaving.Token))
            {
                await SendAsync(PackWriter.Ping());
            }
        }
        catch (Exception over) when (over is OperationCanceledException or WebSocketException)
        {
            Lose(over.Message);
        }
    }

    private async Task ListenAsync()
    {
        var buffer = new byte[64 * 1024];
        var filled = 0;
        try
        {
            while (Loss is null)
            {
                if (filled == buffer.Length)
                {
                    Array.Resize(ref buffer, 2 * buffer.Length);
                }

                var received = await _socket.ReceiveAsync(buffer.AsMemory(filled), _leaving.Token);
                if (received.MessageType is WebSocketMessageType.Close)
                {
                    Lose($"The server closed it: {_socket.CloseStatusDescription}");
                    return;
                }

                filled += received.Count;
                var used = 0;
                while (PackReader.Frame(buffer.AsMemory(used, filled - used), out var message) is > 0 and var length)
                {
                    await TakeAsync(message);
                    used += length;
                }

                buffer.AsSpan(used, filled - used).CopyTo(buffer);
                filled -= used;
            }
        }
        catch (Exception over) when (over is OperationCanceledException or WebSocketException)
        {
            Lose(over.Message);
        }
    }

    private void Lose(string why)
    {
        Loss ??= why;
        _started.TrySetException(new InvalidOperationException(why));
    }

    private Task TakeAsync(ReadOnlyMemory<byte> message)
    {
        var parts = (List<object?>)new PackReader(message).Next()!;
        switch (parts[0])
        {
            case 1L:
                return CalledAsync((string)parts[3]!, (List<object?>)parts[4]!);
            case 3L:
                if (parts is [_, _, _, 3L, string])
                {
                    _started.TrySetResult();
                }
                else
                {
                    Lose("The circuit was not started.");
                }

                break;
            case 7L:
                Lose($"The server ended it: {parts[1]}");
                break;
        }

        return Task.CompletedTask;
    }

    private Task CalledAsync(string target, List<object?> arguments)
    {
        switch (target)
        {
            case "JS.RenderBatch":
                Look((ReadOnlyMemory<byte>)arguments[1]!);
                return SendAsync(PackWriter.Call(null, "OnRenderCompleted", arguments[0], null));
            case "JS.BeginInvokeJS" when arguments[0] is long task and not 0:
                var result = (string)arguments[1]! == "shell.theme" ? "\"system\"" : "null";
                return SendAsync(PackWriter.Call(null, "EndInvokeJSFromDotNet", task, true, $"[{task},true,{result}]"));
            case "JS.Error":
                Lose($"The page failed: {arguments[0]}");
                return Task.CompletedTask;
            default:
                return Task.CompletedTask;
        }
    }

    private void Look(ReadOnlyMemory<byte> batch)
    {
        Drawn++;
        DrawnBytes += batch.Length;
        foreach (var (_, (bytes, seen)) in _awaited)
        {
            if (!seen.Task.IsCompleted && batch.Span.IndexOf(bytes) >= 0)
            {
                seen.TrySetResult();
            }
        }
    }
}
