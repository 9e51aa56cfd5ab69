using System.Text;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Tenants;

namespace IntegrationConsole.DeadLetters.Groups;

/// <summary>
/// Finds the groups of letters that have none: those from before there were groups, and those that a change of rules has
/// set free. What is left to do stands in the letters themselves, so it goes on where it was after a restart, and several
/// nodes may do it.
/// </summary>
public sealed class GroupBacklog(ConsoleDatabase database, TenantSeals seals, GroupLedger ledger)
{
    private const int ChunkSize = 1_000;

    /// <returns>How many letters were sorted.</returns>
    internal async Task<int> SortAllAsync(CancellationToken cancellationToken)
    {
        var sorted = 0;
        while (await NextTenantAsync(cancellationToken) is { } tenant)
        {
            var chunk = await SortAsync(tenant, cancellationToken);
            if (chunk == 0)
            {
                break;
            }

            sorted += chunk;
        }

        return sorted;
    }

    private async Task<TenantId?> NextTenantAsync(CancellationToken cancellationToken)
    {
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        var next = await session.FindAsync<Guid?>("select tenant_id from dead_letter where group_id is null and cause <> 'Held' order by tenant_id, id limit 1", null, cancellationToken);
        return next is { } tenant ? new TenantId(tenant) : null;
    }

    /// <summary>One chunk in one transaction. Letters that another transaction holds at this moment are left for the next time.</summary>
    private async Task<int> SortAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        var seal = await seals.ForAsync(tenant, cancellationToken);
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var letters = await session.ListAsync<Unsorted>("""
            select id, sync_id, stage, cause, code, field, message, answer, coalesce(edited, payload) as payload, mapping_version, last_failed_at
            from dead_letter where tenant_id = @tenant and group_id is null and cause <> 'Held' order by id limit @size for no key update skip locked
            """, new { tenant, size = ChunkSize }, cancellationToken);
        foreach (var some in letters.GroupBy(letter => (letter.SyncId, letter.MappingVersion)))
        {
            var list = some.ToList();
            var groups = await ledger.AssignAsync(session, tenant, some.Key.SyncId, some.Key.MappingVersion, [.. list.Select(letter => letter.Failure(seal))], areNew: false, cancellationToken);
            await session.RunAsync("""
                update dead_letter d set group_id = n.group_id from unnest(@ids, @groups) as n (id, group_id) where d.tenant_id = @tenant and d.id = n.id
                """, new { tenant, ids = list.Select(letter => letter.Id).ToArray(), groups = groups.Select(group => group!.Value).ToArray() }, cancellationToken);
        }

        if (letters.Count > 0)
        {
            await session.NotifyAsync(new Change(FailureGroupStore.Topic, tenant), cancellationToken);
            await session.CommitAsync(cancellationToken);
        }

        return letters.Count;
    }

    private sealed record Unsorted(
        Guid Id, Guid SyncId, LetterStage Stage, FailureCause Cause, string Code, string Field, string Message, byte[]? Answer, byte[] Payload, int? MappingVersion, DateTimeOffset LastFailedAt)
    {
        /// <remarks>A record that is deleted is none to any rule.</remarks>
        public GroupedFailure Failure(TenantSeal seal) => new(
            Stage, Cause, Code, Field, Message, Answer is null ? "" : Encoding.UTF8.GetString(seal.Open(Answer, LetterSeals.Answer)), () => Payload.Length == 0 ? "null"u8.ToArray() : seal.Open(Payload, LetterSeals.Payload), LastFailedAt);
    }
}
