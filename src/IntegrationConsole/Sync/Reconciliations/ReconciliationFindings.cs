using IntegrationConsole.Connectors;

namespace IntegrationConsole.Sync.Reconciliations;

/// <summary>What a comparison came to.</summary>
/// <param name="Fields">What was compared.</param>
/// <param name="Keys">The keys that differ, as many of each kind as are kept.</param>
internal sealed record ReconciliationFindings(int MappingVersion, IReadOnlyList<string> Fields, ReconciliationProgress Progress, LookResult Result, IReadOnlyList<Difference> Keys)
{
    public long Count(DifferenceKind kind) => Result.Found.GetValueOrDefault(kind);

    public string Words
    {
        get
        {
            var (missing, extra, different) = (Count(DifferenceKind.Missing), Count(DifferenceKind.Extra), Count(DifferenceKind.Different));
            var words = missing + extra + different == 0 ? $"Both sides agree: {Rows(Result.Rows)} compared." : $"{missing:N0} missing, {extra:N0} in excess, {different:N0} different; {Rows(Result.Rows)} compared.";
            return Result.InDoubt == 0 ? words : $"{words} {Result.InDoubt:N0} more changed at each look and were not judged.";
        }
    }

    private static string Rows(long count) => count == 1 ? "1 row" : $"{count:N0} rows";
}
