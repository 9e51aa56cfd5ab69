namespace IntegrationConsole.Mappings;

/// <summary>
/// A list in the record whose items are rows of a table of their own, such as the lines of an order. Its rules see the
/// item beside the whole record, as those of a split do. An item that leaves the list leaves its row where it is.
/// </summary>
public sealed record ChildTable
{
    /// <summary>The destination's stream.</summary>
    public string Stream { get; init; } = "";

    /// <summary>A path or an expression that gives the list.</summary>
    public string List { get; init; } = "";

    public IReadOnlyList<FieldRule> Fields { get; init; } = [];

    /// <summary>What identifies a row: as a rule a field of the record and one of the item.</summary>
    public IReadOnlyList<string> KeyFields { get; init; } = [];
}
