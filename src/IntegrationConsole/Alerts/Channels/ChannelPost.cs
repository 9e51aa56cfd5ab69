using IntegrationConsole.Alerts.Notices;
using IntegrationConsole.Connectors.Failures;
using Microsoft.Extensions.Options;

namespace IntegrationConsole.Alerts.Channels;

/// <summary>Sends a message over a channel, whatever its kind.</summary>
internal sealed class ChannelPost(ChannelStore channels, MailChannel mail, HookChannel hook, IOptions<AlertOptions> options, TimeProvider clock)
{
    /// <param name="tenant">Whose.</param>
    /// <param name="channelId">Over which channel.</param>
    /// <param name="noticeId">Its id, the same each time it is sent.</param>
    /// <param name="message">What is said.</param>
    /// <param name="person">The address of the person who alone gets it; null for those whom the channel names.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>What went wrong; null when it was taken.</returns>
    public async Task<Failure?> SendAsync(TenantId tenant, Guid channelId, Guid noticeId, AlertMessage message, string? person, CancellationToken cancellationToken)
    {
        if (await channels.OpenAsync(tenant, channelId, cancellationToken) is not { } open)
        {
            return new Failure(FailureCause.Configuration, "The channel was deleted.");
        }

        using var timeout = new CancellationTokenSource(options.Value.SendWithin, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await SendAsync(open.Channel, open.Secrets, noticeId, message, person, either.Token);
            return null;
        }
        catch (FailureException expected)
        {
            return expected.Failure;
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            var host = open.Channel.Setting(ChannelSettings.Host) is { Length: > 0 } known ? known : new Uri(open.Channel.Setting(ChannelSettings.Address)).Host;
            return new Failure(FailureCause.Timeout, $"{host} did not answer in time.") { MayHaveHappened = true };
        }
    }

    private Task SendAsync(AlertChannel channel, IReadOnlyDictionary<string, string> secrets, Guid noticeId, AlertMessage message, string? person, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (person is not null && channel.Kind is not ChannelKind.Email)
        {
            throw new FailureException(new Failure(FailureCause.Configuration, "The channel sends no mails any more."));
        }

        return channel.Kind switch
        {
            ChannelKind.Email => mail.SendAsync(channel, secrets, MailText.Of(message, noticeId, channel, person, now), cancellationToken),
            ChannelKind.Webhook => PostAsync(channel.Setting(ChannelSettings.Address), HookText.Webhook(message, noticeId, now), secrets.GetValueOrDefault(ChannelSettings.Key, "")),
            ChannelKind.Slack => PostAsync(secrets.GetValueOrDefault(ChannelSettings.Address, ""), HookText.Slack(message), ""),
            ChannelKind.Teams => PostAsync(secrets.GetValueOrDefault(ChannelSettings.Address, ""), HookText.Teams(message), ""),
        };

        Task PostAsync(string address, byte[] body, string key) => hook.SendAsync(new Uri(address), body, noticeId, key, now, options.Value.SendWithin, cancellationToken);
    }
}
