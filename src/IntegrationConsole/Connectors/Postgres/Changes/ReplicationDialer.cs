using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using Npgsql;
using Npgsql.Replication;

namespace IntegrationConsole.Connectors.Postgres.Changes;

/// <summary>Opens connections that changes are told over: to the addresses that the guard judged, as all others.</summary>
internal sealed class ReplicationDialer(PostgresDialer dialer)
{
    /// <summary>How often the server hears how far we are, and that we are there.</summary>
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(2);

    public async Task<LogicalReplicationConnection> DialAsync(OpenConnection connection, PostgresSettings settings, CancellationToken cancellationToken)
    {
        var addresses = await dialer.ResolveAsync(settings, cancellationToken);
        var login = await PostgresDialer.LoginAsync(connection, cancellationToken);
        for (var index = 0; ; index++)
        {
            var options = new NpgsqlConnectionStringBuilder();
            dialer.Fill(options, settings, addresses[index], login);

            // Values are told as text: the same text that a statement would make of them.
            options.Options = "-c datestyle=ISO,YMD -c timezone=UTC -c extra_float_digits=1 -c bytea_output=hex -c intervalstyle=postgres";
            var replication = new LogicalReplicationConnection(options.ConnectionString) { WalReceiverStatusInterval = Heartbeat };
            try
            {
                Inner(replication).SslClientAuthenticationOptionsCallback = tls => Verify(tls, settings);
                await replication.Open(cancellationToken);
                return replication;
            }
            catch (NpgsqlException unreachable) when (unreachable.InnerException is SocketException or TimeoutException && index < addresses.Count - 1)
            {
                await replication.DisposeAsync();
            }
            catch
            {
                await replication.DisposeAsync();
                throw;
            }
        }
    }

    /// <summary>We connect to an address; the certificate is for the name, and signed by whom the settings trust.</summary>
    private static void Verify(SslClientAuthenticationOptions tls, PostgresSettings settings)
    {
        tls.TargetHost = settings.Host.Trim('[', ']');
        if (settings.Certificate is { Length: > 0 } pem && settings.Tls is not (PostgresForm.NoTls or PostgresForm.PreferTls))
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.ImportFromPem(pem);
            tls.CertificateChainPolicy = policy;
        }
    }

    /// <summary>The driver offers no way to say what its replication connection checks of a certificate but this one; a test holds it.</summary>
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_npgsqlConnection")]
    private static extern ref NpgsqlConnection InnerOf(ReplicationConnection connection);

    private static NpgsqlConnection Inner(ReplicationConnection connection) => InnerOf(connection);
}
