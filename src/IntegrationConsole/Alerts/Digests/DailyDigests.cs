using System.Globalization;
using IntegrationConsole.Access;
using IntegrationConsole.Alerts.Channels;
using IntegrationConsole.Alerts.Notices;
using IntegrationConsole.Connectors.Failures;
using Microsoft.Extensions.Options;

namespace IntegrationConsole.Alerts.Digests;

/// <summary>
/// Writes the daily summary of each channel, and of each person who wishes for one, when its hour has come. The day and
/// the message are kept in one transaction: of several nodes one writes it, and a crash writes nothing or all of it. It is
/// sent as other messages are: at least once, and the second time with the same id.
/// </summary>
public sealed class DailyDigests(ConsoleDatabase database, NoticeBook book, DigestReader reader, IOptions<AlertOptions> options, TimeProvider clock, ILogger<DailyDigests> logger)
{
    /// <summary>After an outage, a summary that is later than this is left to the next day.</summary>
    private static readonly TimeSpan Latest = TimeSpan.FromHours(6);

    /// <summary>What a summary looks back on, where the one before is not known.</summary>
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private const string Candidates = $"""
        select c.tenant_id, c.id as channel_id, null::uuid as user_id, t.slug, t.name, c.settings ->> @hour as hour, t.time_zone, coalesce(c.settings ->> @quiet, '') = @yes as on_quiet_days,
               c.console_address, c.changed_at as chosen_at
        from alert_channel c join tenant t on t.id = c.tenant_id where c.is_on and coalesce(c.settings ->> @hour, '') <> ''
        union all
        select s.tenant_id, m.id, s.user_id, t.slug, t.name, s.hour::text, s.time_zone, s.on_quiet_days, s.console_address, s.chosen_at
        from digest_subscription s
        join tenant t on t.id = s.tenant_id
        join access_user u on u.id = s.user_id
        left join access_grant g on g.tenant_id = s.tenant_id and g.user_id = s.user_id
        cross join lateral ({DigestSubscriptions.MailServer}) m
        where {AccessStore.MaySee}
        """;

    /// <returns>How many were written.</returns>
    internal async Task<int> WriteDueAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        IReadOnlyList<Candidate> candidates;
        await using (var session = await database.AcrossTenantsAsync(cancellationToken))
        {
            candidates = await session.ListAsync<Candidate>(
                Candidates, new { hour = ChannelSettings.DigestHour, quiet = ChannelSettings.DigestOnQuietDays, yes = ChannelSettings.Yes }, cancellationToken);
        }

        var written = 0;
        foreach (var candidate in candidates)
        {
            written += candidate.DueSince(now) is { } since && await TryWriteAsync(candidate, since, now, cancellationToken) ? 1 : 0;
        }

        return written;
    }

    private async Task<bool> TryWriteAsync(Candidate candidate, DateTimeOffset since, DateTimeOffset now, CancellationToken cancellationToken)
    {
        try
        {
            return await WriteAsync(candidate, now, cancellationToken);
        }
        catch (Exception problem) when (!cancellationToken.IsCancellationRequested)
        {
            // The border of one of many: it is due again at the next look, and the others are told meanwhile.
            logger.LogError(problem, "The daily summary of tenant {Tenant} for channel {Channel} could not be written; trying again", candidate.TenantId.Value, candidate.ChannelId);
            var message = new AlertMessage(
                NoticeKind.Daily, "Daily summary: not written so far", candidate.Name, Severity.Low, "", [], "", "It is tried again each minute, for six hours.", [], candidate.Address(options.Value), "");
            await book.RecordUnwrittenAsync(candidate.TenantId, candidate.ChannelId, candidate.UserId, message, FailureClassifier.Classify(problem, "the database"), since, cancellationToken);
            return false;
        }
    }

    private async Task<bool> WriteAsync(Candidate candidate, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (days, whose, id, chosen) = candidate.UserId is { } user ? ("digest_subscription_day", "user_id", user, "digest_subscription") : ("alert_digest", "channel_id", candidate.ChannelId, "alert_channel");
        await using var session = await database.InTenantAsync(candidate.TenantId, cancellationToken);
        var args = new { tenant = candidate.TenantId, id, day = candidate.DayOf(now).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), now, dayBefore = now - Day, longBefore = now - (2 * Day) };
        if (await session.OneAsync<bool>($"select exists (select from {days} where tenant_id = @tenant and {whose} = @id and day = @day::date)", args, cancellationToken))
        {
            return false;
        }

        var from = await session.OneAsync<DateTimeOffset>($"select coalesce(max(at), @dayBefore) from {days} where tenant_id = @tenant and {whose} = @id and at > @longBefore", args, cancellationToken);
        var facts = await reader.ReadAsync(session, candidate.TenantId, from, now, cancellationToken);
        var isTold = !facts.IsQuiet || candidate.OnQuietDays;
        if (await session.RunAsync($"""
            insert into {days} (tenant_id, {whose}, day, at, is_told)
            select tenant_id, @id, @day::date, @now, @isTold from {chosen} where tenant_id = @tenant and {(candidate.UserId is null ? "id" : "user_id")} = @id
            on conflict do nothing
            """, new { args.tenant, args.id, args.day, args.now, isTold }, cancellationToken) == 0)
        {
            return false;
        }

        if (isTold)
        {
            var message = DigestText.Of(facts, candidate.Name, candidate.Zone, candidate.Address(options.Value)) with { EndLink = candidate.UserId is null ? "" : $"{candidate.Console(options.Value)}/me/settings" };
            await NoticeBook.WriteAsync(session, candidate.TenantId, candidate.ChannelId, candidate.UserId, null, null, message, now, cancellationToken);
            await session.NotifyAsync(new Change(NoticeBook.Topic, candidate.TenantId), cancellationToken);
        }

        await session.CommitAsync(cancellationToken);
        return isTold;
    }

    /// <summary>Somebody who is to be told of a tenant's days: those whom a channel names, or a person.</summary>
    /// <param name="ChannelId">Over which channel.</param>
    /// <param name="UserId">The person; null for those whom the channel names.</param>
    /// <param name="ChosenAt">Since when it is as it is.</param>
    private sealed record Candidate(
        TenantId TenantId, Guid ChannelId, Guid? UserId, string Slug, string Name, string Hour, string TimeZone, bool OnQuietDays, string ConsoleAddress, DateTimeOffset ChosenAt)
    {
        public TimeZoneInfo Zone => TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out var zone) ? zone : TimeZoneInfo.Utc;

        public DateOnly DayOf(DateTimeOffset now) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, Zone).DateTime);

        /// <summary>Since when they are to be told of the day that it is in their zone; null where it is not time. What was changed since its hour waits for the next.</summary>
        public DateTimeOffset? DueSince(DateTimeOffset now)
        {
            if (!int.TryParse(Hour, NumberStyles.None, CultureInfo.InvariantCulture, out var hour))
            {
                return null;
            }

            var late = TimeZoneInfo.ConvertTime(now, Zone).TimeOfDay - TimeSpan.FromHours(hour);
            return late >= TimeSpan.Zero && late < Latest && ChosenAt <= now - late ? now - late : null;
        }

        public string Console(AlertOptions options) => (options.PublicAddress.Length > 0 ? options.PublicAddress : ConsoleAddress).TrimEnd('/');

        public string Address(AlertOptions options) => $"{Console(options)}/t/{Slug}";
    }
}
