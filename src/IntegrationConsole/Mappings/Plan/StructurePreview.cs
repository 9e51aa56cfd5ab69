using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings.Agreements;

namespace IntegrationConsole.Mappings.Plan;

/// <summary>Shows what a mapping makes of records, whatever it makes of them. Nothing here is on the line.</summary>
internal static class StructurePreview
{
    /// <summary>Rows of one list; of the others their number.</summary>
    private const int MostRows = 5;

    public static RecordPreview Of(RecordStructure structure, RecordGate gate, AgreementLook? agreement, RecordView record, CancellationToken cancellationToken)
    {
        var preview = Of(structure, gate, record, cancellationToken);
        return agreement is null || preview.Filtered ? preview : preview with { Misfits = [.. agreement.Sent(record.Bytes), .. MadeOf(structure, agreement, preview, record, cancellationToken)] };
    }

    /// <returns>By the number of the record.</returns>
    public static IReadOnlyDictionary<int, RecordPreview> OfGroups(
        RecordStructure structure, RecordGate gate, AgreementLook? agreement, IEnumerable<RecordView> records, CancellationToken cancellationToken)
    {
        var known = records.ToList();
        var (previews, gathering) = OfGroups(structure, gate, known, cancellationToken);
        if (agreement is null)
        {
            return previews;
        }

        var made = gathering.Groups
            .SelectMany(group => { var misfits = RowsOf(structure, group, agreement, cancellationToken); return group.Members.Select(member => (member.Record, Misfits: misfits)); })
            .ToDictionary(pair => pair.Record, pair => pair.Misfits);
        return known.ToDictionary(record => record.Number, record => previews[record.Number] is { Filtered: false } preview
            ? preview with { Misfits = [.. agreement.Sent(record.Bytes), .. preview.IsSetAside ? [] : made.GetValueOrDefault(record.Number) ?? []] }
            : previews[record.Number]);
    }

    /// <summary>Of half a row nobody can say whether it would be taken.</summary>
    private static IReadOnlyList<SchemaMisfit> MadeOf(
        RecordStructure structure, AgreementLook agreement, RecordPreview preview, RecordView record, CancellationToken cancellationToken)
    {
        if (preview.IsSetAside)
        {
            return [];
        }

        if (structure.Group is { } group)
        {
            var alone = new Gathering();
            return group.Add(alone, record, preview.Key ?? "", cancellationToken) is null ? RowsOf(structure, alone.Groups[0], agreement, cancellationToken) : [];
        }

        var rows = new RowBatch(structure.Split?.Fields ?? structure.Row!.Fields);
        if (structure.Split is { } split)
        {
            split.Make(split.Walk(), record, rows, null, cancellationToken);
        }
        else
        {
            structure.Row!.Fill(record.Bytes.Span, record.Slots, record.Whole, rows.NextRow(), cancellationToken);
            rows.Commit("", record.Number);
        }

        return MisfitsOf(rows, agreement);
    }

    private static IReadOnlyList<SchemaMisfit> RowsOf(RecordStructure structure, Group group, AgreementLook agreement, CancellationToken cancellationToken)
    {
        var rows = new RowBatch(structure.Group!.Fields);
        structure.Group.Make(group, rows, null, cancellationToken);
        return MisfitsOf(rows, agreement);
    }

    /// <summary>Rows that break the same rule at the same place are told of once.</summary>
    private static IReadOnlyList<SchemaMisfit> MisfitsOf(RowBatch rows, AgreementLook agreement) =>
        [.. Enumerable.Range(0, rows.Count).SelectMany(row => agreement.Made(rows[row])).Distinct()];

    private static RecordPreview Of(RecordStructure structure, RecordGate gate, RecordView record, CancellationToken cancellationToken)
    {
        var undecided = gate.Ask(record.Bytes.Span, record.Slots, record.Whole, out var taken, cancellationToken);
        string? key = null;
        var unnamed = structure.Key?.Read(record, out key, out _, cancellationToken);
        var isFiltered = undecided is null && !taken;
        var problem = isFiltered ? "" : (undecided ?? unnamed) is { } first ? ProblemText.Sentence(first) : "";
        var preview = new RecordPreview([], isFiltered, problem) { Key = unnamed is null ? key : null, IsUndecided = undecided is not null };
        return structure switch
        {
            { Split: { } split } => Items(preview, split, record, cancellationToken),
            { Group: { } group } => Alone(preview, group, record, cancellationToken),
            _ => One(preview, structure, record, cancellationToken),
        };
    }

    private static (Dictionary<int, RecordPreview> Previews, Gathering Gathering) OfGroups(
        RecordStructure structure, RecordGate gate, IEnumerable<RecordView> records, CancellationToken cancellationToken)
    {
        var previews = new Dictionary<int, RecordPreview>();
        var gathering = new Gathering();
        foreach (var record in records)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var preview = Of(structure, gate, record, cancellationToken);
            previews[record.Number] = preview;
            if (preview is { Filtered: false, Problem: "" } or { Group: not null })
            {
                structure.Group!.Add(gathering, record, preview.Key ?? "", cancellationToken);
            }
        }

        foreach (var group in gathering.Groups)
        {
            var whole = structure.Group!.Preview(group, cancellationToken);
            foreach (var member in group.Members)
            {
                previews[member.Record] = whole with { Key = previews[member.Record].Key };
            }
        }

        return (previews, gathering);
    }

    private static RecordPreview One(RecordPreview preview, RecordStructure structure, RecordView record, CancellationToken cancellationToken)
    {
        var failure = structure.Children.Select(child => FailureOf(child, record, out _, cancellationToken)).FirstOrDefault(failure => failure is not null);
        return preview with
        {
            Fields = structure.Row!.Preview(record.Bytes.Span, record.Slots, record.Whole, cancellationToken),
            Children = [.. structure.Children.Select(child => child.Preview(record, MostRows, cancellationToken))],
            Problem = preview.Problem.Length > 0 || preview.Filtered ? preview.Problem : failure?.Sentence ?? "",
        };
    }

    private static RecordPreview Items(RecordPreview preview, ItemRows split, RecordView record, CancellationToken cancellationToken)
    {
        var rows = split.Preview(record, MostRows, cancellationToken);
        var failure = FailureOf(split, record, out var made, cancellationToken);
        var shown = rows.Rows.FirstOrDefault(row => !row.Filtered);
        return preview with
        {
            Fields = shown?.Fields ?? [],
            Split = rows,
            Filtered = failure is null && made == 0 && preview.Problem.Length == 0,
            Problem = preview.Problem.Length > 0 ? preview.Problem : failure?.Sentence ?? "",
        };
    }

    /// <summary>A record whose group is not known: it is shown as if it were the only one.</summary>
    private static RecordPreview Alone(RecordPreview preview, GroupRows group, RecordView record, CancellationToken cancellationToken)
    {
        if (preview.Filtered || preview.Problem.Length > 0)
        {
            return preview;
        }

        var gathering = new Gathering();
        return group.Add(gathering, record, preview.Key ?? "", cancellationToken) is { } ungrouped
            ? preview with { Problem = ProblemText.Sentence(ungrouped) }
            : group.Preview(gathering.Groups[0], cancellationToken) with { Key = preview.Key };
    }

    private static Failure? FailureOf(ItemRows items, RecordView record, out int made, CancellationToken cancellationToken)
    {
        var rows = new RowBatch(items.Fields);
        var problem = items.Make(items.Walk(), record, rows, null, cancellationToken);
        made = rows.Count;
        return problem?.Failure;
    }
}
