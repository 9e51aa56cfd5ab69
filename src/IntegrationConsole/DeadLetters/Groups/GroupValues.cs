using System.Text;
using IntegrationConsole.Tenants;

namespace IntegrationConsole.DeadLetters.Groups;

/// <summary>What stands at one place of a group's records.</summary>
/// <param name="Records">In how many of them something stands there.</param>
/// <param name="Top">The most frequent values with the number of records that have them.</param>
public sealed record ValueSpread(string Path, bool IsFailing, int Records, int Distinct, IReadOnlyList<(string Value, int Records)> Top)
{
    /// <summary>Which part of the records has the most frequent value.</summary>
    public double Concentration => Records == 0 ? 0 : (double)Top[0].Records / Records;
}

/// <summary>What the records of a group have in common.</summary>
/// <param name="Looked">How many letters were opened: the newest ones.</param>
/// <param name="All">How many are open.</param>
public sealed record GroupSpread(int Looked, int All, IReadOnlyList<ValueSpread> Fields);

/// <summary>Opens a group's records on the server and counts what stands in them. For people who may see records.</summary>
public sealed class GroupValues(ConsoleDatabase database, TenantSeals seals)
{
    public const int MostLetters = 1_000;
    private const long MostBytes = 16 * 1024 * 1024;
    private const int KeyFields = 5;
    private const int MostValues = 8;

    /// <param name="failing">The place in the records that is at fault; empty where it is not known.</param>
    public async Task<GroupSpread> SpreadAsync(TenantId tenant, Guid group, string failing, CancellationToken cancellationToken)
    {
        var seal = await seals.ForAsync(tenant, cancellationToken);
        IReadOnlyList<SealedRecord> rows;
        int all;
        await using (var session = await database.InTenantAsync(tenant, cancellationToken))
        {
            all = await session.OneAsync<int>(
                "select count(*)::int from dead_letter where tenant_id = @tenant and group_id = @group and state in ('Waiting', 'Queued', 'Replaying')", new { tenant, group }, cancellationToken);
            rows = await session.ListAsync<SealedRecord>("""
                select payload from (
                    select payload, last_failed_at, id, sum(payload_size::bigint) over (order by last_failed_at desc, id desc) as bytes from (
                        select payload, payload_size, last_failed_at, id from dead_letter
                        where tenant_id = @tenant and group_id = @group and state in ('Waiting', 'Queued', 'Replaying') order by last_failed_at desc, id desc limit @most) newest) counted
                where bytes <= @bytes order by last_failed_at desc, id desc
                """, new { tenant, group, most = MostLetters, bytes = MostBytes }, cancellationToken);
        }

        return new GroupSpread(rows.Count, all, Count(rows.Select(row => (ReadOnlyMemory<byte>)seal.Open(row.Payload, LetterSeals.Payload)), failing));
    }

    /// <summary>By which value each of these groups was taken apart; those that were not are absent.</summary>
    public async Task<IReadOnlyDictionary<Guid, string>> PartsAsync(TenantId tenant, IReadOnlyCollection<FailureGroup> groups, CancellationToken cancellationToken)
    {
        Guid[] parts = [.. groups.Where(group => group.SplitValue is not null).Select(group => group.Id)];
        if (parts.Length == 0)
        {
            return new Dictionary<Guid, string>();
        }

        var seal = await seals.ForAsync(tenant, cancellationToken);
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var rows = await session.ListAsync<SealedPart>("""
            select g.id, coalesce(r.path, '') as path, g.split_value from failure_group g left join group_rule r on r.tenant_id = g.tenant_id and r.id = g.rule_id
            where g.tenant_id = @tenant and g.id = any(@parts)
            """, new { tenant, parts }, cancellationToken);
        return rows.ToDictionary(row => row.Id, row => $"{row.Path} = {Encoding.UTF8.GetString(seal.Open(row.SplitValue, LetterSeals.SplitValue))}".TrimStart(' ', '='));
    }

    /// <summary>The failing field first, then those in which most records agree: what they have in common is often why they failed.</summary>
    internal static IReadOnlyList<ValueSpread> Count(IEnumerable<ReadOnlyMemory<byte>> records, string failing)
    {
        var counts = new Dictionary<string, Dictionary<string, int>>(StringComparer.Ordinal);
        var holders = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var record in records)
        {
            var values = RecordText.All(record);
            foreach (var (path, value) in values)
            {
                var of = counts.TryGetValue(path, out var known) ? known : counts[path] = new Dictionary<string, int>(StringComparer.Ordinal);
                of[value] = of.GetValueOrDefault(value) + 1;
            }

            foreach (var path in values.Select(pair => pair.Path).Distinct(StringComparer.Ordinal))
            {
                holders[path] = holders.GetValueOrDefault(path) + 1;
            }
        }

        var spreads = counts.Select(field => new ValueSpread(
            field.Key, IsAt(field.Key, failing), holders[field.Key], field.Value.Count,
            [.. field.Value.OrderByDescending(value => value.Value).ThenBy(value => value.Key, StringComparer.Ordinal).Take(MostValues).Select(value => (value.Key, value.Value))])).ToList();
        return
        [
            .. spreads.Where(spread => spread.IsFailing).OrderBy(spread => spread.Path.Length).Take(1),
            .. spreads.Where(spread => !spread.IsFailing && (spread.Top[0].Records > 1 || spread.Records == 1))
                .OrderByDescending(spread => spread.Records).ThenByDescending(spread => spread.Concentration).ThenBy(spread => spread.Path, StringComparer.Ordinal).Take(KeyFields),
        ];
    }

    private static bool IsAt(string path, string failing) =>
        failing.Length > 0 && (path == failing || path.StartsWith(failing + ".", StringComparison.Ordinal) || path.StartsWith(failing + "[", StringComparison.Ordinal));

    private sealed record SealedRecord(byte[] Payload);

    private sealed record SealedPart(Guid Id, string Path, byte[] SplitValue);
}
