using System.Globalization;
using IntegrationConsole.Access;

namespace IntegrationConsole.Alerts.Digests;

/// <summary>Of which tenants a person wishes to get the daily summary by mail, and when.</summary>
/// <param name="Hour">Of the person's day.</param>
/// <param name="OnQuietDays">Whether a quiet day is told too.</param>
public sealed record DigestChoice(IReadOnlyList<TenantId> Tenants, int Hour, string TimeZone, bool OnQuietDays)
{
    /// <returns>A sentence for each wrong field, under the field's name; empty when all is well.</returns>
    public IReadOnlyDictionary<string, string> Check()
    {
        var problems = new Dictionary<string, string>();
        if (Tenants.Count == 0)
        {
            problems[nameof(Tenants)] = "Choose at least one tenant.";
        }

        if (Hour is < 0 or > 23)
        {
            problems[nameof(Hour)] = "An hour of the day, from 0 to 23.";
        }

        if (!TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out var zone) || !zone.HasIanaId)
        {
            problems[nameof(TimeZone)] = "Choose a time zone from the list, such as Europe/Berlin.";
        }

        return problems;
    }
}

/// <summary>A tenant that a person may see, and what they chose of it.</summary>
/// <param name="Hour">Null where they did not choose it.</param>
/// <param name="HasMailServer">Whether a mail channel of the tenant's is on, over whose server mails go.</param>
/// <param name="LastAt">When the last mail was sent, or given up; null where there was none.</param>
/// <param name="Problem">Why the last one did not arrive; empty where it did.</param>
public sealed record DigestTenant(TenantId Id, string Name, int? Hour, string TimeZone, bool OnQuietDays, bool HasMailServer, DateTimeOffset? LastAt, string Problem)
{
    public bool IsChosen => Hour is not null;
}

/// <summary>What people chose about the daily summary by mail. Everybody does so for themselves, of tenants that they may see.</summary>
public sealed class DigestSubscriptions(ConsoleDatabase database, AuditTrail audit, TimeProvider clock)
{
    /// <summary>Over which channel of a tenant (t) personal mails go: the first of its chain.</summary>
    internal const string MailServer = """
        select c.tenant_id, c.id from alert_channel c where c.tenant_id = t.id and c.kind = 'Email' and c.is_on order by c.after_minutes, lower(c.name) limit 1
        """;

    /// <summary>Every tenant that a person may see, by name.</summary>
    public async Task<IReadOnlyList<DigestTenant>> ListAsync(Guid user, CancellationToken cancellationToken)
    {
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        return await session.ListAsync<DigestTenant>($"""
            select t.id, t.name, s.hour, coalesce(s.time_zone, '') as time_zone, coalesce(s.on_quiet_days, false) as on_quiet_days,
                   exists ({MailServer}) as has_mail_server, n.finished_at as last_at, coalesce(n.problem, '') as problem
            from access_user u
            join tenant t on true
            left join access_grant g on g.tenant_id = t.id and g.user_id = u.id
            left join digest_subscription s on s.tenant_id = t.id and s.user_id = u.id
            left join lateral (
                select o.finished_at, o.problem from alert_notice o where o.tenant_id = t.id and o.user_id = u.id and o.finished_at is not null order by o.finished_at desc limit 1) n on true
            where u.id = @user and {AccessStore.MaySee}
            order by lower(t.name), t.slug
            """, new { user }, cancellationToken);
    }

    /// <param name="choice">Was checked.</param>
    /// <param name="consoleAddress">By which this person reaches the console.</param>
    /// <param name="actor">The person.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>False where they may not see one of these tenants any more.</returns>
    public async Task<bool> ChooseAsync(DigestChoice choice, string consoleAddress, Actor actor, CancellationToken cancellationToken)
    {
        var tenants = choice.Tenants.Select(tenant => tenant.Value).Distinct().ToArray();
        var args = new { user = actor.UserId, tenants, hour = choice.Hour, zone = choice.TimeZone, quiet = choice.OnQuietDays, console = consoleAddress, now = clock.GetUtcNow() };
        await using var session = await database.AcrossTenantsAsync(cancellationToken);

        // A change of what else is told does not put today's off.
        var chosen = await session.RunAsync($"""
            insert into digest_subscription (tenant_id, user_id, hour, time_zone, on_quiet_days, console_address, chosen_at)
            select t.id, u.id, @hour, @zone, @quiet, @console, @now
            from access_user u
            join tenant t on t.id = any(@tenants)
            left join access_grant g on g.tenant_id = t.id and g.user_id = u.id
            where u.id = @user and {AccessStore.MaySee}
            on conflict (tenant_id, user_id) do update
            set hour = excluded.hour, time_zone = excluded.time_zone, on_quiet_days = excluded.on_quiet_days, console_address = excluded.console_address,
                chosen_at = case when (digest_subscription.hour, digest_subscription.time_zone) = (excluded.hour, excluded.time_zone) then digest_subscription.chosen_at else excluded.chosen_at end
            """, args, cancellationToken);
        if (chosen < tenants.Length)
        {
            return false;
        }

        await session.RunAsync("delete from digest_subscription where user_id = @user and tenant_id <> all(@tenants)", args, cancellationToken);
        var words = string.Create(CultureInfo.InvariantCulture, $"at {choice.Hour:00}:00 ({choice.TimeZone}), of {tenants.Length} {(tenants.Length == 1 ? "tenant" : "tenants")}");
        await audit.AppendAsync(session, null, actor, new AuditEvent("choose", "daily summary", $"{actor.UserId}", actor.Name, words), cancellationToken);
        await session.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>Ends them all. What is on its way is not sent any more.</summary>
    public async Task EndAsync(Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        if (await session.RunAsync("delete from digest_subscription where user_id = @user", new { user = actor.UserId }, cancellationToken) > 0)
        {
            await audit.AppendAsync(session, null, actor, new AuditEvent("end", "daily summary", $"{actor.UserId}", actor.Name), cancellationToken);
            await session.CommitAsync(cancellationToken);
        }
    }
}
