namespace IntegrationConsole.Health.Triage;

/// <summary>
/// Ends what was said about causes that are gone. What comes back within a few minutes was not gone; what comes back later is
/// new, and its card says that it was there before. Each step names the state that it expects, so every worker may look.
/// </summary>
public sealed class CauseKeeper(ConsoleDatabase database, TriageReader triage, TimeProvider clock)
{
    /// <summary>A cause that is not found for so long is over.</summary>
    public static readonly TimeSpan GoneAfter = TimeSpan.FromMinutes(15);

    /// <summary>How long a card can say that it was there before.</summary>
    public static readonly TimeSpan RememberedFor = TimeSpan.FromDays(30);

    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        foreach (var tenant in await ListAsync(cancellationToken))
        {
            await LookAsync(tenant, cancellationToken);
        }
    }

    /// <summary>The tenants in which something is said that may be over; what was over long ago is forgotten.</summary>
    private async Task<IReadOnlyList<TenantId>> ListAsync(CancellationToken cancellationToken)
    {
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        await session.RunAsync("delete from cause_care where ended_at < @forgotten", new { forgotten = clock.GetUtcNow() - RememberedFor }, cancellationToken);
        var tenants = await session.ListAsync<TenantId>("select distinct tenant_id from cause_care where ended_at is null", null, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return tenants;
    }

    private async Task LookAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var picture = await triage.ReadAsync([tenant], cancellationToken);
        if (picture.IsCut || picture.StaleSince is not null)
        {
            // What is not seen now may be there.
            return;
        }

        var args = new
        {
            tenant, now, gone = now - GoneAfter,
            parts = picture.Causes.Concat(picture.Snoozed).SelectMany(cause => cause.Parts).Select(part => part.Part).Distinct().ToArray(),
        };
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var ended = await session.RunAsync("""
            update cause_care set ended_at = @now, version = version + 1
            where tenant_id = @tenant and ended_at is null and missing_since <= @gone and part <> all(@parts)
            """, args, cancellationToken);
        await session.RunAsync("""
            update cause_care set missing_since = case when part = any(@parts) then null else @now::timestamptz end
            where tenant_id = @tenant and ended_at is null and (missing_since is null) <> (part = any(@parts))
            """, args, cancellationToken);
        if (ended > 0)
        {
            await session.NotifyAsync(new Change(CauseDecisions.Topic, tenant), cancellationToken);
        }

        await session.CommitAsync(cancellationToken);
    }
}
