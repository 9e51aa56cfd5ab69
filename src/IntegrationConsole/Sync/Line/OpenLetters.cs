namespace IntegrationConsole.Sync.Line;

/// <summary>
/// Of which records a sync has letters open, so that the database is not asked about every record that arrives.
/// Beyond a number of them it is asked all the same, for memory's sake.
/// </summary>
internal sealed class OpenLetters
{
    private const int MostKept = 20_000;

    private HashSet<string>? _keys = [];

    /// <summary>Those that there are when a run begins. A replay may put one that it holds back among the waiting ones.</summary>
    public static async Task<OpenLetters> LoadAsync(DatabaseSession session, TenantId tenant, Guid sync, CancellationToken cancellationToken)
    {
        var letters = new OpenLetters();
        letters.Add(await session.ListAsync<string>(
            "select record_key from dead_letter where tenant_id = @tenant and sync_id = @sync and state in ('Waiting', 'Queued', 'Replaying') limit @most",
            new { tenant, sync, most = MostKept + 1 }, cancellationToken));
        return letters;
    }

    public void Add(IEnumerable<string> keys)
    {
        _keys?.UnionWith(keys);
        _keys = _keys?.Count > MostKept ? null : _keys;
    }

    /// <summary>Those of the keys that may have a letter.</summary>
    public List<string> Among(IEnumerable<string> keys) => _keys switch
    {
        null => [.. keys],
        { Count: 0 } => [],
        { } kept => [.. keys.Where(kept.Contains)],
    };
}
