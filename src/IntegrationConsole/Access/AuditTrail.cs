using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace IntegrationConsole.Access;

/// <summary>What became of an audited attempt.</summary>
public enum AuditResult
{
    Done,

    /// <summary>The person may not do this.</summary>
    Denied,

    /// <summary>Allowed, but the state of things forbade it.</summary>
    Refused,
}

/// <summary>What somebody did or tried. Never holds a secret or a payload.</summary>
/// <param name="Action">A verb, such as <c>replay</c> or <c>change</c>.</param>
/// <param name="ObjectKind">What it was done to, such as <c>connection</c>.</param>
/// <param name="Detail">What changed, in words; empty where the action says it all.</param>
public sealed record AuditEvent(
    string Action, string ObjectKind, string ObjectId, string ObjectName, string Detail = "", AuditResult Result = AuditResult.Done);

public sealed record AuditEntry(
    Guid Chain, long Seq, DateTimeOffset At, string Actor, string Action, string ObjectKind, string ObjectId, string ObjectName,
    AuditResult Result, string Detail, byte[] PreviousHash, byte[] Hash);

/// <summary>One chain's state: how many entries follow one another unbroken, and the first that does not.</summary>
/// <param name="Broken">The number of the first broken link; null when the chain is intact.</param>
public sealed record AuditVerdict(Guid Chain, long Entries, long? Broken, string Finding);

/// <summary>
/// The append-only record of who did what. Every entry carries the hash of the one before it, one chain per tenant and
/// one for the platform, so an altered, removed or inserted entry shows.
/// </summary>
public sealed class AuditTrail(ConsoleDatabase database, TimeProvider clock)
{
    /// <summary>The chain of what belongs to no tenant.</summary>
    public static readonly Guid Platform = Guid.Empty;

    /// <summary>Adds an entry in the caller's transaction: what is undone leaves no entry, what is done leaves one.</summary>
    /// <returns>Its number in its chain.</returns>
    public async Task<long> AppendAsync(DatabaseSession session, TenantId? tenant, Actor actor, AuditEvent what, CancellationToken cancellationToken)
    {
        var chain = tenant?.Value ?? Platform;

        // The head's row lock lets one writer at a time extend a chain; the first makes it.
        await using var heads = await session.AskAsync("""
            insert into audit_head (chain, seq, hash) select @chain, 0, '' where not exists (select from audit_head where chain = @chain) on conflict do nothing returning seq;
            select seq, hash from audit_head where chain = @chain for update
            """, new { chain }, cancellationToken);
        await heads.ReadAsync<long>();
        var head = await heads.ReadSingleAsync<Head>();
        var now = clock.GetUtcNow();
        var at = new DateTimeOffset(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
        var entry = new AuditEntry(
            chain, head.Seq + 1, at, actor.Name, what.Action, what.ObjectKind, what.ObjectId, what.ObjectName, what.Result, what.Detail, head.Hash, []);
        var hash = HashOf(entry);
        await session.RunAsync("""
            insert into audit_entry (chain, seq, at, actor, action, object_kind, object_id, object_name, result, detail, previous_hash, hash)
            values (@Chain, @Seq, @At, @Actor, @Action, @ObjectKind, @ObjectId, @ObjectName, @result, @Detail, @PreviousHash, @hash);
            update audit_head set seq = @Seq, hash = @hash where chain = @Chain
            """,
            new
            {
                entry.Chain, entry.Seq, entry.At, entry.Actor, entry.Action, entry.ObjectKind, entry.ObjectId, entry.ObjectName,
                result = entry.Result.ToString(), entry.Detail, entry.PreviousHash, hash,
            },
            cancellationToken);
        return entry.Seq;
    }

    /// <summary>Adds an entry on its own, for what changed nothing: a denied attempt, a reveal.</summary>
    public async Task RecordAsync(TenantId? tenant, Actor actor, AuditEvent what, CancellationToken cancellationToken)
    {
        await using var session = await OpenAsync(tenant, cancellationToken);
        await AppendAsync(session, tenant, actor, what, cancellationToken);
        await session.CommitAsync(cancellationToken);
    }

    /// <summary>The newest entries first; <paramref name="before"/> is the number to go on from.</summary>
    public async Task<IReadOnlyList<AuditEntry>> ListAsync(TenantId? tenant, AuditFilter filter, long? before, int count, CancellationToken cancellationToken)
    {
        await using var session = await OpenAsync(tenant, cancellationToken);
        return await session.ListAsync<AuditEntry>("""
            select chain, seq, at, actor, action, object_kind, object_id, object_name, result, detail, previous_hash, hash
            from audit_entry
            where chain = @chain
              and (@before::bigint is null or seq < @before)
              and (@actor = '' or strpos(lower(actor), lower(@actor)) > 0)
              and (@action = '' or action = @action)
              and (@kind = '' or object_kind = @kind)
              and (@text = '' or strpos(lower(object_name || ' ' || detail || ' ' || object_id), lower(@text)) > 0)
              and (@result = '' or result = @result)
              and (@from::timestamptz is null or at >= @from) and (@to::timestamptz is null or at < @to)
            order by seq desc
            limit @count
            """,
            new
            {
                chain = tenant?.Value ?? Platform, before, count,
                actor = filter.Actor, action = filter.Action, kind = filter.ObjectKind, text = filter.Text, result = filter.Result?.ToString() ?? "",
                from = filter.From, to = filter.To,
            },
            cancellationToken);
    }

    /// <summary>The trails of tenants that were erased, the latest first: nobody reaches them through a tenant any more.</summary>
    public async Task<IReadOnlyList<ErasedTenant>> ListErasedAsync(CancellationToken cancellationToken)
    {
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        return await session.ListAsync<ErasedTenant>("""
            select h.chain as id, coalesce(e.object_name, '') as name, e.at as erased_at
            from audit_head h
            left join lateral (
                select object_name, at from audit_entry
                where chain = h.chain and action = 'erase' and object_kind = 'tenant' order by seq desc limit 1) e on true
            where h.chain <> @platform and not exists (select from tenant t where t.id = h.chain)
            order by e.at desc nulls last, h.chain
            """, new { platform = Platform }, cancellationToken);
    }

    /// <summary>Reads one chain from its first entry and recomputes every hash.</summary>
    public async Task<AuditVerdict> VerifyAsync(TenantId? tenant, CancellationToken cancellationToken)
    {
        const int Chunk = 5_000;
        var chain = tenant?.Value ?? Platform;
        await using var session = await OpenAsync(tenant, cancellationToken);
        long verified = 0;
        byte[] previous = [];
        while (true)
        {
            // Before the entries: others go on writing meanwhile, and the head must not be older than what is compared with it.
            var head = await session.FindAsync<Head>("select seq, hash from audit_head where chain = @chain", new { chain }, cancellationToken) ?? new Head(0, []);
            var entries = await session.ListAsync<AuditEntry>("""
                select chain, seq, at, actor, action, object_kind, object_id, object_name, result, detail, previous_hash, hash
                from audit_entry where chain = @chain and seq > @verified order by seq limit @chunk
                """, new { chain, verified, chunk = Chunk }, cancellationToken);
            foreach (var entry in entries)
            {
                var finding = Examine(entry, verified + 1, previous);
                if (finding is not null)
                {
                    return new AuditVerdict(chain, verified, verified + 1, finding);
                }

                verified = entry.Seq;
                previous = entry.Hash;
            }

            if (entries.Count == 0)
            {
                return End(chain, verified, previous, head);
            }
        }
    }

    /// <summary>No entry came after the head was read, so the last one must be the head's.</summary>
    private static AuditVerdict End(Guid chain, long verified, byte[] previous, Head head) =>
        head.Seq == verified && head.Hash.AsSpan().SequenceEqual(previous) ? new AuditVerdict(chain, verified, null, "intact")
            : head.Seq > verified ? new AuditVerdict(chain, verified, verified + 1, $"entries {verified + 1} to {head.Seq} are missing at the end")
            : new AuditVerdict(chain, verified, verified, $"entry {verified} is not the one that was written last");

    /// <returns>What is wrong with an entry, or null.</returns>
    private static string? Examine(AuditEntry entry, long expected, byte[] previous)
    {
        if (entry.Seq != expected)
        {
            return $"entry {expected} is missing";
        }

        if (!entry.PreviousHash.AsSpan().SequenceEqual(previous))
        {
            return $"entry {entry.Seq} does not follow the entry before it";
        }

        return HashOf(entry).AsSpan().SequenceEqual(entry.Hash) ? null : $"entry {entry.Seq} was altered";
    }

    private static byte[] HashOf(AuditEntry entry)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> number = stackalloc byte[8];
        void Number(long value, Span<byte> buffer)
        {
            BinaryPrimitives.WriteInt64BigEndian(buffer, value);
            hash.AppendData(buffer);
        }

        hash.AppendData(entry.PreviousHash);
        hash.AppendData(entry.Chain.ToByteArray(bigEndian: true));
        Number(entry.Seq, number);
        Number(entry.At.UtcTicks, number);
        foreach (var text in (string[])[entry.Actor, entry.Action, entry.ObjectKind, entry.ObjectId, entry.ObjectName, entry.Result.ToString(), entry.Detail])
        {
            // Lengths keep "ab" + "c" apart from "a" + "bc".
            var bytes = Encoding.UTF8.GetBytes(text);
            Number(bytes.Length, number);
            hash.AppendData(bytes);
        }

        return hash.GetHashAndReset();
    }

    private Task<DatabaseSession> OpenAsync(TenantId? tenant, CancellationToken cancellationToken) =>
        tenant is { } one ? database.InTenantAsync(one, cancellationToken) : database.AcrossTenantsAsync(cancellationToken);

    private sealed record Head(long Seq, byte[] Hash);
}

/// <summary>A tenant that is gone, as its trail names it.</summary>
/// <param name="Name">Empty where no entry says who it was.</param>
public sealed record ErasedTenant(TenantId Id, string Name, DateTimeOffset? ErasedAt);

/// <summary>Narrows the audit trail; empty members match everything.</summary>
public sealed record AuditFilter(
    string Actor = "", string Action = "", string ObjectKind = "", string Text = "", AuditResult? Result = null, DateTimeOffset? From = null, DateTimeOffset? To = null);
