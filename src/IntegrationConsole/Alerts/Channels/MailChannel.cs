using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Outgoing;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace IntegrationConsole.Alerts.Channels;

/// <summary>Hands mails to a mail server. Where it may go is decided by the guard that decides about all connections.</summary>
internal sealed class MailChannel(OutgoingGuard guard)
{
    /// <exception cref="FailureException">It could not be handed over, in words.</exception>
    public async Task SendAsync(AlertChannel channel, IReadOnlyDictionary<string, string> secrets, MimeMessage mail, CancellationToken cancellationToken)
    {
        var host = channel.Setting(ChannelSettings.Host);
        using var client = new SmtpClient { CheckCertificateRevocation = false };
        if (channel.Setting(ChannelSettings.Certificate) is { Length: > 0 } authority)
        {
            client.ServerCertificateValidationCallback = (_, certificate, _, errors) => IsTrusted(certificate, errors, authority);
        }

        try
        {
            await ConnectAsync(client, channel, host, cancellationToken);
            if (secrets.GetValueOrDefault(ChannelSettings.User, "") is { Length: > 0 } user)
            {
                await client.AuthenticateAsync(user, secrets.GetValueOrDefault(ChannelSettings.Password, ""), cancellationToken);
            }

            await client.SendAsync(mail, cancellationToken);
            await client.DisconnectAsync(quit: true, cancellationToken);
        }
        catch (Exception problem) when (problem is not (FailureException or OperationCanceledException))
        {
            throw new FailureException(Explain(problem, host), problem);
        }
    }

    private async Task ConnectAsync(SmtpClient client, AlertChannel channel, string host, CancellationToken cancellationToken)
    {
        var addresses = await guard.ResolveAsync(host, cancellationToken);
        var security = channel.Setting(ChannelSettings.Security) switch
        {
            ChannelSettings.Tls => SecureSocketOptions.SslOnConnect,
            ChannelSettings.NoTls => SecureSocketOptions.None,
            _ => SecureSocketOptions.StartTls,
        };
        if (security is SecureSocketOptions.None && !guard.MayGoUnencrypted(addresses))
        {
            throw new FailureException(new Failure(FailureCause.Configuration, $"Mail to {host} would go without encryption: choose STARTTLS or TLS.", "unencrypted"));
        }

        var port = int.Parse(channel.Setting(ChannelSettings.Port), CultureInfo.InvariantCulture);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync([.. addresses], port, cancellationToken);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        // The client disposes of the socket, also when it fails.
        await client.ConnectAsync(socket, host, port, security, cancellationToken);
    }

    /// <summary>Whether a certificate was issued by the authority that somebody named for this channel.</summary>
    private static bool IsTrusted(X509Certificate? certificate, SslPolicyErrors errors, string authority)
    {
        if (errors is SslPolicyErrors.None)
        {
            return true;
        }

        if (certificate is null || errors is not SslPolicyErrors.RemoteCertificateChainErrors)
        {
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.ImportFromPem(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(new X509Certificate2(certificate));
    }

    /// <summary>Never what the server said: it may repeat what it was sent.</summary>
    private static Failure Explain(Exception problem, string host) => problem switch
    {
        MailKit.Security.AuthenticationException => new(FailureCause.Auth, $"{host} does not accept the user and password of this channel."),
        SslHandshakeException => new(FailureCause.Configuration, $"The TLS connection to {host} failed: its certificate is not trusted, has expired or belongs to another name, or it speaks no TLS at this port.", "tls"),
        NotSupportedException => new(FailureCause.Configuration, $"{host} does not offer what this channel asks for: STARTTLS, or signing in with a password.", "starttls"),
        SmtpCommandException { ErrorCode: SmtpErrorCode.RecipientNotAccepted } refused => new(
            IsForNow(refused) ? FailureCause.TargetDown : FailureCause.Validation, $"{host} does not take mail for {refused.Mailbox?.Address} ({(int)refused.StatusCode}).", Code(refused)),
        SmtpCommandException { ErrorCode: SmtpErrorCode.SenderNotAccepted } refused => new(
            IsForNow(refused) ? FailureCause.TargetDown : FailureCause.Configuration, $"{host} does not take mail from {refused.Mailbox?.Address} ({(int)refused.StatusCode}).", Code(refused)),
        SmtpCommandException refused => new(IsForNow(refused) ? FailureCause.TargetDown : FailureCause.Validation, $"{host} refused the mail ({(int)refused.StatusCode}).", Code(refused)),
        SmtpProtocolException => new(FailureCause.TargetDown, $"{host} broke off, or does not speak SMTP at this port.") { MayHaveHappened = true },
        _ => FailureClassifier.Classify(problem, host),
    };

    /// <summary>Greylisting, full mailboxes: try again later.</summary>
    private static bool IsForNow(SmtpCommandException refused) => (int)refused.StatusCode is >= 400 and < 500;

    private static string Code(SmtpCommandException refused) => ((int)refused.StatusCode).ToString(CultureInfo.InvariantCulture);
}
