using IntegrationConsole.Sync.Approvals;

namespace IntegrationConsole.Sync.Replays.Preparation;

/// <summary>What a replay would be that is asked for from a list, at a moment.</summary>
/// <param name="AsOf">The moment; later letters are not among them.</param>
/// <param name="Letters">How many would be sent; with <paramref name="IsExact"/> false at least so many.</param>
/// <param name="OpenCircuits">Destinations whose circuit is not closed: it begins when it is.</param>
public sealed record ForeseenReplay(DateTimeOffset AsOf, int Letters, bool IsExact, IReadOnlyList<string> OpenCircuits)
{
    /// <summary>Somebody else would have to agree; null where it is done at once.</summary>
    public AgreementNeeded? Agreement { get; init; }

    /// <summary>It is large enough to be told why.</summary>
    public bool NeedsReason => Letters > ReplayOptions.Few;

    /// <summary>It is so large that its number is typed; empty where it is not.</summary>
    public string TypeToConfirm => Letters > ReplayOptions.Many ? Letters.ToString(System.Globalization.CultureInfo.InvariantCulture) : "";

    public ReplayOptions Options => ReplayOptions.Of(Letters, OpenCircuits.Count > 0);
}

/// <summary>Looks what a replay would be before it is asked for, where nobody puts it together by hand.</summary>
public sealed class ReplayForesight(SelectedLetters letters, ReplayChecks checks, TimeProvider clock)
{
    /// <param name="selections">A replay each; what is told is told of all of them together.</param>
    public async Task<ForeseenReplay> LookAsync(TenantId tenant, IReadOnlyList<ReplaySelection> selections, CancellationToken cancellationToken)
    {
        var asOf = clock.GetUtcNow();
        var counts = new List<SelectionCount>();
        foreach (var selection in selections)
        {
            counts.Add(await letters.CountAsync(tenant, selection with { AsOf = asOf }, cancellationToken));
        }

        var circuits = await checks.ListOpenCircuitsAsync(tenant, [.. counts.SelectMany(count => count.Syncs)], cancellationToken);
        return new ForeseenReplay(asOf, counts.Sum(count => count.Count), counts.TrueForAll(count => count.IsExact), circuits);
    }
}
