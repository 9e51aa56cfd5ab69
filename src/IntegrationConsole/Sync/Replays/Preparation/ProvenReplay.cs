using System.Globalization;
using IntegrationConsole.Access;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Tenants;

namespace IntegrationConsole.Sync.Replays.Preparation;

/// <summary>What came of it: a replay, or why there is none.</summary>
/// <param name="ReplayId">Null where none was started.</param>
/// <param name="Trial">What the letters did that were tried; null where nothing could be tried.</param>
/// <param name="Problem">Why none was started; empty where one was.</param>
public sealed record ProvenReplayStart(Guid? ReplayId, RehearsalReport? Trial, string Problem);

/// <summary>Replays the letters of a failure group when some of them pass the mapping as it is published now, and only then.</summary>
public sealed class ProvenReplay(SelectedLetters letters, Rehearsal rehearsal, ReplayChecks checks, ReplayStore replays, TenantStore tenants, TimeProvider clock)
{
    /// <summary>How many letters are tried first.</summary>
    public const int Samples = 5;

    private static readonly ReplayOptions Options = ReplayOptions.Careful;

    /// <exception cref="Connectors.Failures.FailureException">The integration cannot be used as it is; the sentence says why.</exception>
    public async Task<ProvenReplayStart> StartAsync(TenantId tenant, Guid group, Actor actor, CancellationToken cancellationToken)
    {
        var selection = new ReplaySelection(null, new DeadLetterFilter(Group: group), IncludeUnknown: false, "Letters of one failure group") { AsOf = clock.GetUtcNow() };
        var count = await letters.CountAsync(tenant, selection, cancellationToken);
        selection = selection with { Excluded = count.Unknown };
        if (count.Count == 0)
        {
            return new(null, null, count.Unknown > 0 ? "Their answers were lost: a replay has to be told to include them." : "None of them waits any more.");
        }

        var trial = await rehearsal.TryAsync(tenant, selection, Options, count.Syncs, Samples, _ => { }, cancellationToken);
        if (trial.Failed > 0)
        {
            return new(null, trial, string.Create(CultureInfo.InvariantCulture, $"{trial.Failed} of the {trial.Tried} that were tried would fail again. Nothing was sent."));
        }

        var found = await checks.CheckAsync((await tenants.FindAsync(tenant, cancellationToken))!, count, Options, includeUnknown: false, cancellationToken);
        if (found.FirstOrDefault(check => check.Result is CheckResult.Blocking) is { } blocking)
        {
            return new(null, trial, $"{blocking.Name}: {blocking.Sentence}");
        }

        var reason = string.Create(CultureInfo.InvariantCulture, $"{trial.Tried} tried before, and {(trial.Tried == 1 ? "it passes" : "all pass")} the mapping");
        return await replays.StartAsync(tenant, selection, Options, reason, actor, cancellationToken) is { } started
            ? new(started.Id, trial, "") : new(null, trial, "None of them waits any more.");
    }
}
