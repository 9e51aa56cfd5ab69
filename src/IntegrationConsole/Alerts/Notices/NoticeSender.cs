using IntegrationConsole.Alerts.Channels;

namespace IntegrationConsole.Alerts.Notices;

/// <summary>
/// Sends what is due, on every worker. If the node stops between sending and marking, another one sends the message
/// again when the lease has run out, with the same id, by which the receiver knows it.
/// </summary>
internal sealed class NoticeSender(
    NoticeBook book, ChannelPost post, ChangeBroadcaster changes, Random random, TimeProvider clock, ILogger<NoticeSender> logger) : BackgroundService
{
    private const int AtOnce = 8;
    private static readonly TimeSpan LongestRest = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _news = new(0, 1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var subscription = changes.Subscribe(change =>
        {
            if (change.Topic is NoticeBook.Topic or Change.Everything)
            {
                Ring();
            }
        });
        while (!stoppingToken.IsCancellationRequested)
        {
            var rest = await SendDueAsync(stoppingToken);
            using var timer = clock.CreateTimer(_ => Ring(), null, rest, Timeout.InfiniteTimeSpan);
            await _news.WaitAsync(stoppingToken);
        }
    }

    /// <returns>How long to rest where nothing new comes.</returns>
    private async Task<TimeSpan> SendDueAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (await SendSomeAsync(stoppingToken) > 0)
            {
                // Until nothing is due any more.
            }

            var next = await book.NextAsync(stoppingToken) - clock.GetUtcNow() ?? LongestRest;
            return next < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : next < LongestRest ? next : LongestRest;
        }
        catch (Exception problem) when (!stoppingToken.IsCancellationRequested)
        {
            // The border of a job. What was taken is due again when its lease has run out.
            logger.LogError(problem, "Sending alerts failed; trying again in {Pause}", AfterFailure);
            return AfterFailure;
        }
    }

    /// <returns>How many were tried.</returns>
    internal async Task<int> SendSomeAsync(CancellationToken cancellationToken)
    {
        var claimed = await book.ClaimAsync(AtOnce, cancellationToken);

        // One after the other within a channel, in the order in which they were decided.
        await Task.WhenAll(claimed.GroupBy(notice => notice.ChannelId).Select(async channel =>
        {
            foreach (var notice in channel)
            {
                await SendAsync(notice, cancellationToken);
            }
        }));
        return claimed.Count;
    }

    private async Task SendAsync(ClaimedNotice notice, CancellationToken cancellationToken)
    {
        var failure = await post.SendAsync(notice.TenantId, notice.ChannelId, notice.Id, notice.Message, notice.Person, cancellationToken);
        NoticeMeter.Tried(notice.ChannelId, failure is null);
        if (failure is not null)
        {
            logger.LogWarning("Alert channel {Channel} of tenant {Tenant} did not take notice {Notice} at try {Try}: {Failure}", notice.ChannelId, notice.TenantId, notice.Id, notice.Tries, failure);
        }

        double jitter;
        lock (random)
        {
            jitter = random.NextDouble();
        }

        await book.SettleAsync(notice, failure, jitter, cancellationToken);
    }

    private void Ring()
    {
        try
        {
            _news.Release();
        }
        catch (SemaphoreFullException)
        {
            // About to look anyway.
        }
    }
}
