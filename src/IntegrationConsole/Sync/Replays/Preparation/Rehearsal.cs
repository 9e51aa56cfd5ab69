using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.DeadLetters.Patches;
using IntegrationConsole.Mappings.Plan;
using IntegrationConsole.Sync.Line;

namespace IntegrationConsole.Sync.Replays.Preparation;

/// <summary>Why letters would fail again.</summary>
public sealed record RehearsedCause(FailureCause Cause, string Code, string Field, int Count, string Message);

/// <summary>What the mapping makes of selected letters, without anything being written.</summary>
/// <param name="Passed">Those that the mapping takes; the destination may still refuse them.</param>
/// <param name="LeftOut">Those that its conditions leave out.</param>
/// <param name="IsComplete">All letters were tried; otherwise the first ones.</param>
public sealed record RehearsalReport(int Tried, IReadOnlyList<Guid> Passed, int LeftOut, IReadOnlyList<RehearsedCause> Causes, bool IsComplete)
{
    public int Failed => Causes.Sum(cause => cause.Count);
}

/// <summary>A letter before and after a patch.</summary>
public sealed record PatchedSample(string KeyText, byte[] Before, byte[] After);

/// <summary>What a patch does to selected letters.</summary>
/// <param name="IsComplete">All letters were looked at; otherwise the first ones.</param>
public sealed record PatchReport(int Changed, int Seen, bool IsComplete, IReadOnlyList<PatchedSample> Samples);

/// <summary>Tries what a replay would do: patch and mapping, letter by letter. Nothing is written anywhere.</summary>
public sealed class Rehearsal(SelectedLetters letters, RunPlans plans, TimeProvider clock)
{
    /// <summary>Enough to see what fails.</summary>
    public const int Samples = 50;

    public const int Most = 10_000;

    private const int PageSize = 500;
    private const int ShownSamples = 5;

    /// <param name="tenant">Whose.</param>
    /// <param name="selection">Which letters, with their patch.</param>
    /// <param name="options">With which mapping, and which of them without.</param>
    /// <param name="syncs">The integrations that have some.</param>
    /// <param name="most">How many letters at most.</param>
    /// <param name="progress">Told how many were tried.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="FailureException">An integration cannot be used as it is; the sentence says why.</exception>
    public async Task<RehearsalReport> TryAsync(
        TenantId tenant, ReplaySelection selection, ReplayOptions options, IReadOnlyList<SyncLetters> syncs, int most, Action<int> progress, CancellationToken cancellationToken)
    {
        var tally = new Tally();
        foreach (var sync in syncs)
        {
            var plan = await plans.PrepareAsync(tenant, sync.SyncId, RunFacts.Of(Guid.CreateVersion7(clock.GetUtcNow()), clock.GetUtcNow()), cancellationToken);
            var after = -1L;
            while (tally.Tried < most)
            {
                var page = await letters.ReadAsync(tenant, selection, options, sync.SyncId, after, Math.Min(PageSize, most - tally.Tried), cancellationToken);
                if (page.Count == 0)
                {
                    break;
                }

                var (kept, others) = Apart(page, selection.Patch, options);
                foreach (var group in kept.GroupBy(letter => letter.Mapped is { } rows ? KeptRows.VersionOf(rows) : plan.Version.Number))
                {
                    var mapped = await plans.WithVersionAsync(plan, group.Key, cancellationToken);
                    tally.Take([.. group], KeptRows.Read(mapped.Mapping, [.. group.Select(letter => new KeptRecord(letter.KeyText, letter.Mapped))]));
                }

                foreach (var group in others.GroupBy(letter => VersionOf(letter, options, plan)))
                {
                    var mapped = group.Key is { } version ? await plans.WithVersionAsync(plan, version, cancellationToken) : await plans.WithDraftAsync(plan, cancellationToken);
                    tally.Take([.. group], selection.Patch, mapped.Mapping, cancellationToken);
                }

                after = page[^1].Turn;
                progress(tally.Tried);
            }
        }

        return tally.Report(syncs.Sum(sync => sync.Count));
    }

    /// <summary>How many letters a patch changes, and how some of them look then.</summary>
    public async Task<PatchReport> TryPatchAsync(TenantId tenant, ReplaySelection selection, CancellationToken cancellationToken)
    {
        var (changed, seen, after) = (0, 0, -1L);
        var samples = new List<PatchedSample>();
        while (seen < Most)
        {
            var page = await letters.ReadAsync(tenant, selection, new ReplayOptions(), null, after, Math.Min(PageSize, Most - seen), cancellationToken);
            foreach (var letter in page)
            {
                if (selection.Patch.Apply(letter.Record) is { } patched)
                {
                    changed++;
                    if (samples.Count < ShownSamples)
                    {
                        samples.Add(new PatchedSample(letter.KeyText, letter.Record, patched));
                    }
                }
            }

            if (page.Count == 0)
            {
                return new PatchReport(changed, seen, true, samples);
            }

            seen += page.Count;
            after = page[^1].Turn;
        }

        return new PatchReport(changed, seen, false, samples);
    }

    /// <summary>Those that go as they were mapped. What a patch changes is a correction of the record, and mapped again where the cause decides or somebody said so.</summary>
    private static (IReadOnlyList<SelectedLetter> Kept, IReadOnlyList<SelectedLetter> Others) Apart(IReadOnlyList<SelectedLetter> page, LetterPatch patch, ReplayOptions options)
    {
        var (kept, others) = (new List<SelectedLetter>(), new List<SelectedLetter>());
        foreach (var letter in page)
        {
            var isPatched = letter.AsMapped && !patch.IsEmpty && patch.Apply(letter.Record) is not null;
            var isKept = letter.AsMapped && !(isPatched && (options.MapsRest || options.Origin is ReplayOrigin.ByCause));
            (isKept ? kept : others).Add(isPatched ? letter with { Mapped = null } : letter);
        }

        return (kept, others);
    }

    /// <returns>Null for the draft.</returns>
    private static int? VersionOf(SelectedLetter letter, ReplayOptions options, RunPlan plan) => options.Mapping switch
    {
        ReplayMapping.Published => plan.Version.Number,
        ReplayMapping.Original => letter.MappingVersion ?? plan.Version.Number,
        ReplayMapping.Chosen => options.MappingVersion ?? plan.Version.Number,
        ReplayMapping.Draft => null,
    };

    private sealed class Tally
    {
        private readonly List<Guid> _passed = [];
        private readonly Dictionary<(FailureCause, string, string), (int Count, string Message)> _causes = [];
        private int _leftOut;

        public int Tried { get; private set; }

        public void Take(IReadOnlyList<SelectedLetter> some, LetterPatch patch, MappingPlan plan, CancellationToken cancellationToken)
        {
            using var batch = new RecordBatch();
            foreach (var letter in some)
            {
                batch.Add(patch.Apply(letter.Record) ?? letter.Record);
            }

            Take(some, plan.Apply(batch, cancellationToken));
        }

        public void Take(IReadOnlyList<SelectedLetter> some, MappedBatch mapped)
        {
            var rejected = mapped.Rejected.Select(record => record.Record).ToHashSet();
            var taken = mapped.TakenRecords.Select(record => record.Record).Where(record => !rejected.Contains(record)).ToHashSet();
            _passed.AddRange(taken.Order().Select(record => some[record].Id));
            _leftOut += some.Count - rejected.Count - taken.Count;
            Tried += some.Count;
            foreach (var failure in mapped.Rejected.DistinctBy(record => record.Record).Select(record => record.Failure))
            {
                var known = _causes.GetValueOrDefault((failure.Cause, failure.Code, failure.Field), (0, failure.Sentence));
                _causes[(failure.Cause, failure.Code, failure.Field)] = known with { Item1 = known.Item1 + 1 };
            }
        }

        public RehearsalReport Report(int all) => new(
            Tried, _passed, _leftOut,
            [.. _causes.Select(cause => new RehearsedCause(cause.Key.Item1, cause.Key.Item2, cause.Key.Item3, cause.Value.Count, cause.Value.Message)).OrderByDescending(cause => cause.Count)],
            Tried >= all);
    }
}
