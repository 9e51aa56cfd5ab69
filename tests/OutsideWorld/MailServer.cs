using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace OutsideWorld;

/// <summary>A mail as it was handed over.</summary>
/// <param name="User">Who signed in; empty for nobody.</param>
/// <param name="Encrypted">It came over TLS.</param>
public sealed record ReceivedMail(string From, IReadOnlyList<string> To, string Text, string User, bool Encrypted)
{
    /// <summary>The value of a header; empty where there is none.</summary>
    public string Header(string name) =>
        Text.Split("\r\n").TakeWhile(line => line.Length > 0).FirstOrDefault(line => line.StartsWith($"{name}:", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim() ?? "";
}

/// <summary>
/// A company's mail server on a real socket (RFC 5321): EHLO, STARTTLS, AUTH PLAIN and LOGIN, MAIL, RCPT, DATA. It keeps
/// what it got, and refuses or dawdles as it is told.
/// </summary>
public sealed class MailServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _accepting;

    private MailServer()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public ConcurrentQueue<ReceivedMail> Mails { get; } = new();

    /// <summary>With one it offers STARTTLS.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Speaks TLS from the first byte.</summary>
    public bool IsTlsOnly { get; init; }

    /// <summary>Who may sign in; nobody has to where it is empty.</summary>
    public string User { get; init; } = "";

    public string Password { get; init; } = "";

    /// <summary>Offers LOGIN only, as old servers do.</summary>
    public bool IsOld { get; init; }

    /// <summary>The answer to a command that begins like this, such as <c>RCPT</c>; everything else is taken.</summary>
    public ConcurrentDictionary<string, string> Refusals { get; } = new();

    /// <summary>Awaited before each command is answered: holds it back.</summary>
    public Func<string, Task> Before { get; set; } = _ => Task.CompletedTask;

    /// <summary>How many have connected.</summary>
    public int Calls => _calls;

    private int _calls;

    public static MailServer Start(X509Certificate2? certificate = null, bool tlsOnly = false, string user = "", string password = "", bool isOld = false) =>
        new() { Certificate = certificate, IsTlsOnly = tlsOnly, User = user, Password = password, IsOld = isOld };

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        var talks = new List<Task>();
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stopping.Token);
                Interlocked.Increment(ref _calls);
                talks.Add(TalkAsync(client));
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(talks);
        }
    }

    private async Task TalkAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                Stream stream = client.GetStream();
                if (IsTlsOnly)
                {
                    stream = await SecureAsync(stream);
                }

                await new Talk(this, stream, IsTlsOnly).RunAsync(_stopping.Token);
            }
            catch (Exception gone) when (gone is IOException or OperationCanceledException or System.Security.Authentication.AuthenticationException or ObjectDisposedException)
            {
                // Who called hung up.
            }
        }
    }

    private async Task<Stream> SecureAsync(Stream stream)
    {
        var secure = new SslStream(stream);
        await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = Certificate }, _stopping.Token);
        return secure;
    }

    private sealed class Talk(MailServer server, Stream stream, bool encrypted)
    {
        private readonly List<string> _to = [];
        private Stream _stream = stream;
        private StreamReader _reader = Reader(stream);
        private bool _encrypted = encrypted;
        private string _user = "";
        private string _from = "";

        public async Task RunAsync(CancellationToken stopping)
        {
            await SayAsync("220 mail.example ready");
            while (await _reader.ReadLineAsync(stopping) is { } line)
            {
                await server.Before(line).WaitAsync(stopping);
                if (server.Refusals.FirstOrDefault(refusal => line.StartsWith(refusal.Key, StringComparison.OrdinalIgnoreCase)) is { Value: { } refused })
                {
                    await SayAsync(refused);
                }
                else if (!await AnswerAsync(line))
                {
                    return;
                }
            }
        }

        /// <returns>False after the last word.</returns>
        private async Task<bool> AnswerAsync(string line)
        {
            var command = line.Split(' ')[0].ToUpperInvariant();
            switch (command)
            {
                case "EHLO":
                    await GreetAsync();
                    break;
                case "STARTTLS":
                    await SayAsync("220 go ahead");
                    _stream = await server.SecureAsync(_stream);
                    (_reader, _encrypted) = (Reader(_stream), true);
                    break;
                case "AUTH":
                    await SignInAsync(line.Split(' '));
                    break;
                case "MAIL":
                    _from = Between(line);
                    _to.Clear();
                    await SayAsync(server.User.Length > 0 && _user.Length == 0 ? "530 sign in first" : "250 ok");
                    break;
                case "RCPT":
                    _to.Add(Between(line));
                    await SayAsync("250 ok");
                    break;
                case "DATA":
                    await TakeAsync();
                    break;
                case "QUIT":
                    await SayAsync("221 bye");
                    return false;
                default:
                    await SayAsync("250 ok");
                    break;
            }

            return true;
        }

        private async Task GreetAsync()
        {
            var offers = new List<string> { "mail.example" };
            if (server.Certificate is not null && !_encrypted)
            {
                offers.Add("STARTTLS");
            }

            if (server.User.Length > 0)
            {
                offers.Add(server.IsOld ? "AUTH LOGIN" : "AUTH PLAIN LOGIN");
            }

            for (var index = 0; index < offers.Count; index++)
            {
                await SayAsync($"250{(index == offers.Count - 1 ? ' ' : '-')}{offers[index]}");
            }
        }

        private async Task SignInAsync(string[] words)
        {
            string user, password;
            if (words[1].Equals("PLAIN", StringComparison.OrdinalIgnoreCase))
            {
                var parts = Plain(words.Length > 2 ? words[2] : await AskAsync("")).Split('\0');
                (user, password) = (parts[1], parts[2]);
            }
            else
            {
                user = Plain(words.Length > 2 ? words[2] : await AskAsync("VXNlcm5hbWU6"));
                password = Plain(await AskAsync("UGFzc3dvcmQ6"));
            }

            _user = user == server.User && password == server.Password ? user : "";
            await SayAsync(_user.Length > 0 ? "235 welcome" : $"535 no {user} with {password} here");
        }

        private async Task TakeAsync()
        {
            await SayAsync("354 go on");
            var text = new StringBuilder();
            while (await _reader.ReadLineAsync() is { } line && line != ".")
            {
                text.Append(line.StartsWith('.') ? line[1..] : line).Append("\r\n");
            }

            server.Mails.Enqueue(new ReceivedMail(_from, [.. _to], text.ToString(), _user, _encrypted));
            await SayAsync("250 taken");
        }

        private async Task<string> AskAsync(string prompt)
        {
            await SayAsync($"334 {prompt}");
            return await _reader.ReadLineAsync() ?? "";
        }

        private async Task SayAsync(string text)
        {
            await _stream.WriteAsync(Encoding.ASCII.GetBytes($"{text}\r\n"));
            await _stream.FlushAsync();
        }

        private static string Plain(string base64) => Encoding.UTF8.GetString(Convert.FromBase64String(base64));

        private static string Between(string line) => line[(line.IndexOf('<') + 1)..line.IndexOf('>')];

        private static StreamReader Reader(Stream stream) => new(stream, Encoding.UTF8, detectEncodingFromByteOrderMarks: false, bufferSize: 1024, leaveOpen: true);
    }
}
