using IntegrationConsole.Access;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Sync.Replays;
using IntegrationConsole.Sync.Replays.Preparation;

namespace IntegrationConsole.Sync.Approvals;

/// <summary>
/// The door through which people replay and discard letters. Up to the tenant's limit it is done at once; above it a
/// second person is asked. What the console replays by itself does not come through here.
/// </summary>
public sealed class SecondPerson(LetterRequests requests, ReplayStore replays, DeadLetterStore letters, ReplayForesight foresight)
{
    /// <summary>More are not counted for a sentence, unless the limit is greater.</summary>
    private const int MostCounted = 10_000;

    /// <param name="tenant">Whose.</param>
    /// <param name="selection">Which letters.</param>
    /// <param name="options">How.</param>
    /// <param name="reason">Why.</param>
    /// <param name="actor">Who wants it.</param>
    /// <param name="together">How many letters the same command is about, where it is cut into several replays; 0 for this one only.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>Null when none was waiting.</returns>
    public async Task<AskedReplay?> ReplayAsync(
        TenantId tenant, ReplaySelection selection, ReplayOptions options, string reason, Actor actor, int together, CancellationToken cancellationToken)
    {
        if (await IsNeededAsync(tenant, selection, together, cancellationToken))
        {
            return await requests.AskReplayAsync(tenant, selection, options, reason, actor, cancellationToken);
        }

        return await replays.StartAsync(tenant, selection, options, reason, actor, cancellationToken) is { } started ? new AskedReplay(started.Id, started.Total, Waits: false) : null;
    }

    /// <param name="tenant">Whose.</param>
    /// <param name="ids">Which letters; null takes the filter.</param>
    /// <param name="filter">Which letters, where they are not named.</param>
    /// <param name="words">Which, in words.</param>
    /// <param name="reason">Why.</param>
    /// <param name="actor">Who wants it.</param>
    /// <param name="together">How many letters the same command is about, where it is given for several groups; 0 for this one only.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<AskedDiscard> DiscardAsync(
        TenantId tenant, IReadOnlyList<Guid>? ids, DeadLetterFilter filter, string words, string reason, Actor actor, int together, CancellationToken cancellationToken)
    {
        var selection = new ReplaySelection(ids, filter, IncludeUnknown: true, words);
        if (await IsNeededAsync(tenant, selection, together, cancellationToken))
        {
            return await requests.AskDiscardAsync(tenant, selection, reason, actor, cancellationToken);
        }

        var discarded = ids is null ? await letters.DiscardAllAsync(tenant, filter, reason, actor, cancellationToken) : await letters.DiscardAsync(tenant, ids, reason, actor, cancellationToken);
        return new AskedDiscard(discarded.Letters, Waits: false) { Entry = discarded.Entry };
    }

    /// <summary>What would come of it: told before the command is given, and decided again when it is.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="kind">What is to be done.</param>
    /// <param name="selection">Which letters.</param>
    /// <param name="together">As for the command itself.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>Null where it is done at once.</returns>
    public async Task<AgreementNeeded?> ForeseeAsync(TenantId tenant, RequestKind kind, ReplaySelection selection, int together, CancellationToken cancellationToken)
    {
        if (await requests.LimitAsync(tenant, cancellationToken) is not { } limit)
        {
            return null;
        }

        var most = Math.Max(limit, MostCounted);
        var letters = Math.Max(together, await requests.CountAsync(tenant, selection, most + 1, cancellationToken));
        return letters > limit ? new AgreementNeeded(kind, limit, letters > most ? null : letters) : null;
    }

    /// <summary>What a replay would be that is asked for from a list, told before it is.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="selections">Which letters, a replay each.</param>
    /// <param name="together">As for the command itself.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<ForeseenReplay> ForeseeReplayAsync(TenantId tenant, IReadOnlyList<ReplaySelection> selections, int together, CancellationToken cancellationToken)
    {
        AgreementNeeded? agreement = null;
        foreach (var selection in selections)
        {
            agreement ??= await ForeseeAsync(tenant, RequestKind.Replay, selection, together, cancellationToken);
        }

        return await foresight.LookAsync(tenant, selections, cancellationToken) with { Agreement = agreement };
    }

    private async Task<bool> IsNeededAsync(TenantId tenant, ReplaySelection selection, int together, CancellationToken cancellationToken) =>
        await requests.LimitAsync(tenant, cancellationToken) is { } limit
        && (together > limit || await requests.CountAsync(tenant, selection, limit + 1, cancellationToken) > limit);
}
