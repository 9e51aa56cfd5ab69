using System.Net;
using System.Net.Sockets;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Outgoing;
using IntegrationConsole.Tests.Connectors.Rest;
using IntegrationConsole.Tests.Support;
using Microsoft.Extensions.Options;
using OutsideWorld;

namespace IntegrationConsole.Tests.Connectors.Outgoing;

public sealed class Calling_outside : IAsyncLifetime
{
    private OutsideWorldServer _server = null!;
    private OutsideWorldServer _elsewhere = null!;

    public async Task InitializeAsync()
    {
        _server = await OutsideWorldServer.StartAsync();
        _elsewhere = await OutsideWorldServer.StartAsync();
        _server.Put("people", ["{\"id\":1}"]);
        _elsewhere.Put("people", ["{\"id\":2}"]);
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await _elsewhere.DisposeAsync();
    }

    [Fact]
    public async Task A_read_is_redirected_and_no_proof_travels_to_another_origin()
    {
        _server.Faults.Add(new Fault("/api", FaultKind.Redirect) { Target = $"{_elsewhere.Address}/api/people" });

        Assert.Equal("[{\"id\":2}]", await GetAsync($"{_server.Address}/api/people"));

        var here = _server.Traffic.Last.Single().Headers;
        var there = _elsewhere.Traffic.Last.Single().Headers;
        Assert.Equal(("Bearer secret", "7"), (here["Authorization"], here["X-Custom"]));
        Assert.DoesNotContain("Authorization", there.Keys);
        Assert.DoesNotContain("X-Custom", there.Keys);
        Assert.Equal("application/json", there["Accept"]);
    }

    [Fact]
    public async Task Within_its_origin_a_redirect_takes_the_proof_along()
    {
        _server.Faults.Add(new Fault("/page", FaultKind.Redirect) { Target = "/api/people" });

        Assert.Equal("[{\"id\":1}]", await GetAsync($"{_server.Address}/page/people"));
        Assert.All(_server.Traffic.Last, seen => Assert.Equal("Bearer secret", seen.Headers["Authorization"]));
    }

    [Theory]
    [InlineData("http://127.0.0.2:{0}/api/people", "guard")]
    [InlineData("http://169.254.169.254/latest/meta-data", "guard")]
    [InlineData("http://[::ffff:a9fe:a9fe]/latest/meta-data", "guard")]
    [InlineData("http://10.0.0.1/", "guard")]
    [InlineData("http://93.184.215.14/", "unencrypted")]
    [InlineData("file:///etc/passwd", "redirect")]
    public async Task A_redirect_is_judged_like_any_address(string target, string code)
    {
        _server.Faults.Add(new Fault("/api", FaultKind.Redirect) { Target = target.Replace("{0}", $"{new Uri(_elsewhere.Address).Port}") });

        var failure = await FailAsync($"{_server.Address}/api/people", "127.0.0.1/32");

        Assert.Equal((FailureCause.Configuration, code), (failure.Cause, failure.Code));
        Assert.Empty(_elsewhere.Traffic.Last);
    }

    [Fact]
    public async Task A_circle_of_redirects_is_left()
    {
        _server.Faults.Add(new Fault("/api", FaultKind.Redirect) { Target = "/api/people" });

        Assert.Equal("redirect", (await FailAsync($"{_server.Address}/api/people")).Code);
        Assert.InRange(_server.Traffic.Last.Count, 2, 10);
    }

    [Theory]
    [InlineData("http://127.0.0.1:{0}/api/people")]
    [InlineData("http://localhost:{0}/api/people")]
    [InlineData("http://[::1]:{0}/api/people")]
    [InlineData("http://[::ffff:127.0.0.1]:{0}/api/people")]
    [InlineData("http://2130706433:{0}/api/people")]
    [InlineData("http://0x7f.1:{0}/api/people")]
    [InlineData("http://169.254.169.254/latest/meta-data")]
    public async Task Nothing_inside_is_called_unless_it_is_allowed(string address)
    {
        var failure = await FailAsync(address.Replace("{0}", $"{new Uri(_server.Address).Port}"), allowed: null);

        Assert.Equal((FailureCause.Configuration, "guard", true), (failure.Cause, failure.Code, failure.IsSystemic));
        Assert.Empty(_server.Traffic.Last);
    }

    [Fact]
    public async Task A_public_system_is_not_called_without_encryption() =>
        Assert.Equal("unencrypted", (await FailAsync("http://93.184.215.14/", allowed: null)).Code);

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_is_not_trusted()
    {
        var failure = await FailAsync($"{_server.TlsAddress}/api/people");

        Assert.Equal((FailureCause.TargetDown, "tls", false), (failure.Cause, failure.Code, failure.IsRetryable));
        Assert.Contains("its certificate is not trusted", failure.Sentence);
    }

    [Theory]
    [InlineData(FaultKind.GzipBomb)]
    [InlineData(FaultKind.Endless)]
    public async Task A_body_that_grows_without_end_is_left(FaultKind kind)
    {
        _server.Faults.Add(new Fault("/api", kind) { Bytes = 1024L * 1024 * 1024 });

        var failure = await FailAsync($"{_server.Address}/api/people");

        Assert.Equal((FailureCause.TooLarge, "answer-size"), (failure.Cause, failure.Code));
        Assert.Contains("larger than 2 MB", failure.Sentence);
    }

    [Fact]
    public async Task A_body_that_falls_silent_is_a_timeout()
    {
        _server.Faults.Add(new Fault("/api", FaultKind.Silent) { Bytes = 3 });

        Assert.Equal(FailureCause.Timeout, (await FailAsync($"{_server.Address}/api/people", timeout: TimeSpan.FromSeconds(60))).Cause);
    }

    [Fact]
    public async Task A_body_that_comes_byte_by_byte_is_left_when_its_time_is_over()
    {
        using var company = new TcpListener(IPAddress.Loopback, 0);
        company.Start();
        var clock = new ManualClock();
        using var http = Http(clock: clock);
        var asking = http.SendAsync(
            () => new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{((IPEndPoint)company.LocalEndpoint).Port}/"),
            new SendOptions(new NoAuthentication(), TimeSpan.FromSeconds(60)), CancellationToken.None);
        using var line = await company.AcceptTcpClientAsync();
        await using var answer = line.GetStream();
        await answer.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"u8.ToArray());
        using var response = await asking;
        await using var body = await http.OpenBodyAsync(response, "the company", TimeSpan.FromSeconds(60), CancellationToken.None);

        // Fifty seconds of silence are no fault, and a slow destination between two pieces is none of theirs.
        for (var taken = 0; taken < 11; taken++)
        {
            await ByteAfterAsync(TimeSpan.FromSeconds(50));
            clock.Advance(TimeSpan.FromHours(1));
        }

        var failure = (await Assert.ThrowsAsync<FailureException>(() => ByteAfterAsync(TimeSpan.FromSeconds(50)))).Failure;
        Assert.Equal((FailureCause.Timeout, "answer-time", true), (failure.Cause, failure.Code, failure.MayHaveHappened));
        Assert.Contains("not through after 10 min", failure.Sentence);

        async Task ByteAfterAsync(TimeSpan silence)
        {
            var reading = body.ReadAsync(new byte[1]);
            clock.Advance(silence);
            await answer.WriteAsync("x"u8.ToArray());
            Assert.Equal(1, await reading);
        }
    }

    [Fact]
    public async Task An_answer_that_does_not_come_is_a_timeout_and_may_have_happened()
    {
        _server.Faults.Add(new Fault("/api", FaultKind.Late) { Delay = TimeSpan.FromHours(1) });

        var failure = await FailAsync($"{_server.Address}/api/people", timeout: TimeSpan.FromSeconds(60));

        Assert.Equal((FailureCause.Timeout, true), (failure.Cause, failure.MayHaveHappened));
    }

    [Fact]
    public async Task Where_no_connection_comes_about_nothing_can_have_happened()
    {
        using var full = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        full.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)full.LocalEndPoint!).Port;

        var refused = await FailAsync($"http://127.0.0.1:{port}/");

        Assert.Equal((FailureCause.TargetDown, "refused", false), (refused.Cause, refused.Code, refused.MayHaveHappened));

        // A line that nobody answers at, and that is full: further connections are neither made nor refused.
        full.Listen(0);
        var waiting = Enumerable.Range(0, 4).Select(_ => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false }).ToList();
        waiting.ForEach(socket => _ = socket.ConnectAsync(IPAddress.Loopback, port));
        var unconnected = await FailAsync($"http://127.0.0.1:{port}/", timeout: TimeSpan.FromMinutes(10));
        waiting.ForEach(socket => socket.Dispose());

        Assert.Equal((FailureCause.TargetDown, "connect", false), (unconnected.Cause, unconnected.Code, unconnected.MayHaveHappened));
    }

    [Theory]
    [InlineData(FaultKind.AnswerLost)]
    [InlineData(FaultKind.Cut)]
    public async Task A_call_that_is_broken_off_in_http2_is_a_system_that_is_down(FaultKind kind)
    {
        _server.Faults.Add(new Fault("/api", kind) { Bytes = 3 });

        var failure = await FailAsync($"{_server.Http2Address}/api/people", http2: true);

        Assert.Equal((FailureCause.TargetDown, true), (failure.Cause, failure.MayHaveHappened));
    }

    [Fact]
    public async Task A_refused_proof_is_renewed_once()
    {
        using var http = Http();
        var token = new TokenFromOffice(http, _server.Address);
        var options = new SendOptions(token, TimeSpan.FromSeconds(500));
        async Task<HttpStatusCode> AskAsync()
        {
            using var response = await http.SendAsync(() => new HttpRequestMessage(HttpMethod.Get, $"{_server.Address}/secure/oauth/api/people"), options, CancellationToken.None);
            return response.StatusCode;
        }

        Assert.Equal(HttpStatusCode.OK, await AskAsync());
        _server.Tokens.RevokeAll();
        Assert.Equal(HttpStatusCode.OK, await AskAsync());
        Assert.Equal(2, _server.Tokens.Calls);
        _server.Tokens.RevokeAll();
        _server.Tokens.Refuses = true;
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync());
        Assert.Equal(3, _server.Tokens.Calls);
    }

    private static OutgoingHttp Http(string? allowed = "127.0.0.0/8", TimeProvider? clock = null)
    {
        var settings = new OutgoingOptions { MostAnswerBytes = 2 * 1024 * 1024, AnswerWithin = TimeSpan.FromMinutes(10), ConnectWithin = TimeSpan.FromSeconds(3) };
        if (allowed is not null)
        {
            settings.AllowedNetworks.Add(allowed);
        }

        return new OutgoingHttp(new OutgoingGuard(Options.Create(settings)), Options.Create(settings), clock ?? new HurriedClock());
    }

    private async Task<string> GetAsync(string address, string? allowed = "127.0.0.0/8", TimeSpan? timeout = null, bool http2 = false)
    {
        using var http = Http(allowed);
        using var response = await http.SendAsync(
            () =>
            {
                var request = new HttpRequestMessage(HttpMethod.Get, address);
                request.Headers.Add("X-Custom", "7");
                request.Headers.Add("Accept", "application/json");
                return request;
            },
            new SendOptions(new Bearer(), timeout ?? TimeSpan.FromSeconds(500), http2), CancellationToken.None);
        await using var body = await http.OpenBodyAsync(response, "the company", timeout ?? TimeSpan.FromSeconds(500), CancellationToken.None);
        using var reader = new StreamReader(body);
        return await reader.ReadToEndAsync();
    }

    private async Task<Failure> FailAsync(string address, string? allowed = "127.0.0.0/8", TimeSpan? timeout = null, bool http2 = false) =>
        FailureClassifier.Classify(await Assert.ThrowsAnyAsync<Exception>(() => GetAsync(address, allowed, timeout, http2)), "the company");

    private sealed class Bearer : IAuthentication
    {
        public ValueTask AuthorizeAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer secret");
            return ValueTask.CompletedTask;
        }

        public ValueTask<bool> RenewAsync(HttpRequestMessage refused, CancellationToken cancellationToken) => ValueTask.FromResult(false);

        public ValueTask<DatabaseLogin?> LoginAsync(CancellationToken cancellationToken) => ValueTask.FromResult<DatabaseLogin?>(null);
    }

    /// <summary>Client credentials in their simplest form.</summary>
    private sealed class TokenFromOffice(OutgoingHttp http, string address) : IAuthentication
    {
        private string _token = "";

        public async ValueTask AuthorizeAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (_token.Length == 0)
            {
                await RenewAsync(request, cancellationToken);
            }

            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {_token}");
        }

        public async ValueTask<bool> RenewAsync(HttpRequestMessage refused, CancellationToken cancellationToken)
        {
            var form = new Dictionary<string, string> { ["grant_type"] = "client_credentials", ["client_id"] = TokenOffice.ClientId, ["client_secret"] = TokenOffice.ClientSecret };
            using var response = await http.SendAsync(
                () => new HttpRequestMessage(HttpMethod.Post, $"{address}/oauth/token") { Content = new FormUrlEncodedContent(form) },
                new SendOptions(new NoAuthentication(), TimeSpan.FromSeconds(500)), cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                return false;
            }

            var answer = await System.Text.Json.JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(cancellationToken), cancellationToken: cancellationToken);
            _token = answer.RootElement.GetProperty("access_token").GetString()!;
            return true;
        }

        public ValueTask<DatabaseLogin?> LoginAsync(CancellationToken cancellationToken) => ValueTask.FromResult<DatabaseLogin?>(null);
    }
}
