using IntegrationConsole.Mappings.Agreements;
using IntegrationConsole.Sync.Runs;

namespace IntegrationConsole.Sync.Line;

/// <summary>Counts what went on although it does not fit its schema, and keeps what the source said: one line each in the run's log at the end, not one for each record.</summary>
internal sealed class MisfitTally
{
    private readonly Dictionary<SchemaSide, MisfitNote> _notes = [];
    private string? _said;

    /// <summary>Of a batch that is read again nothing is counted yet.</summary>
    public void Take(FeedBatch batch, BatchOutcome written)
    {
        _said = written.IsComplete ? batch.Records.Note ?? _said : _said;
        foreach (var note in written.IsComplete ? batch.Mapped.Notes : [])
        {
            _notes[note.Side] = _notes.TryGetValue(note.Side, out var before) ? before with { Records = before.Records + note.Records } : note;
        }
    }

    public async Task TellAsync(ClaimedRun run, RunJournal journal)
    {
        foreach (var note in _notes.Values.OrderBy(note => note.Side))
        {
            var (some, schema) = (note.Records == 1 ? "1 record does" : $"{note.Records:N0} records do", note.Side is SchemaSide.Source ? "input" : "output");
            await journal.WriteAsync(run, RunLogLevel.Warning, $"{some} not fit the {schema} schema and went on, as the mapping says. The first: {note.First}.");
        }

        if (_said is not null)
        {
            await journal.WriteAsync(run, RunLogLevel.Warning, _said);
        }
    }
}
