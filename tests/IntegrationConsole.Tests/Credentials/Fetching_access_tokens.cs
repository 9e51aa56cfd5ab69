using System.Net;
using System.Text;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Credentials;
using IntegrationConsole.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace IntegrationConsole.Tests.Credentials;

public sealed class Fetching_access_tokens
{
    [Fact]
    public async Task A_client_presents_itself_in_the_header_with_both_parts_encoded()
    {
        await using var world = await CredentialWorld.StartAsync();
        var client = await world.GivenAClientAsync(3600, ("scope", "orders.read orders.write"), ("audience", "https://api.example.com"));

        var arrival = await world.ArrivalAsync(client);
        var asked = world.Outside.Requests.First();

        Assert.Equal("Bearer token-1", arrival.Header("Authorization"));
        Assert.Equal("client%3A1:client%20secret%2F%2B%C3%BC", Encoding.UTF8.GetString(Convert.FromBase64String(asked.Header("Authorization")["Basic ".Length..])));
        Assert.Equal(("POST", "application/json"), (asked.Method, asked.Header("Accept")));
        Assert.Equal(
            [("audience", "https://api.example.com"), ("grant_type", "client_credentials"), ("scope", "orders.read orders.write")],
            asked.Form.Select(field => (field.Key, field.Value)).Order());
    }

    [Fact]
    public async Task Or_in_the_form_where_the_server_wants_it_there()
    {
        await using var world = await CredentialWorld.StartAsync();
        var client = await world.GivenAClientAsync(3600, ("clientAuthentication", "body"));

        await world.ArrivalAsync(client);
        var asked = world.Outside.Requests.First();

        Assert.Equal("", asked.Header("Authorization"));
        Assert.Equal(("client:1", "client secret/+ü"), (asked.Form["client_id"], asked.Form["client_secret"]));
    }

    [Theory]
    [InlineData(3600, 3239, 3241)]
    [InlineData(120, 89, 91)]
    [InlineData(20, 9, 11)]
    public async Task A_token_is_used_until_shortly_before_its_end(int lasts, int usedAt, int renewedAt)
    {
        var clock = new ManualClock();
        await using var world = await CredentialWorld.StartAsync(clock);
        var client = await world.GivenAClientAsync(lasts);
        var begin = clock.GetUtcNow();

        await world.ArrivalAsync(client);
        clock.Advance(begin.AddSeconds(usedAt) - clock.GetUtcNow());
        Assert.Equal("Bearer token-1", (await world.ArrivalAsync(client)).Header("Authorization"));

        clock.Advance(begin.AddSeconds(renewedAt) - clock.GetUtcNow());
        Assert.Equal("Bearer token-2", (await world.ArrivalAsync(client)).Header("Authorization"));
        Assert.Equal(2, world.Tokens);
    }

    [Theory]
    [InlineData("3600", 1)]
    [InlineData(null, 1)]
    [InlineData("soon", 1)]
    [InlineData(0, 2)]
    public async Task A_life_in_quotes_is_understood_and_without_one_a_token_is_used_until_it_is_refused(object? lasts, int fetched)
    {
        await using var world = await CredentialWorld.StartAsync();
        var client = await world.GivenAClientAsync(lasts);

        await world.ArrivalAsync(client);
        await world.ArrivalAsync(client);

        Assert.Equal(fetched, world.Tokens);
    }

    [Fact]
    public async Task A_token_that_is_refused_is_renewed_once_and_no_more()
    {
        await using var world = await CredentialWorld.StartAsync();
        var client = await world.GivenAClientAsync(3600);
        var tokens = world.Outside.Answer;
        world.Outside.Answer = request => request.PathAndQuery == "/token" ? tokens(request)
            : request.Header("Authorization") == "Bearer token-1" ? Results.Unauthorized() : Results.Text("ok");

        using var healed = await world.SendAsync(client);
        Assert.Equal((HttpStatusCode.OK, 2), (healed.StatusCode, world.Tokens));

        world.Outside.Answer = request => request.PathAndQuery == "/token" ? tokens(request) : Results.Unauthorized();
        using var refused = await world.SendAsync(client);
        Assert.Equal((HttpStatusCode.Unauthorized, 3), (refused.StatusCode, world.Tokens));
    }

    [Fact]
    public async Task Of_many_calls_that_are_refused_with_the_same_token_one_renews_it()
    {
        await using var world = await CredentialWorld.StartAsync();
        var client = await world.GivenAClientAsync(3600);
        await world.ArrivalAsync(client);
        var tokens = world.Outside.Answer;
        world.Outside.Answer = request => request.PathAndQuery == "/token" ? tokens(request)
            : request.Header("Authorization") == "Bearer token-1" ? Results.Unauthorized() : Results.Text("ok");

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => world.SendAsync(client)));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Equal(2, world.Tokens);
    }

    [Fact]
    public async Task A_key_that_is_refused_is_not_sent_again()
    {
        await using var world = await CredentialWorld.StartAsync();
        var id = await world.GivenAsync(AuthenticationKind.Bearer, "wrong");
        world.Outside.Answer = _ => Results.Unauthorized();

        using var refused = await world.SendAsync(id);

        Assert.Single(world.Outside.Requests);
    }

    [Fact]
    public async Task Fifty_calls_at_once_on_each_of_two_nodes_fetch_one_token()
    {
        await using var world = await CredentialWorld.StartAsync();
        var client = await world.GivenAClientAsync(3600);
        var other = await world.AnotherNodeAsync();
        await using var otherNode = other.Console;

        var calls = Enumerable.Range(0, 100).Select(number => (number % 2 == 0 ? world : other).SendAsync(client));
        var answers = await Task.WhenAll(calls);

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Equal(1, world.Tokens);
        Assert.All(
            world.Outside.Requests.Where(request => request.PathAndQuery != "/token"), request => Assert.Equal("Bearer token-1", request.Header("Authorization")));
    }

    [Fact]
    public async Task Callers_who_wait_for_a_slow_token_server_leave_the_database_to_others()
    {
        await using var world = await CredentialWorld.StartAsync();
        var client = await world.GivenAClientAsync(3600);
        var slow = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        world.Outside.Before = async request =>
        {
            if (request.PathAndQuery == "/token")
            {
                asked.TrySetResult();
                await slow.Task;
            }
        };

        // More callers than the console has connections to its database.
        var calls = Task.WhenAll(Enumerable.Range(0, 100).Select(_ => world.ArrivalAsync(client)));
        await asked.Task;
        var others = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => world.Store.ListAsync(world.Tenant, default)));
        slow.SetResult();
        await calls;

        Assert.Equal(20, others.Length);
        Assert.Equal(1, world.Tokens);
    }

    [Fact]
    public async Task A_token_server_may_take_longer_than_the_database_waits_for_a_node()
    {
        await using var world = await CredentialWorld.StartAsync(connections: "-c idle_in_transaction_session_timeout=100ms");
        var client = await world.GivenAClientAsync(3600);
        world.Outside.Before = request => request.PathAndQuery == "/token" ? Task.Delay(TimeSpan.FromSeconds(1)) : Task.CompletedTask;

        var arrival = await world.ArrivalAsync(client);
        var other = await world.AnotherNodeAsync();
        await using var otherNode = other.Console;
        await other.ArrivalAsync(client);

        Assert.Equal("Bearer token-1", arrival.Header("Authorization"));
        Assert.Equal(1, world.Tokens);
    }

    [Theory]
    [InlineData(401, """{"error":"invalid_client"}""", FailureCause.Auth, "127.0.0.1 (token server) does not accept the client id and secret.")]
    [InlineData(400, """{"error":"invalid_client","error_description":"no"}""", FailureCause.Auth, "127.0.0.1 (token server) does not accept the client id and secret.")]
    [InlineData(400, """{"error":"unauthorized_client"}""", FailureCause.Auth, "127.0.0.1 (token server) does not let this client use client credentials.")]
    [InlineData(400, """{"error":"invalid_scope"}""", FailureCause.Auth, "127.0.0.1 (token server) does not know or allow a scope that the credential asks for.")]
    [InlineData(400, """{"error":"something_else"}""", FailureCause.Auth, "127.0.0.1 (token server) does not give a token for this request (400).")]
    [InlineData(400, """{"error":"\ud800"}""", FailureCause.Auth, "127.0.0.1 (token server) does not give a token for this request (400).")]
    [InlineData(401, "<html>Sign in</html>", FailureCause.Auth, "127.0.0.1 (token server) does not accept the credential (401).")]
    [InlineData(404, "", FailureCause.Configuration, "127.0.0.1 (token server) does not know the token address (404).")]
    [InlineData(429, "", FailureCause.RateLimit, "127.0.0.1 (token server) says that we call too often (429).")]
    [InlineData(503, "", FailureCause.TargetDown, "127.0.0.1 (token server) is down or overloaded (503).")]
    [InlineData(200, "<html>Sign in</html>", FailureCause.Malformed, "127.0.0.1 (token server) answered with something that is not valid JSON.")]
    [InlineData(200, "{}", FailureCause.Malformed, "127.0.0.1 (token server) answered without an access token.")]
    [InlineData(200, "[]", FailureCause.Malformed, "127.0.0.1 (token server) answered without an access token.")]
    [InlineData(200, """{"access_token":5}""", FailureCause.Malformed, "127.0.0.1 (token server) answered without an access token.")]
    [InlineData(200, """{"access_token":"a\nb"}""", FailureCause.Malformed, "127.0.0.1 (token server) answered without an access token.")]
    [InlineData(200, """{"access_token":"\ud800"}""", FailureCause.Malformed, "127.0.0.1 (token server) answered without an access token.")]
    public async Task What_a_token_server_refuses_is_a_sentence_about_the_whole_connection(int status, string body, FailureCause cause, string sentence)
    {
        await using var world = await CredentialWorld.StartAsync();
        var client = await world.GivenAClientAsync();
        world.Outside.Answer = _ => Results.Text(body, statusCode: status);

        var problem = await Assert.ThrowsAsync<FailureException>(() => world.SendAsync(client));

        Assert.Equal((cause, sentence), (problem.Failure.Cause, problem.Failure.Sentence));
        Assert.True(problem.Failure.IsSystemic, "A record is not at fault.");
        Assert.False(problem.Failure.MayHaveHappened, "No record was sent.");
        Assert.Equal("", problem.Failure.Answer);
        Assert.DoesNotContain(world.Outside.Requests, request => request.PathAndQuery != "/token");
    }

    [Fact]
    public async Task A_token_server_that_is_down_is_not_a_request_that_may_have_happened()
    {
        await using var world = await CredentialWorld.StartAsync();
        var client = await world.GivenAClientAsync();
        await world.Outside.DisposeAsync();

        var problem = await Assert.ThrowsAsync<FailureException>(async () => await world.Proof(client).AuthorizeAsync(new HttpRequestMessage(), default));

        Assert.Equal((FailureCause.TargetDown, "Nothing listens at 127.0.0.1 (token server): the connection was refused."), (problem.Failure.Cause, problem.Failure.Sentence));
        Assert.True(problem.Failure is { IsSystemic: true, IsRetryable: true, MayHaveHappened: false });
    }

    [Fact]
    public async Task A_token_address_inside_the_network_is_not_called()
    {
        await using var world = await CredentialWorld.StartAsync();
        var client = await world.GivenAsync(AuthenticationKind.OAuth2ClientCredentials, "s", ("tokenUrl", "http://169.254.169.254/latest"), ("clientId", "c"));

        var problem = await Assert.ThrowsAsync<FailureException>(async () => await world.Proof(client).AuthorizeAsync(new HttpRequestMessage(), default));

        Assert.Equal((FailureCause.Configuration, "guard"), (problem.Failure.Cause, problem.Failure.Code));
    }

    [Fact]
    public async Task A_token_bought_with_a_replaced_secret_is_worthless()
    {
        await using var world = await CredentialWorld.StartAsync();
        await world.Console.ListenAsync();
        var client = await world.GivenAClientAsync(3600);
        await world.ArrivalAsync(client);
        var heard = world.Console.NextChangeAsync(CredentialStore.Topic);

        await world.Store.UpdateAsync(
            world.Tenant, client, 1,
            CredentialWorld.Draft(AuthenticationKind.OAuth2ClientCredentials, "another", ("tokenUrl", $"{world.Outside.Address}token"), ("clientId", "c2")), TestConsole.Somebody, default);
        await heard;

        Assert.Equal("Bearer token-2", (await world.ArrivalAsync(client)).Header("Authorization"));
    }

    [Fact]
    public async Task A_replaced_secret_is_used_at_once_on_another_node()
    {
        await using var world = await CredentialWorld.StartAsync();
        var id = await world.GivenAsync(AuthenticationKind.Bearer, "old");
        var other = await world.AnotherNodeAsync();
        await using var otherNode = other.Console;
        await otherNode.ListenAsync();
        Assert.Equal("Bearer old", (await other.ArrivalAsync(id)).Header("Authorization"));
        var heard = otherNode.NextChangeAsync(CredentialStore.Topic);

        await world.Store.UpdateAsync(world.Tenant, id, 1, CredentialWorld.Draft(AuthenticationKind.Bearer, "new"), TestConsole.Somebody, default);
        await heard;

        Assert.Equal("Bearer new", (await other.ArrivalAsync(id)).Header("Authorization"));
    }

    [Fact]
    public async Task A_node_that_hears_nothing_uses_a_replaced_secret_for_half_a_minute_at_most()
    {
        var clock = new ManualClock();
        await using var world = await CredentialWorld.StartAsync(clock);
        var id = await world.GivenAsync(AuthenticationKind.Bearer, "old");
        await world.ArrivalAsync(id);
        await world.Store.UpdateAsync(world.Tenant, id, 1, CredentialWorld.Draft(AuthenticationKind.Bearer, "new"), TestConsole.Somebody, default);

        Assert.Equal("Bearer old", (await world.ArrivalAsync(id)).Header("Authorization"));
        clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal("Bearer new", (await world.ArrivalAsync(id)).Header("Authorization"));
    }
}
