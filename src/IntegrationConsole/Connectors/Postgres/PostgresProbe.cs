using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Outgoing;

namespace IntegrationConsole.Connectors.Postgres;

/// <summary>
/// Probes a database up to its door: name, connection, and TLS as the protocol asks for it. Nobody signs in, for a login
/// that is tried once a minute in vain may be locked.
/// </summary>
internal sealed class PostgresProbe(PostgresDialer dialer, Reach reach, PostgresSettings settings)
{
    /// <summary>Length and code of the protocol's request for TLS.</summary>
    private static readonly byte[] TlsRequest = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];

    private bool WantsTls => settings.Tls is not (PostgresForm.NoTls or PostgresForm.PreferTls);

    public async Task<ProbeReport> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            var addresses = await dialer.ResolveAsync(settings, cancellationToken);
            await using var stream = await reach.ConnectAsync(addresses, settings.Port ?? PostgresForm.Port, cancellationToken);
            var offersTls = await OffersTlsAsync(stream, cancellationToken);
            if (WantsTls && !offersTls)
            {
                return ProbeReport.Miss(new Failure(FailureCause.Configuration, $"{settings.Host} does not offer TLS: turn it on there, or choose another encryption where the network allows it.", "tls"));
            }

            var expires = WantsTls ? await reach.SecureAsync(stream, Tls(), cancellationToken) : null;
            return new ProbeReport(null, $"{settings.Host} answers.", expires, null, "");
        }
        catch (Exception problem) when (problem is FailureException or SocketException or IOException or TimeoutException or AuthenticationException)
        {
            return ProbeReport.Miss(FailureClassifier.Classify(problem, settings.Host));
        }
    }

    private async Task<bool> OffersTlsAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        var answer = new byte[1];
        await reach.WithinAsync(
            async token =>
            {
                await stream.WriteAsync(TlsRequest, token);
                await stream.ReadExactlyAsync(answer, token);
            },
            cancellationToken);
        return answer[0] == (byte)'S';
    }

    private SslClientAuthenticationOptions Tls()
    {
        var options = new SslClientAuthenticationOptions { TargetHost = settings.Host.Trim('[', ']') };
        if (settings.Certificate is { Length: > 0 } pem)
        {
            options.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            options.CertificateChainPolicy.CustomTrustStore.ImportFromPem(pem);
        }

        if (settings.Tls == PostgresForm.VerifyAuthority)
        {
            options.RemoteCertificateValidationCallback = (_, _, _, problems) => (problems & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None;
        }

        return options;
    }
}
