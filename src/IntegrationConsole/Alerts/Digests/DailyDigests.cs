using System.Globalization;
using IntegrationConsole.Alerts.Channels;
using IntegrationConsole.Alerts.Notices;
using IntegrationConsole.Tenants;
using Microsoft.Extensions.Options;

namespace IntegrationConsole.Alerts.Digests;

/// <summary>
/// Writes each channel's daily summary when its hour has come. The day and the message are kept in one transaction: of
/// several nodes one writes it, and a crash writes nothing or all of it. It is sent as other messages are: at least once,
/// and the second time with the same id.
/// </summary>
public sealed class DailyDigests(ConsoleDatabase database, QuotaStore quotas, IOptions<AlertOptions> options, TimeProvider clock)
{
    /// <summary>After an outage, a summary that is later than this is left to the next day.</summary>
    private static readonly TimeSpan Latest = TimeSpan.FromHours(6);

    /// <summary>What a summary looks back on, where the one before is not known.</summary>
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <returns>How many were written.</returns>
    internal async Task<int> WriteDueAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        IReadOnlyList<Candidate> candidates;
        await using (var session = await database.AcrossTenantsAsync(cancellationToken))
        {
            candidates = await session.ListAsync<Candidate>("""
                select c.tenant_id, c.id, t.slug, t.name, t.time_zone, c.changed_at from alert_channel c join tenant t on t.id = c.tenant_id
                where c.is_on and coalesce(c.settings ->> @hour, '') <> '' order by c.tenant_id, c.id
                """, new { hour = ChannelSettings.DigestHour }, cancellationToken);
        }

        var written = 0;
        foreach (var candidate in candidates)
        {
            written += await WriteAsync(candidate, now, cancellationToken) ? 1 : 0;
        }

        return written;
    }

    private async Task<bool> WriteAsync(Candidate candidate, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(candidate.TenantId, cancellationToken);
        var channel = (await ChannelStore.ListAsync(session, [candidate.TenantId.Value], cancellationToken)).FirstOrDefault(one => one.Id == candidate.Id);
        if (channel is null || DueDay(channel, candidate, now) is not { } day)
        {
            return false;
        }

        var from = await session.OneAsync<DateTimeOffset>("""
            select coalesce(max(at), @dayBefore) from alert_digest where tenant_id = @tenant and channel_id = @channel and at > @longBefore
            """, new { tenant = candidate.TenantId, channel = channel.Id, dayBefore = now - Day, longBefore = now - (2 * Day) }, cancellationToken);
        var facts = await DigestReader.ReadAsync(session, quotas, candidate.TenantId, from, now, cancellationToken);
        var isTold = !facts.IsQuiet || channel.Setting(ChannelSettings.DigestOnQuietDays) == ChannelSettings.Yes;
        if (await session.RunAsync("""
            insert into alert_digest (tenant_id, channel_id, day, at, is_told) values (@tenant, @channel, @day::date, @now, @isTold) on conflict do nothing
            """, new { tenant = candidate.TenantId, channel = channel.Id, day = day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), now, isTold }, cancellationToken) == 0)
        {
            return false;
        }

        if (isTold)
        {
            var console = (options.Value.PublicAddress.Length > 0 ? options.Value.PublicAddress : channel.ConsoleAddress).TrimEnd('/');
            await NoticeBook.WriteAsync(session, channel, null, null, DigestText.Of(facts, candidate.Name, candidate.Zone, $"{console}/t/{candidate.Slug}"), now, cancellationToken);
            await session.NotifyAsync(new Change(NoticeBook.Topic, candidate.TenantId), cancellationToken);
        }

        await session.CommitAsync(cancellationToken);
        return isTold;
    }

    /// <summary>The day of which the channel is to be told now, in the tenant's zone; null where it is not time. A channel that was changed since its hour waits for the next.</summary>
    private static DateOnly? DueDay(AlertChannel channel, Candidate candidate, DateTimeOffset now)
    {
        if (!int.TryParse(channel.Setting(ChannelSettings.DigestHour), NumberStyles.None, CultureInfo.InvariantCulture, out var hour))
        {
            return null;
        }

        var there = TimeZoneInfo.ConvertTime(now, candidate.Zone);
        var late = there.TimeOfDay - TimeSpan.FromHours(hour);
        return late >= TimeSpan.Zero && late < Latest && candidate.ChangedAt <= now - late ? DateOnly.FromDateTime(there.DateTime) : null;
    }

    private sealed record Candidate(TenantId TenantId, Guid Id, string Slug, string Name, string TimeZone, DateTimeOffset ChangedAt)
    {
        public TimeZoneInfo Zone => TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out var zone) ? zone : TimeZoneInfo.Utc;
    }
}
