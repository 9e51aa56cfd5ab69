using IntegrationConsole.Mappings;

namespace IntegrationConsole.Configuration.Declarations;

/// <summary>Brings lookup tables to what a file says.</summary>
internal sealed class LookupApply(LookupStore lookups)
{
    private const string What = "lookup";

    public async Task CheckAsync(ApplyWork work, CancellationToken cancellationToken) =>
        work.Lookups = work.Tenant is { } tenant ? await lookups.ListAsync(tenant.Id, cancellationToken) : [];

    public async Task ApplyAsync(ApplyWork work, CancellationToken cancellationToken)
    {
        foreach (var declared in work.Declaration.Lookups)
        {
            if (work.Lookups.FirstOrDefault(table => ApplyWork.Same(table.Name, declared.Name)) is not { } known)
            {
                var rows = declared.Rows ?? new Dictionary<string, string>();
                _ = await lookups.SaveAsync(work.Id, null, declared.Name, declared.Description, rows, ApplyWork.Actor, cancellationToken) ?? throw ApplyWork.Outdated(What, declared.Name);
                work.Made(What, declared.Name, $"{rows.Count} {(rows.Count == 1 ? "row" : "rows")}");
                continue;
            }

            await ChangeAsync(work, known, declared, cancellationToken);
        }
    }

    private async Task ChangeAsync(ApplyWork work, LookupTable known, DeclaredLookup declared, CancellationToken cancellationToken)
    {
        var named = ApplyWork.Words(("name", known.Name, declared.Name), ("description", known.Description, declared.Description));
        var rows = declared.Rows is null ? "" : await DifferenceAsync(work, known, declared.Rows, cancellationToken);
        if (rows.Length > 0)
        {
            _ = await lookups.SaveAsync(work.Id, known.Id, declared.Name, declared.Description, declared.Rows!, ApplyWork.Actor, cancellationToken) ?? throw ApplyWork.Outdated(What, declared.Name);
        }
        else if (named.Length > 0 && !await lookups.RenameAsync(work.Id, known.Id, declared.Name, declared.Description, ApplyWork.Actor, cancellationToken))
        {
            throw ApplyWork.Outdated(What, declared.Name);
        }

        var words = string.Join("; ", new[] { named, rows }.Where(text => text.Length > 0));
        if (words.Length > 0)
        {
            work.Changed(What, declared.Name, words);
        }
    }

    private async Task<string> DifferenceAsync(ApplyWork work, LookupTable known, IReadOnlyDictionary<string, string> wanted, CancellationToken cancellationToken)
    {
        var held = await lookups.ListRowsAsync(work.Id, known.Id, "", int.MaxValue, cancellationToken);
        var removed = held.Count(row => !wanted.ContainsKey(row.Key));
        var changed = held.Count(row => wanted.TryGetValue(row.Key, out var value) && value != row.Value);
        var added = wanted.Count - (held.Count - removed);
        return string.Join(", ", new[] { (added, "added"), (changed, "changed"), (removed, "removed") }
            .Where(part => part.Item1 > 0).Select(part => $"{part.Item1} {(part.Item1 == 1 ? "row" : "rows")} {part.Item2}"));
    }
}
