using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Outgoing;

namespace IntegrationConsole.Connectors.Rest;

/// <summary>
/// Probes a REST connection: its name, a connection, TLS, and where the settings name an address for tests and the budget
/// leaves a call, one request to it. Whatever comes of it the circuit is told nothing, and the figures count nothing.
/// </summary>
internal sealed class RestProbe(RestClient client, Reach reach)
{
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(10);

    /// <param name="connection">What is probed.</param>
    /// <param name="mayAsk">Whether it may be asked who we are: not where asking in vain locks an account.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<ProbeReport> RunAsync(OpenConnection connection, bool mayAsk, CancellationToken cancellationToken)
    {
        DateTimeOffset? expires = null;
        try
        {
            expires = await DialAsync(cancellationToken);
            if (!mayAsk || connection.CredentialId is null || client.Settings.TestPath.Length == 0 || !await client.Calls.Gate.MayProbeAsync(connection, cancellationToken))
            {
                return new ProbeReport(null, $"{client.Host} answers.", expires, null, "");
            }

            return await AskAsync(connection, expires, cancellationToken);
        }
        catch (Exception problem) when (RestClient.IsOutside(problem) || problem is SocketException or AuthenticationException)
        {
            var failure = client.Classify(problem);
            return failure.Cause is FailureCause.Auth ? new ProbeReport(null, $"{client.Host} answers.", expires, false, failure.Sentence) : ProbeReport.Miss(failure, expires);
        }
    }

    private async Task<DateTimeOffset?> DialAsync(CancellationToken cancellationToken)
    {
        var addresses = await client.Calls.Guard.ResolveAsync(client.Host, cancellationToken);
        client.Calls.Guard.RefuseUnencrypted(client.Home, addresses);
        await using var stream = await reach.ConnectAsync(addresses, client.Home.Port, cancellationToken);
        return client.Home.Scheme == Uri.UriSchemeHttps ? await reach.SecureAsync(stream, new SslClientAuthenticationOptions { TargetHost = client.Host }, cancellationToken) : null;
    }

    private async Task<ProbeReport> AskAsync(OpenConnection connection, DateTimeOffset? expires, CancellationToken cancellationToken)
    {
        using var response = await client.ProbeAsync(client.AddressOf(client.Settings.TestPath), AnswerWithin, cancellationToken);
        var failure = response.IsSuccessStatusCode ? null : FailureClassifier.OfStatus(response.StatusCode, client.Host);
        return response.StatusCode switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new ProbeReport(null, $"{client.Host} answers.", expires, false, failure!.Sentence),
            HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout => ProbeReport.Miss(failure!, expires),
            _ => new ProbeReport(null, $"{client.Host} answers.", expires, failure is null ? true : null, failure is null ? $"{client.Host} accepts the credential." : ""),
        };
    }
}
