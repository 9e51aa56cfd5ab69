using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace IntegrationConsole.Connectors.Outgoing;

/// <summary>Whether an address answers at all: a connection is made and, where it is encrypted, TLS agreed on. Nothing is sent over it.</summary>
internal sealed class Reach(OutgoingOptions limits, TimeProvider clock)
{
    /// <exception cref="SocketException">None of the addresses answers.</exception>
    /// <exception cref="TimeoutException">Not in time.</exception>
    public async Task<NetworkStream> ConnectAsync(IReadOnlyList<IPAddress> addresses, int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await WithinAsync(token => socket.ConnectAsync([.. addresses], port, token).AsTask(), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Agrees on TLS as a call would.</summary>
    /// <param name="stream">The connection.</param>
    /// <param name="options">With the name that the certificate should be for, and whom to trust.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>When the certificate expires.</returns>
    /// <exception cref="System.Security.Authentication.AuthenticationException">The certificate is not accepted.</exception>
    public async Task<DateTimeOffset?> SecureAsync(Stream stream, SslClientAuthenticationOptions options, CancellationToken cancellationToken)
    {
        await using var tls = new SslStream(stream, leaveInnerStreamOpen: true);
        await WithinAsync(token => tls.AuthenticateAsClientAsync(options, token), cancellationToken);
        return tls.RemoteCertificate is X509Certificate2 certificate ? new DateTimeOffset(certificate.NotAfter.ToUniversalTime()) : null;
    }

    public async Task WithinAsync(Func<CancellationToken, Task> step, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(limits.ConnectWithin, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await step(either.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException();
        }
    }
}
