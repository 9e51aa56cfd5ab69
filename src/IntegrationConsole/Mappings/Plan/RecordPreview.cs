using IntegrationConsole.Mappings.Agreements;

namespace IntegrationConsole.Mappings.Plan;

/// <summary>What the mapping makes of one record.</summary>
/// <param name="Fields">The row; of a split the first one, of a group the group's.</param>
/// <param name="Filtered">The conditions or the filter leave it out, or it has no item that they take.</param>
/// <param name="Problem">Why nothing could be made of the record as a whole: it cannot be read, or not be decided on; empty otherwise.</param>
public sealed record RecordPreview(IReadOnlyList<FieldPreview> Fields, bool Filtered, string Problem)
{
    /// <summary>By what it is known, where the mapping says; null where the sync's key fields do.</summary>
    public string? Key { get; init; }

    /// <summary>The rows of a split; null where the record makes one.</summary>
    public RowsPreview? Split { get; init; }

    public IReadOnlyList<RowsPreview> Children { get; init; } = [];

    /// <summary>The group that the record is in; null where records are not gathered.</summary>
    public GroupPreview? Group { get; init; }

    /// <summary>The problem is the filter's.</summary>
    public bool IsUndecided { get; init; }

    /// <summary>Where the record or its row is not what was agreed.</summary>
    public IReadOnlyList<SchemaMisfit> Misfits { get; init; } = [];

    /// <summary>Whether a run would make a dead letter of it.</summary>
    public bool IsSetAside =>
        Problem.Length > 0 || (!Filtered && (Fields.Any(made => made.Problem is { IsExcused: false }) || Misfits.Any(misfit => misfit.IsRejected)));
}

/// <param name="Value">The value as text; null for a null or a problem that is not excused.</param>
/// <param name="Problem">What is wrong; where it is excused, why the value is another one.</param>
public sealed record FieldPreview(string Name, string? Value, FieldProblem? Problem);

/// <summary>The rows that the items of a list in the record make.</summary>
/// <param name="Stream">The child table; empty for a split.</param>
/// <param name="Rows">The first of them.</param>
/// <param name="More">How many items more there are.</param>
/// <param name="Problem">Why there are none; empty otherwise.</param>
public sealed record RowsPreview(string Stream, IReadOnlyList<ItemPreview> Rows, int More, string Problem);

/// <param name="Number">The item's place in the list, from 0.</param>
/// <param name="Filtered">The conditions or the filter leave it out.</param>
/// <param name="Problem">Why nothing could be made of it as a whole; empty otherwise.</param>
public sealed record ItemPreview(int Number, bool Filtered, string Problem, IReadOnlyList<FieldPreview> Fields);

/// <summary>A group among the records that were looked at.</summary>
public sealed record GroupPreview(string Key, int Records);
