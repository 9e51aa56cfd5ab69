namespace IntegrationConsole.Mappings.Plan;

/// <summary>What a mapping makes of a record when that is other than one row known by its key.</summary>
internal sealed class RecordStructure
{
    /// <param name="document">Checked by <see cref="MappingRules"/>.</param>
    /// <param name="keys">Destination fields that identify a row; empty for none.</param>
    /// <param name="paths">The record's paths; takes those that are read here.</param>
    /// <param name="lookups">The tables that the document names, by name.</param>
    /// <param name="scope">What expressions see besides the record.</param>
    public RecordStructure(
        MappingDocument document, IReadOnlyList<string> keys, PathSet paths, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> lookups, ExpressionScope scope)
    {
        Key = document.Key.Length > 0 ? new KeyProgram("the record key", document.Key, paths, scope) : null;
        Split = document.Split.Length > 0 ? ItemRows.OfSplit(document, keys, paths, lookups, scope) : null;
        Group = document.Group.Length > 0 ? new GroupRows(document, keys, paths, lookups, scope) : null;
        Row = Split is null && Group is null ? new RowProgram(document.Fields, keys, paths, lookups, scope) : null;
        ChildTables = document.Children;
        Children = [.. document.Children.Select(child => ItemRows.OfChild(child, paths, lookups, scope))];
    }

    public KeyProgram? Key { get; }

    public ItemRows? Split { get; }

    public GroupRows? Group { get; }

    /// <summary>The row of a record that makes one.</summary>
    public RowProgram? Row { get; }

    public IReadOnlyList<ChildTable> ChildTables { get; }

    public IReadOnlyList<ItemRows> Children { get; }

    /// <summary>One row from each record, known by that row's key.</summary>
    public bool IsPlain => Key is null && IsOneToOne;

    public bool IsOneToOne => Split is null && Group is null && Children.Count == 0;

    public bool ReadsWholeRecord =>
        Key is { ReadsWholeRecord: true } || Split is { ReadsWholeRecord: true } || Group is { ReadsWholeRecord: true } || Row is { ReadsWholeRecord: true }
        || Children.Any(child => child.ReadsWholeRecord);
}
