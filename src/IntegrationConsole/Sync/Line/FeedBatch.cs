using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings.Plan;
using IntegrationConsole.Sync.Replays;

namespace IntegrationConsole.Sync.Line;

/// <summary>A batch on the line: the records as they came, and the rows they became.</summary>
/// <param name="Plan">The mapping version may differ from batch to batch when letters are replayed.</param>
/// <param name="Token">Names this batch to the destination; the same records in a later attempt have the same.</param>
/// <param name="Letters">For replayed records, the letter of each; empty otherwise.</param>
public sealed record FeedBatch(
    RunPlan Plan, RecordBatch Records, MappedBatch Mapped, string Token, IReadOnlyList<Guid> Letters, TimeSpan ReadTime, TimeSpan MapTime) : IDisposable
{
    public bool IsReplay => Letters.Count > 0;

    /// <summary>How many records of the run came before these.</summary>
    public long First { get; init; }

    /// <summary>It stands for a batch that is read again: in figures its records count when they are.</summary>
    public bool IsSample { get; init; }

    /// <summary>What is known of the letters, in their order.</summary>
    internal IReadOnlyList<ClaimedLetter> Claimed { get; init; } = [];

    /// <summary>For replayed records, where it is told whether more may follow.</summary>
    internal ReplayGate? Gate { get; init; }

    /// <summary>For replayed records: the next may be written before these are recorded, where all of these arrived.</summary>
    internal bool RunsAhead { get; init; }

    /// <summary>By what letters know a record: by its key, or without one by its content and its place in the run.</summary>
    internal string LetterKeyOf(string key, int record) => IsReplay ? Claimed[record].RecordKey : RecordKey.IsOfContent(key) ? $"{key}@{First + record}" : key;

    public void Dispose() => Records.Dispose();
}
