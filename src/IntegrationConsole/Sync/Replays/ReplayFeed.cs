using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings.Plan;
using IntegrationConsole.Sync.Line;
using IntegrationConsole.Sync.Runs;

namespace IntegrationConsole.Sync.Replays;

/// <summary>
/// Letters of one sync as records on the line. Where no pace is kept the next ones are taken up while a batch is written,
/// and written while it is recorded.
/// What is claimed and not recorded is claimed again by the next attempt.
/// </summary>
internal sealed class ReplayFeed(Guid replay, ClaimedRun run, RunPlan plan, ReplayClaims claims, RunPlans plans) : IRecordFeed
{
    private readonly ReplayGate _gate = new();

    public async IAsyncEnumerable<FeedBatch> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (mapping, chosen, items) = await claims.BeginAsync(run, replay, cancellationToken);
        Task<ReplayClaim>? ahead = null;
        var mayOvertake = false;
        try
        {
            while (_gate.IsOpen)
            {
                var started = Stopwatch.GetTimestamp();
                var claim = ahead is null ? await ClaimAsync(cancellationToken) : await ahead;
                if (ahead is not null && claim.Letters.Count == 0)
                {
                    // It was asked before those in front were recorded: the stage may be through by now.
                    claim = await ClaimAsync(cancellationToken);
                }

                ahead = null;
                if (claim.Until is { } until)
                {
                    await claims.WaitAsync(until, cancellationToken);
                    continue;
                }

                if (claim.Letters.Count == 0)
                {
                    yield break;
                }

                var read = Stopwatch.GetElapsedTime(started);
                ahead = claim.MayGoAhead ? ClaimAsync(cancellationToken) : null;
                foreach (var ((version, asMapped), group) in Alike(claim.Letters, letter => (VersionOf(letter, mapping, chosen), letter.AsMapped)))
                {
                    var mapped = await plans.WithVersionAsync(plan, version, cancellationToken);
                    if (mayOvertake && !await claims.IsGoingAsync(run, replay, cancellationToken))
                    {
                        // Somebody paused or cancelled it while those in front were written, which are not recorded yet.
                        yield break;
                    }

                    mayOvertake = claim.RunsAhead;
                    yield return Batch(mapped, asMapped, group, items, read, claim.RunsAhead, cancellationToken);
                    if (!_gate.IsOpen)
                    {
                        yield break;
                    }
                }
            }
        }
        finally
        {
            if (ahead is not null)
            {
                // What it took up and nobody sends is free again when the run ends.
                await ((Task)ahead).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    public void Tell(FeedBatch batch, TimeSpan writeTime) => _gate.Written(batch, writeTime);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Records that made one row together were set aside together, and must come back together.</summary>
    private Task<ReplayClaim> ClaimAsync(CancellationToken cancellationToken) =>
        claims.ClaimAsync(run, replay, plan.Sync.DestinationConnectionId, plan.Mapping.IsGrouping ? SourceFeed.BatchSize : _gate.Most, plan.Mapping.IsGrouping, cancellationToken);

    private int VersionOf(ClaimedLetter letter, ReplayMapping mapping, int? chosen) => letter.Mapped is { } kept ? KeptRows.VersionOf(kept) : mapping switch
    {
        ReplayMapping.Published => plan.Version.Number,
        ReplayMapping.Original => letter.MappingVersion ?? plan.Version.Number,
        ReplayMapping.Chosen => chosen ?? plan.Version.Number,
        ReplayMapping.Draft => throw new UnreachableException("A replay with a draft is never written down."),
    };

    /// <summary>Where order is kept, letters of one version go together only while none of another stands between them.</summary>
    private IEnumerable<((int Version, bool AsMapped) Kind, IReadOnlyList<ClaimedLetter> Letters)> Alike(
        IReadOnlyList<ClaimedLetter> letters, Func<ClaimedLetter, (int Version, bool AsMapped)> kindOf)
    {
        if (plan.Order is null)
        {
            foreach (var group in letters.GroupBy(kindOf))
            {
                yield return (group.Key, [.. group]);
            }

            yield break;
        }

        for (var start = 0; start < letters.Count;)
        {
            var kind = kindOf(letters[start]);
            var stretch = letters.Skip(start).TakeWhile(letter => kindOf(letter) == kind).ToList();
            yield return (kind, stretch);
            start += stretch.Count;
        }
    }

    private FeedBatch Batch(RunPlan mappedBy, bool asMapped, IReadOnlyList<ClaimedLetter> letters, int items, TimeSpan read, bool runsAhead, CancellationToken cancellationToken)
    {
        var records = new RecordBatch { Expected = items };
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(replay.ToByteArray());
        foreach (var letter in letters)
        {
            records.Add(letter.Sealed);
            hash.AppendData(letter.LetterId.ToByteArray());
        }

        var started = Stopwatch.GetTimestamp();
        var rows = asMapped ? KeptRows.Read(mappedBy.Mapping, [.. letters.Select(letter => new KeptRecord(letter.RecordKey, letter.Mapped))]) : mappedBy.Mapping.Apply(records, cancellationToken);
        return new FeedBatch(
            mappedBy, records, rows, plan.IsKeyless ? Convert.ToHexStringLower(hash.GetHashAndReset()) : "", [.. letters.Select(letter => letter.LetterId)], read,
            Stopwatch.GetElapsedTime(started))
        {
            Claimed = letters,
            Gate = _gate,
            RunsAhead = runsAhead,
        };
    }
}
