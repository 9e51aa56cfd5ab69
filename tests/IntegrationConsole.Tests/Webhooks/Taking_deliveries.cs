using System.Net;
using System.Net.Sockets;
using System.Text;
using IntegrationConsole.Tests.Support;
using IntegrationConsole.Webhooks;
using IntegrationConsole.Webhooks.Deliveries;
using IntegrationConsole.Webhooks.Verification;

namespace IntegrationConsole.Tests.Webhooks;

public sealed class Taking_deliveries
{
    [Fact]
    public async Task A_proved_delivery_is_kept_byte_for_byte_before_its_sender_hears_of_it()
    {
        await using var world = await LetterboxWorld.StartAsync();

        using var response = await world.SendAsync("{ \"id\" : \"é\" }", "one");

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var delivery = Assert.Single(await world.DeliveriesAsync());
        Assert.Equal(("one", 1L, "application/json; charset=utf-8"), (delivery.DeliveryId, delivery.Seq, delivery.ContentType));
        Assert.Equal("{ \"id\" : \"é\" }", await world.BodyAsync(delivery));
        Assert.Equal((1, 0), ((int)(await world.ActivityAsync()).Kept, (int)(await world.ActivityAsync()).RefusedCount));
    }

    [Fact]
    public async Task What_proves_a_delivery_is_not_kept_with_it()
    {
        await using var world = await LetterboxWorld.StartAsync(LetterboxWorld.ByHeader with { Headers = ["X-Topic-Name"] });
        world.Http.DefaultRequestHeaders.Add("X-Topic-Name", "orders");
        world.Http.DefaultRequestHeaders.Add("Authorization", "Bearer something");

        await world.StatusAsync("{}", "one");

        var content = (await world.Console.Get<DeliveryStore>().OpenAsync(world.Tenant, world.Endpoint.Id, 1, 1, default)).Values.Single();
        Assert.Equal("orders", content.Headers["x-topic-name"]);
        Assert.Equal(["content-type", "x-topic-name"], content.Headers.Keys.Order());
    }

    [Fact]
    public async Task A_delivery_with_another_secret_is_refused_counted_and_not_kept()
    {
        await using var world = await LetterboxWorld.StartAsync();

        Assert.Equal(HttpStatusCode.Unauthorized, await world.StatusAsync("{}", "one", "another secret"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await world.Http.PostAsync(world.Endpoint.Path, new StringContent("{}"))).StatusCode);

        Assert.Empty(await world.DeliveriesAsync());
        var refused = (await world.ActivityAsync()).Refused;
        Assert.Equal([(Refusal.Unsigned, 1L), (Refusal.WrongSignature, 1L)], refused.Select(reason => (reason.Refusal, reason.Count)).Order());
    }

    [Fact]
    public async Task A_delivery_that_was_signed_long_ago_is_refused()
    {
        await using var world = await LetterboxWorld.StartAsync(new WebhookSettings());
        async Task<HttpStatusCode> SendAsync(DateTimeOffset at)
        {
            var body = "{}"u8.ToArray();
            using var request = new HttpRequestMessage(HttpMethod.Post, world.Endpoint.Path) { Content = new ByteArrayContent(body) };
            foreach (var (name, value) in Verifier.Sign(world.Endpoint.Rules, SigningKey.Of(WebhookScheme.Standard, LetterboxWorld.Secret), "one", body, at))
            {
                request.Headers.Add(name, value);
            }

            using var response = await world.Http.SendAsync(request);
            return response.StatusCode;
        }

        var now = world.Console.Get<TimeProvider>().GetUtcNow();
        Assert.Equal(HttpStatusCode.BadRequest, await SendAsync(now.AddMinutes(-6)));
        Assert.Equal(HttpStatusCode.Accepted, await SendAsync(now.AddMinutes(-4)));
        Assert.Equal(Refusal.Stale, Assert.Single((await world.ActivityAsync()).Refused).Refusal);
    }

    [Fact]
    public async Task What_comes_twice_is_kept_once()
    {
        await using var world = await LetterboxWorld.StartAsync();

        Assert.Equal(HttpStatusCode.Accepted, await world.StatusAsync("""{"a":1}""", "one"));
        Assert.Equal(HttpStatusCode.OK, await world.StatusAsync("""{"a":1}""", "one"));
        Assert.Equal(HttpStatusCode.OK, await world.StatusAsync("""{"a":2}""", "one"));

        Assert.Equal("""{"a":1}""", await world.BodyAsync(Assert.Single(await world.DeliveriesAsync())));
        Assert.Equal((1L, 2L), ((await world.ActivityAsync()).Kept, (await world.ActivityAsync()).Duplicates));
    }

    [Theory]
    [InlineData("", "", "sha256:", false)]
    [InlineData("", "event.id", "7", true)]
    [InlineData("X-Id", "", "given", true)]
    public async Task Deliveries_are_told_apart_by_what_the_endpoint_says(string header, string path, string id, bool isTheSame)
    {
        await using var world = await LetterboxWorld.StartAsync(LetterboxWorld.ByHeader with { IdHeader = header, IdPath = path });

        await world.StatusAsync("""{"event":{"id":7},"a":1}""", "given");
        await world.StatusAsync("""{"event":{"id":7},"a":2}""", "given");

        var kept = await world.DeliveriesAsync();
        Assert.Equal(isTheSame ? 1 : 2, kept.Count);
        Assert.All(kept, delivery => Assert.StartsWith(id, delivery.DeliveryId, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_id_that_no_database_takes_is_replaced_by_its_hash()
    {
        await using var world = await LetterboxWorld.StartAsync(LetterboxWorld.ByHeader with { IdHeader = "", IdPath = "id" });

        Assert.Equal(HttpStatusCode.Accepted, await world.StatusAsync("""{"id":"a\u0000b"}"""));
        Assert.Equal(HttpStatusCode.OK, await world.StatusAsync("""{"id":"a\u0000b"}"""));
        Assert.Equal(HttpStatusCode.Accepted, await world.StatusAsync($$"""{"id":"{{new string('x', 5_000)}}"}"""));
        Assert.All(await world.DeliveriesAsync(), delivery => Assert.StartsWith("sha256:", delivery.DeliveryId, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_body_is_taken_up_to_the_limit_and_not_a_byte_further()
    {
        await using var world = await LetterboxWorld.StartAsync(LetterboxWorld.ByHeader with { MostBytes = 100_000 });

        Assert.Equal(HttpStatusCode.Accepted, await world.StatusAsync(new string(' ', 100_000), "fits"));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await world.StatusAsync(new string(' ', 100_001), "does not"));

        Assert.Equal(100_000, Assert.Single(await world.DeliveriesAsync()).Size);
        Assert.Equal(Refusal.TooLarge, Assert.Single((await world.ActivityAsync()).Refused).Refusal);
    }

    [Fact]
    public async Task A_body_that_never_ends_is_refused_when_it_has_had_enough()
    {
        await using var world = await LetterboxWorld.StartAsync();
        using var socket = await BeginAsync(world, "Transfer-Encoding: chunked\r\n");
        var chunk = Encoding.ASCII.GetBytes($"4000\r\n{new string('x', 0x4000)}\r\n");
        var sent = 0L;
        var sending = Task.Run(async () =>
        {
            try
            {
                while (true)
                {
                    sent += await socket.SendAsync(chunk);
                }
            }
            catch (SocketException)
            {
                // Closed by the console.
            }
        });

        Assert.StartsWith("HTTP/1.1 413", await AnswerAsync(socket), StringComparison.Ordinal);
        socket.Close();
        await sending;
        Assert.InRange(sent, WebhookSettings.UsualBytes, 32 * WebhookSettings.UsualBytes);
        Assert.Empty(await world.DeliveriesAsync());
    }

    [Fact]
    public async Task A_body_that_does_not_come_is_not_waited_for_long()
    {
        await using var world = await LetterboxWorld.StartAsync(options: ("BodyWithin", "00:00:01"));
        using var socket = await BeginAsync(world, "Content-Length: 10\r\n");
        await socket.SendAsync("abc"u8.ToArray());

        Assert.StartsWith("HTTP/1.1 408", await AnswerAsync(socket), StringComparison.Ordinal);
        Assert.Equal(Refusal.TooSlow, Assert.Single((await world.ActivityAsync()).Refused).Refusal);
    }

    [Fact]
    public async Task An_endpoint_that_is_off_answers_like_one_that_never_was()
    {
        await using var world = await LetterboxWorld.StartAsync();
        await world.Console.ListenAsync();
        await world.StatusAsync("{}", "before");
        var changed = world.Console.NextChangeAsync(WebhookStore.Topic);
        await world.ChangeAsync(draft => draft with { Enabled = false });
        await changed;

        using var off = await world.SendAsync("{}", "one");
        using var unknown = await world.SendAsync("{}", "one", path: WebhookEndpoint.Root + "nobody-has-this-id");

        Assert.Equal((HttpStatusCode.NotFound, await unknown.Content.ReadAsStringAsync()), (off.StatusCode, await off.Content.ReadAsStringAsync()));
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        Assert.Single(await world.DeliveriesAsync());
        Assert.Equal(Refusal.Off, Assert.Single((await world.ActivityAsync()).Refused).Refusal);
    }

    [Fact]
    public async Task A_secret_that_was_changed_stays_good_until_it_is_taken_away()
    {
        await using var world = await LetterboxWorld.StartAsync();
        await world.Console.ListenAsync();
        async Task AfterAsync(Func<WebhookSecretStore, Task> change)
        {
            var changed = world.Console.NextChangeAsync(WebhookStore.Topic);
            await change(world.Console.Get<WebhookSecretStore>());
            await changed;
            await world.LookAgainAsync();
        }

        await AfterAsync(secrets => secrets.RotateAsync(world.Endpoint, "the new secret", TestConsole.Somebody, default));
        Assert.Equal(HttpStatusCode.Accepted, await world.StatusAsync("{}", "one", "the new secret"));
        Assert.Equal(HttpStatusCode.Accepted, await world.StatusAsync("{}", "two", LetterboxWorld.Secret));

        await AfterAsync(secrets => secrets.RemoveOldAsync(world.Endpoint, TestConsole.Somebody, default));
        Assert.Equal(HttpStatusCode.Accepted, await world.StatusAsync("{}", "three", "the new secret"));
        Assert.Equal(HttpStatusCode.Unauthorized, await world.StatusAsync("{}", "four", LetterboxWorld.Secret));
    }

    [Fact]
    public async Task Who_sends_too_much_is_told_to_come_back()
    {
        await using var world = await LetterboxWorld.StartAsync(options: ("MostKeptPerMinute", "2"));

        // What is not proved uses nothing of it up.
        await world.StatusAsync("{}", "zero", "another secret");
        Assert.Equal(HttpStatusCode.Accepted, await world.StatusAsync("{}", "one"));
        Assert.Equal(HttpStatusCode.Accepted, await world.StatusAsync("{}", "two"));

        using var third = await world.SendAsync("{}", "three");
        Assert.Equal(HttpStatusCode.TooManyRequests, third.StatusCode);
        Assert.NotNull(third.Headers.RetryAfter);
        Assert.Equal(2, (await world.DeliveriesAsync()).Count);
    }

    [Fact]
    public async Task Who_tries_addresses_is_stopped_and_who_knows_one_is_not()
    {
        await using var world = await LetterboxWorld.StartAsync(options: ("MostStrangersPerMinute", "3"));
        await world.StatusAsync("{}", "one");
        var tried = new List<HttpStatusCode>();
        for (var number = 0; number < 4; number++)
        {
            tried.Add(await world.StatusAsync("{}", path: $"{WebhookEndpoint.Root}guess-{number}"));
        }

        Assert.Equal([HttpStatusCode.NotFound, HttpStatusCode.NotFound, HttpStatusCode.TooManyRequests, HttpStatusCode.TooManyRequests], tried);
        Assert.Equal(HttpStatusCode.Accepted, await world.StatusAsync("{}", "two"));
    }

    [Fact]
    public async Task Without_the_database_nothing_is_said_to_be_kept()
    {
        await using var world = await LetterboxWorld.StartAsync();
        await world.StatusAsync("{}", "before");
        var cluster = await TestCluster.GetAsync();
        await cluster.ShutAsync(world.Console.Database.Source.ConnectionString);

        using var away = await world.SendAsync("{}", "one");
        await cluster.OpenAsync(world.Console.Database.Source.ConnectionString);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, away.StatusCode);
        Assert.NotNull(away.Headers.RetryAfter);
        Assert.Equal(HttpStatusCode.Accepted, await world.StatusAsync("{}", "one"));
        Assert.Equal(["before", "one"], (await world.DeliveriesAsync()).Select(delivery => delivery.DeliveryId).Order());
    }

    [Fact]
    public async Task Two_hundred_at_once_while_the_server_throws_everybody_out_are_each_kept_once()
    {
        await using var world = await LetterboxWorld.StartAsync();
        async Task SendUntilKeptAsync(int number)
        {
            while (await world.StatusAsync(LetterboxWorld.Record(number), $"id {number}") is not (HttpStatusCode.Accepted or HttpStatusCode.OK))
            {
            }
        }

        var sending = Enumerable.Range(1, 200).Select(SendUntilKeptAsync).ToList();
        await Task.WhenAny(sending);
        await (await TestCluster.GetAsync()).CutAsync(world.Console.Database.Source.ConnectionString);
        await Task.WhenAll(sending);

        var kept = await world.DeliveriesAsync();
        Assert.Equal(200, kept.Count);
        Assert.Equal(200, kept.Select(delivery => delivery.DeliveryId).Distinct().Count());
    }

    [Fact]
    public async Task Another_tenant_neither_sees_nor_receives_it()
    {
        await using var world = await LetterboxWorld.StartAsync();
        var other = await world.Console.GivenATenantAsync();
        var theirs = await LetterboxWorld.GivenAnEndpointAsync(world.Console, other, "hook", LetterboxWorld.ByHeader);

        await world.StatusAsync("{}", "one");

        Assert.NotEqual(theirs.PublicId, world.Endpoint.PublicId);
        var deliveries = world.Console.Get<DeliveryStore>();
        Assert.Empty(await deliveries.ListAsync(other, theirs.Id, null, 10, default));
        Assert.Empty(await deliveries.ListAsync(other, world.Endpoint.Id, null, 10, default));
        Assert.Empty(await deliveries.OpenAsync(other, world.Endpoint.Id, 1, 1, default));
        Assert.Null(await world.Console.Get<WebhookStore>().FindAsync(other, world.Endpoint.Id, default));
    }

    private static async Task<Socket> BeginAsync(LetterboxWorld world, string header)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, world.Http.BaseAddress!.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"POST {world.Endpoint.Path} HTTP/1.1\r\nHost: localhost\r\n{header}\r\n"));
        return socket;
    }

    private static async Task<string> AnswerAsync(Socket socket)
    {
        var buffer = new byte[1_000];
        var length = await socket.ReceiveAsync(buffer);
        return Encoding.ASCII.GetString(buffer, 0, length);
    }
}
