namespace IntegrationConsole.Mappings.Studio;

/// <summary>One value of the source, and what the mapping does with it.</summary>
/// <param name="ReadBy">The destination fields that read it; <c>the conditions</c>, the record key and child tables among them where they do.</param>
public sealed record CoveredValue(FieldProfile Profile, IReadOnlyList<string> ReadBy);

/// <summary>A path that the mapping reads and that stands in no sample record.</summary>
public sealed record AbsentValue(string Path, IReadOnlyList<string> ReadBy);

/// <summary>Which values of the source a mapping reads, which it does not, and which it waits for in vain.</summary>
public sealed record MappingCoverage(IReadOnlyList<CoveredValue> Values, IReadOnlyList<AbsentValue> Absent)
{
    private const string Conditions = "the conditions";

    public int Used => Values.Count(value => value.ReadBy.Count > 0);

    public IEnumerable<CoveredValue> Unused => Values.Where(value => value.ReadBy.Count == 0);

    public static MappingCoverage Of(MappingDocument document, SampleProfile profile)
    {
        var reads = document.Fields.SelectMany(rule => SourceReads.Of(rule).Select(path => (Path: SourceReads.WithoutPositions(path), By: rule.Name)))
            .Concat(SourceReads.OfConditions(document).Select(path => (Path: SourceReads.WithoutPositions(path), By: Conditions)))
            .Concat(SourceReads.OfStructure(document).Select(read => (Path: SourceReads.WithoutPositions(read.Path), read.By))).Distinct().ToList();
        var values = profile.Fields.Select(field => new CoveredValue(field, [.. reads.Where(read => SourceReads.Touches(read.Path, field.Path)).Select(read => read.By).Distinct()]));
        var absent = profile.Records == 0 ? [] : reads
            .Where(read => profile.Fields.All(field => !SourceReads.Touches(read.Path, field.Path) || SourceReads.IsAbove(field.Path, read.Path)))
            .GroupBy(read => read.Path, read => read.By).Select(group => new AbsentValue(group.Key, [.. group]));
        return new MappingCoverage([.. values], [.. absent]);
    }
}
