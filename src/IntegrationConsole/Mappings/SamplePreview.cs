using IntegrationConsole.Mappings.Plan;

namespace IntegrationConsole.Mappings;

/// <summary>What a plan makes of sample records, as far as it comes while somebody waits.</summary>
/// <param name="Records">One for each sample; null where the time did not suffice.</param>
public sealed record SamplePreview(IReadOnlyList<RecordPreview?> Records)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>How many were looked at.</summary>
    public int Seen => Records.Count(record => record is not null);

    public int Filtered => Records.Count(record => record is { Filtered: true });

    /// <summary>The numbers of those that would be set aside.</summary>
    public IReadOnlyList<int> Failing => [.. Enumerable.Range(0, Records.Count).Where(index => Records[index] is { IsSetAside: true })];

    /// <summary>One record alone; null where the time did not suffice.</summary>
    public static RecordPreview? Of(MappingPlan plan, byte[] record, TimeProvider clock, CancellationToken cancellationToken) =>
        Of(plan, [record], 0, clock, cancellationToken).Records[0];

    /// <param name="plan">The mapping.</param>
    /// <param name="records">The samples.</param>
    /// <param name="first">The one on the screen, which is to be ready whatever the others take.</param>
    /// <param name="clock">By which somebody waits.</param>
    /// <param name="cancellationToken">Thrown: nobody waits any more.</param>
    public static SamplePreview Of(MappingPlan plan, IReadOnlyList<byte[]> records, int first, TimeProvider clock, CancellationToken cancellationToken)
    {
        var begun = clock.GetTimestamp();
        using var late = new CancellationTokenSource(Patience, clock);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        var previews = new RecordPreview?[records.Count];
        try
        {
            if (plan.IsGrouping)
            {
                return new SamplePreview(plan.PreviewGroups(records, patience.Token));
            }

            foreach (var index in Enumerable.Range(0, records.Count).OrderByDescending(index => index == first))
            {
                patience.Token.ThrowIfCancellationRequested();
                if (clock.GetElapsedTime(begun) > Patience)
                {
                    // A timer rings late where all threads have work.
                    break;
                }

                previews[index] = plan.Preview(records[index], patience.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // What is there is shown, and the page says of how many records it speaks.
        }

        return new SamplePreview(previews);
    }
}
