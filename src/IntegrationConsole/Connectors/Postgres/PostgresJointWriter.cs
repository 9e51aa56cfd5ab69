using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Connectors.Postgres;

/// <summary>Writes records of several rows into several tables, each call in one transaction. All of them are written by key.</summary>
internal sealed class PostgresJointWriter : IJointWriter
{
    private readonly IReadOnlyList<TableWrite> _tables;
    private readonly WritingSession _session;
    private int _at;

    private PostgresJointWriter(ReconnectingSession line, IReadOnlyList<TableWrite> tables)
    {
        _tables = tables;
        _session = new WritingSession(line, tables);
    }

    public static async Task<IJointWriter?> OpenAsync(
        ReconnectingSession line, PostgresSession session, IReadOnlyList<(TableShape Table, WriteRequest Request)> streams, CancellationToken cancellationToken)
    {
        var writer = new PostgresJointWriter(line, [.. streams.Select((stream, number) => new TableWrite(stream.Table, stream.Request, number))]);
        await writer._session.PrepareAsync(session, cancellationToken);
        return writer;
    }

    public async Task<JointResult> WriteAsync(IReadOnlyList<RowRange> parts, CancellationToken cancellationToken)
    {
        var failures = parts.Select(_ => new Dictionary<int, Failure>()).ToList();
        var without = new HashSet<int>();
        try
        {
            while (true)
            {
                // Rows that cannot even be encoded keep those of their records in the other tables from going.
                while (Encode(parts, failures, without))
                {
                }

                if (_tables.All(table => table.Rows == 0))
                {
                    return new JointResult([.. parts.Select((part, at) => Part(part, failures[at], without, null))], null, 0);
                }

                _at = 0;
                if (await _session.CommitAsync(session => RunAsync(session, parts, failures, without, cancellationToken), cancellationToken) is { } effects)
                {
                    return new JointResult([.. parts.Select((part, at) => Part(part, failures[at], without, effects[at]))], null, 0);
                }
            }
        }
        catch (FailureException refused)
        {
            return new JointResult([], _session.Judge(refused, _tables[_at]), _at);
        }
    }

    public ValueTask DisposeAsync() => _session.DisposeAsync();

    /// <returns>Whether records were found that cannot go: then it is done once more, without them.</returns>
    private bool Encode(IReadOnlyList<RowRange> parts, List<Dictionary<int, Failure>> failures, HashSet<int> without)
    {
        var before = without.Count;
        for (var at = 0; at < parts.Count; at++)
        {
            foreach (var (row, failure) in _tables[at].Encode(parts[at], without))
            {
                failures[at].Add(row, failure);
            }
        }

        for (var at = 0; at < parts.Count; at++)
        {
            without.UnionWith(failures[at].Keys.Select(parts[at].Rows.RecordOf));
        }

        return without.Count > before;
    }

    /// <returns>Null where an update found nothing for some rows: the records behind them go nowhere, and the others are written once more.</returns>
    private async Task<IReadOnlyList<TableEffect>?> RunAsync(
        PostgresSession session, IReadOnlyList<RowRange> parts, List<Dictionary<int, Failure>> failures, HashSet<int> without, CancellationToken cancellationToken)
    {
        var effects = new List<TableEffect>();
        for (_at = 0; _at < _tables.Count; _at++)
        {
            effects.Add(_tables[_at].Rows == 0 ? new TableEffect(0, [], []) : await _tables[_at].RunAsync(session, cancellationToken));
            foreach (var row in effects[_at].Missing)
            {
                failures[_at][row] = _tables[_at].NothingToUpdate();
                without.Add(parts[_at].Rows.RecordOf(row));
            }
        }

        // What is checked at the end may be a rule of any of the tables; the record is the same.
        _at = 0;
        return effects.Exists(effect => effect.Missing.Count > 0) ? null : effects;
    }

    private static StreamOutcome Part(RowRange part, Dictionary<int, Failure> failures, HashSet<int> without, TableEffect? effect)
    {
        var behind = Enumerable.Range(part.Start, part.Count).Where(row => without.Contains(part.Rows.RecordOf(row)) && !failures.ContainsKey(row)).ToHashSet();
        return new StreamOutcome(failures, behind, effect?.Written ?? 0, effect is null ? new HashSet<int>() : effect.Changed);
    }
}
