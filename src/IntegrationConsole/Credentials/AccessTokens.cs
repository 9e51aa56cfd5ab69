using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Outgoing;
using IntegrationConsole.Tenants;

namespace IntegrationConsole.Credentials;

/// <summary>
/// OAuth 2 access tokens by client credentials (RFC 6749, section 4.4). One caller on one node at a time fetches, the
/// others wait and take what it got: a token server that allows one token at a time is not confused. A token is renewed
/// when a tenth of its life, and at least half a minute, is left.
/// </summary>
public sealed class AccessTokens(ConsoleDatabase database, TenantSeals seals, OutgoingHttp http, TimeProvider clock)
{
    private static readonly TimeSpan FetchWithin = TimeSpan.FromSeconds(20);

    /// <summary>The only transaction that waits for something beside the database: for an answer and its body.</summary>
    private static readonly TimeSpan HoldsFor = (2 * FetchWithin) + TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LeastMargin = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<(TenantId Tenant, Guid Id), Token> _known = new();
    private readonly ConcurrentDictionary<(TenantId Tenant, Guid Id), SemaphoreSlim> _turns = new();

    /// <param name="credential">Whose token.</param>
    /// <param name="secret">Its client secret.</param>
    /// <param name="refused">A token that was refused although it should be good; null for the usual case.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="FailureException">The token server refuses or does not answer.</exception>
    public async Task<string> GetAsync(Credential credential, string secret, string? refused, CancellationToken cancellationToken)
    {
        var key = (credential.TenantId, credential.Id);
        if (_known.TryGetValue(key, out var known) && IsGood(known, credential, refused))
        {
            return known.Text;
        }

        // Those who wait for this node's turn do so here, not each with one of the console's few database connections.
        var turn = _turns.GetOrAdd(key, _ => new SemaphoreSlim(1));
        await turn.WaitAsync(cancellationToken);
        try
        {
            if (!_known.TryGetValue(key, out var token) || !IsGood(token, credential, refused))
            {
                token = await ObtainAsync(credential, secret, refused, cancellationToken);
                _known[key] = token;
            }

            return token.Text;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>What another node got meanwhile, or a new one.</summary>
    private async Task<Token> ObtainAsync(Credential credential, string secret, string? refused, CancellationToken cancellationToken)
    {
        var seal = await seals.ForAsync(credential.TenantId, cancellationToken);
        await using var session = await database.InTenantAsync(credential.TenantId, cancellationToken);

        // The server would take a node that waits for a slow token server for one that has vanished, and the token would be lost.
        await session.StandStillAsync(HoldsFor, cancellationToken);
        await session.RunAsync("select pg_advisory_xact_lock(hashtextextended(@name, 0))", new { name = Context(credential) }, cancellationToken);
        var token = await ReadAsync(session, seal, credential, cancellationToken);
        if (token is null || !IsGood(token, credential, refused))
        {
            token = await FetchAsync(credential, secret, cancellationToken);
            await SaveAsync(session, seal, credential, token, cancellationToken);
            await session.CommitAsync(cancellationToken);
        }

        return token;
    }

    private bool IsGood(Token token, Credential credential, string? refused)
    {
        if (token.CredentialVersion != credential.Version || token.Text == refused)
        {
            return false;
        }

        if (token.ExpiresAt is not { } end)
        {
            return true;
        }

        var tenth = (end - token.ObtainedAt) / 10;
        return end - clock.GetUtcNow() > (tenth > LeastMargin ? tenth : Min(LeastMargin, (end - token.ObtainedAt) / 2));
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private async Task<Token> FetchAsync(Credential credential, string secret, CancellationToken cancellationToken)
    {
        var address = new Uri(credential.Setting("tokenUrl"));
        var what = $"{address.Host} (token server)";
        try
        {
            using var response = await http.SendAsync(() => Request(credential, address, secret), new SendOptions(new NoAuthentication(), FetchWithin), cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                throw new FailureException(await RefusalAsync(response, what, cancellationToken));
            }

            await using var body = await http.OpenSmallBodyAsync(response, what, FetchWithin, cancellationToken);
            using var answer = await JsonDocument.ParseAsync(body, cancellationToken: cancellationToken);
            return Read(answer.RootElement, credential, what);
        }
        catch (Exception problem) when (problem is FailureException or HttpRequestException or IOException or TimeoutException or JsonException)
        {
            // Without a token nothing can be sent: this concerns the whole connection, and no record has gone out yet.
            // The JSON reader's own message may repeat a part of what it read, which may be a token.
            var failure = FailureClassifier.Classify(problem, what) with { IsSystemic = true, MayHaveHappened = false };
            throw new FailureException(failure, problem is JsonException ? null : problem);
        }
    }

    private static HttpRequestMessage Request(Credential credential, Uri address, string secret)
    {
        var form = new Dictionary<string, string> { ["grant_type"] = "client_credentials" };
        foreach (var (parameter, setting) in ((string, string)[])[("scope", "scope"), ("audience", "audience")])
        {
            if (credential.Setting(setting) is { Length: > 0 } value)
            {
                form[parameter] = value;
            }
        }

        var request = new HttpRequestMessage(HttpMethod.Post, address);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (credential.Setting("clientAuthentication") == "body")
        {
            form["client_id"] = credential.Setting("clientId");
            form["client_secret"] = secret;
        }
        else
        {
            // RFC 6749, section 2.3.1: both parts are form-encoded before they are joined.
            var pair = $"{Uri.EscapeDataString(credential.Setting("clientId"))}:{Uri.EscapeDataString(secret)}";
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(pair)));
        }

        request.Content = new FormUrlEncodedContent(form);
        return request;
    }

    /// <summary>The error code of RFC 6749, section 5.2, says more than the status.</summary>
    private async Task<Failure> RefusalAsync(HttpResponseMessage response, string what, CancellationToken cancellationToken)
    {
        var explained = await http.ExplainAsync(response, what, cancellationToken);
        var failure = explained with { Answer = "" };
        return CodeOf(explained.Answer) switch
        {
            "invalid_client" => new Failure(FailureCause.Auth, $"{what} does not accept the client id and secret.", "invalid_client"),
            "unauthorized_client" or "unsupported_grant_type" => new Failure(FailureCause.Auth, $"{what} does not let this client use client credentials.", "unauthorized_client"),
            "invalid_scope" => new Failure(FailureCause.Auth, $"{what} does not know or allow a scope that the credential asks for.", "invalid_scope"),
            _ when failure.Cause is FailureCause.ReferenceMissing => new Failure(FailureCause.Configuration, $"{what} does not know the token address ({failure.Code}).", failure.Code),
            _ when failure.Cause is FailureCause.Validation => new Failure(FailureCause.Auth, $"{what} does not give a token for this request ({failure.Code}).", failure.Code),
            _ => failure,
        };
    }

    private static string CodeOf(string answer)
    {
        try
        {
            using var parsed = JsonDocument.Parse(answer);
            return TextOf(parsed.RootElement, "error");
        }
        catch (JsonException)
        {
            // Not every server follows the RFC; the status is left.
            return "";
        }
    }

    private Token Read(JsonElement answer, Credential credential, string what)
    {
        var now = clock.GetUtcNow();
        var value = TextOf(answer, "access_token");

        // What goes into a header must fit there.
        if (value.Length == 0 || value.Any(letter => letter is <= ' ' or > '~'))
        {
            throw new FailureException(new Failure(FailureCause.Malformed, $"{what} answered without an access token."));
        }

        DateTimeOffset? expires = null;
        if (answer.TryGetProperty("expires_in", out var seconds) && double.TryParse(seconds.ToString(), System.Globalization.CultureInfo.InvariantCulture, out var left) && left is >= 0 and < 1e9)
        {
            expires = now.AddSeconds(left);
        }

        return new Token(value, now, expires, credential.Version);
    }

    /// <summary>Empty where there is no such text.</summary>
    private static string TextOf(JsonElement answer, string name)
    {
        try
        {
            return answer.ValueKind is JsonValueKind.Object && answer.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString()! : "";
        }
        catch (InvalidOperationException)
        {
            // Half a character.
            return "";
        }
    }

    private static async Task<Token?> ReadAsync(DatabaseSession session, TenantSeal seal, Credential credential, CancellationToken cancellationToken)
    {
        var row = await session.FindAsync<TokenRow>(
            "select sealed, obtained_at, expires_at, credential_version from credential_token where tenant_id = @tenant and credential_id = @id",
            new { tenant = credential.TenantId, id = credential.Id }, cancellationToken);
        return row is null ? null : new Token(Encoding.UTF8.GetString(seal.Open(row.Sealed, Context(credential))), row.ObtainedAt, row.ExpiresAt, row.CredentialVersion);
    }

    private static Task<int> SaveAsync(DatabaseSession session, TenantSeal seal, Credential credential, Token token, CancellationToken cancellationToken) =>
        session.RunAsync("""
            insert into credential_token (tenant_id, credential_id, credential_version, sealed, obtained_at, expires_at)
            values (@tenant, @id, @version, @sealed, @obtained, @expires)
            on conflict (tenant_id, credential_id) do update
            set credential_version = excluded.credential_version, sealed = excluded.sealed, obtained_at = excluded.obtained_at, expires_at = excluded.expires_at
            """,
            new
            {
                tenant = credential.TenantId, id = credential.Id, version = token.CredentialVersion,
                @sealed = seal.Seal(Encoding.UTF8.GetBytes(token.Text), Context(credential)), obtained = token.ObtainedAt, expires = token.ExpiresAt,
            },
            cancellationToken);

    private static string Context(Credential credential) => $"credential-token:{credential.Id}";

    private sealed record Token(string Text, DateTimeOffset ObtainedAt, DateTimeOffset? ExpiresAt, int CredentialVersion)
    {
        public override string ToString() => "token";
    }

    private sealed record TokenRow(byte[] Sealed, DateTimeOffset ObtainedAt, DateTimeOffset? ExpiresAt, int CredentialVersion);
}
