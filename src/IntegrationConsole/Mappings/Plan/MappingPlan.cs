using System.Text.Json;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;

namespace IntegrationConsole.Mappings.Plan;

/// <summary>A record that the mapping could not make a row of.</summary>
/// <param name="Record">Its number in the batch.</param>
/// <param name="Key">Its business key where that could be made, otherwise a hash of its content.</param>
public sealed record RejectedRecord(int Record, string Key, Failure Failure);

/// <summary>What became of a batch: rows to write, records set aside, records that the conditions left out.</summary>
public sealed record MappedBatch(RowBatch Rows, IReadOnlyList<RejectedRecord> Rejected, int Filtered);

/// <summary>
/// A mapping version compiled for one key: takes batches of source JSON to typed rows. Pure, and safe to use from
/// several threads, each with its own batch.
/// </summary>
public sealed class MappingPlan
{
    /// <summary>Joins the parts of a composite key; no sensible value holds it.</summary>
    public const char KeySeparator = '\u001f';

    private readonly PathSet _paths = new();
    private readonly FieldProgram[] _programs;
    private readonly int[] _order;
    private readonly int[] _keys;
    private readonly ConditionProgram[] _conditions;

    /// <param name="document">Checked by <see cref="MappingRules"/>.</param>
    /// <param name="keys">Destination fields that identify a record; empty for none.</param>
    /// <param name="lookups">The tables that the document names, by name.</param>
    public MappingPlan(MappingDocument document, IReadOnlyList<string> keys, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> lookups)
    {
        _programs = [.. document.Fields.Select(rule => new FieldProgram(rule, _paths, rule.Lookup.Length > 0 ? lookups[rule.Lookup] : null))];
        _keys = [.. keys.Select(key => Array.FindIndex(_programs, program => program.Name == key)).Where(index => index >= 0)];

        // Keys first: what is wrong with the key is said before anything else.
        _order = [.. _keys, .. Enumerable.Range(0, _programs.Length).Except(_keys)];
        _conditions = [.. document.Conditions.Select(condition => new ConditionProgram(condition, _paths))];
        Fields = [.. document.Fields.Select(rule => new RowField(rule.Name, rule.Type))];
    }

    public IReadOnlyList<RowField> Fields { get; }

    public MappedBatch Apply(RecordBatch batch)
    {
        var rows = new RowBatch(Fields, batch.Count);
        var rejected = new List<RejectedRecord>();
        var slots = new JsonSlot[_paths.Count];
        var filtered = 0;
        for (var index = 0; index < batch.Count; index++)
        {
            var record = batch[index].Span;
            if (batch.ProblemOf(index) is { } unreadable)
            {
                rejected.Add(new RejectedRecord(index, RecordKey.HashOf(record), unreadable));
                continue;
            }

            try
            {
                _paths.Find(record, slots);
            }
            catch (JsonException)
            {
                rejected.Add(new RejectedRecord(index, RecordKey.HashOf(record), new Failure(FailureCause.Malformed, "The record is not valid JSON.")));
                continue;
            }

            if (!MeetsConditions(record, slots))
            {
                filtered++;
                continue;
            }

            var row = rows.NextRow();
            var problems = Fill(record, slots, row);
            if (problems is null)
            {
                rows.Commit(KeyOf(row, record), index);
            }
            else
            {
                rejected.Add(Rejection(index, record, row, problems));
            }
        }

        return new MappedBatch(rows, rejected, filtered);
    }

    /// <summary>One record, field by field, for somebody who is looking.</summary>
    public RecordPreview Preview(ReadOnlySpan<byte> record)
    {
        var slots = new JsonSlot[_paths.Count];
        try
        {
            _paths.Find(record, slots);
        }
        catch (JsonException)
        {
            return new RecordPreview([], false, "The record is not valid JSON.");
        }

        var row = new FieldValue[_programs.Length];
        var problems = Fill(record, slots, row) ?? [];
        var fields = _programs.Select((program, index) =>
        {
            var problem = problems.FirstOrDefault(problem => problem.Field == program.Name);
            return new FieldPreview(program.Name, problem is null && !row[index].IsNull ? row[index].ToText() : null, problem);
        }).ToList();
        return new RecordPreview(fields, !MeetsConditions(record, slots), "");
    }

    private bool MeetsConditions(ReadOnlySpan<byte> record, ReadOnlySpan<JsonSlot> slots)
    {
        foreach (var condition in _conditions)
        {
            if (!condition.Holds(record, slots))
            {
                return false;
            }
        }

        return true;
    }

    /// <returns>What is wrong with the record, all of it; null when nothing is.</returns>
    private List<FieldProblem>? Fill(ReadOnlySpan<byte> record, ReadOnlySpan<JsonSlot> slots, Span<FieldValue> row)
    {
        List<FieldProblem>? problems = null;
        foreach (var index in _order)
        {
            if (_programs[index].Evaluate(record, slots, out var value) is { } problem)
            {
                (problems ??= []).Add(problem);
            }
            else
            {
                row[index] = value;
            }
        }

        CheckKey(row, ref problems);
        return problems;
    }

    /// <summary>Records without a key would all be the same record to the destination: each would overwrite the one before it.</summary>
    private void CheckKey(Span<FieldValue> row, ref List<FieldProblem>? problems)
    {
        var allEmpty = _keys.Length > 0;
        foreach (var key in _keys)
        {
            var value = row[key];
            allEmpty &= value is { IsNull: false, Type: FieldType.String, Text.Length: 0 };
            if (value.IsNull && problems?.Any(problem => problem.Field == _programs[key].Name) != true)
            {
                (problems ??= []).Add(new FieldProblem(_programs[key].Name, FailureCause.Validation, "the key needs a value, and the record has none"));
            }
        }

        if (allEmpty)
        {
            row[_keys[0]] = FieldValue.Null;
            (problems ??= []).Add(new FieldProblem(_programs[_keys[0]].Name, FailureCause.Validation, "the key needs a value, and the record's is empty"));
        }
    }

    private RejectedRecord Rejection(int index, ReadOnlySpan<byte> record, ReadOnlySpan<FieldValue> row, List<FieldProblem> problems)
    {
        var first = problems[0];
        var sentence = $"{first.Field}: {first.Sentence}.";
        if (problems.Count > 1)
        {
            sentence += $" Also {string.Join(", ", problems.Skip(1).Select(problem => problem.Field).Distinct().Take(10))}.";
        }

        var keyIsWhole = _keys.Length > 0;
        foreach (var key in _keys)
        {
            keyIsWhole &= !row[key].IsNull;
        }

        return new RejectedRecord(index, keyIsWhole ? KeyOf(row, record) : RecordKey.HashOf(record), new Failure(first.Cause, sentence, "", first.Field));
    }

    private string KeyOf(ReadOnlySpan<FieldValue> row, ReadOnlySpan<byte> record) => _keys.Length == 0 ? RecordKey.HashOf(record) : RecordKey.Of(row, _keys);
}

/// <summary>What the mapping makes of one record.</summary>
/// <param name="Filtered">The conditions leave it out.</param>
/// <param name="Problem">Why nothing could be made of it at all; empty otherwise.</param>
public sealed record RecordPreview(IReadOnlyList<FieldPreview> Fields, bool Filtered, string Problem);

/// <param name="Value">The value as text; null for a null or a problem.</param>
public sealed record FieldPreview(string Name, string? Value, FieldProblem? Problem);
