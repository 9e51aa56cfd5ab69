using IntegrationConsole.Mappings.Plan;

namespace IntegrationConsole.Mappings.Agreements;

/// <summary>How many of the sample records fit one side's schema.</summary>
/// <param name="Looked">Those that could be held against it: not left out and, for the destination, made into a whole row.</param>
public sealed record SampleFit(int Fitting, int Looked)
{
    public static SampleFit Of(SamplePreview samples, SchemaSide side)
    {
        var looked = samples.Records.OfType<RecordPreview>().Where(record => Reaches(record, side)).ToList();
        return new SampleFit(looked.Count(record => record.Misfits.All(misfit => misfit.Side != side)), looked.Count);
    }

    /// <summary>Whether a record is held against this side's schema at all.</summary>
    public static bool Reaches(RecordPreview record, SchemaSide side) =>
        record is { Filtered: false, Fields.Count: > 0 } && (side is SchemaSide.Source || record.Fields.All(made => made.Problem is null or { IsExcused: true }));
}
