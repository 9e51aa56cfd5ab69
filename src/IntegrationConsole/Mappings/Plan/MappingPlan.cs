using System.Text.Json;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Mappings.Plan;

/// <summary>A record that the mapping could not make a row of.</summary>
/// <param name="Record">Its number in the batch.</param>
/// <param name="Key">Its business key where that could be made, otherwise a hash of its content.</param>
public sealed record RejectedRecord(int Record, string Key, Failure Failure);

/// <summary>What became of a batch: rows to write, records set aside, records that the conditions or the filter left out.</summary>
public sealed record MappedBatch(RowBatch Rows, IReadOnlyList<RejectedRecord> Rejected, int Filtered);

/// <summary>
/// A mapping version compiled for one key: takes batches of source JSON to typed rows. Pure, and safe to use from
/// several threads, each with its own batch.
/// </summary>
public sealed class MappingPlan
{
    /// <summary>Joins the parts of a composite key; no sensible value holds it.</summary>
    public const char KeySeparator = '\u001f';

    private const string NotJson = "The record is not valid JSON.";

    private readonly PathSet _paths = new();
    private readonly FieldProgram[] _programs;
    private readonly int[] _order;
    private readonly int[] _keys;
    private readonly ConditionProgram[] _conditions;
    private readonly ExpressionProgram? _filter;
    private readonly bool _readsWholeRecord;

    /// <param name="document">Checked by <see cref="MappingRules"/>.</param>
    /// <param name="keys">Destination fields that identify a record; empty for none.</param>
    /// <param name="lookups">The tables that the document names, by name.</param>
    /// <param name="scope">What expressions see besides the record.</param>
    public MappingPlan(
        MappingDocument document, IReadOnlyList<string> keys, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> lookups, ExpressionScope scope)
    {
        _programs = [.. document.Fields.Select(rule => new FieldProgram(rule, _paths, rule.Lookup.Length > 0 ? lookups[rule.Lookup] : null, scope))];
        _keys = [.. keys.Select(key => Array.FindIndex(_programs, program => program.Name == key)).Where(index => index >= 0)];

        // Keys first: what is wrong with the key is said before anything else.
        _order = [.. _keys, .. Enumerable.Range(0, _programs.Length).Except(_keys)];
        _conditions = [.. document.Conditions.Select(condition => new ConditionProgram(condition, _paths))];
        _filter = document.Filter.Length > 0 ? new ExpressionProgram("", document.Filter, scope) : null;
        _readsWholeRecord = _filter is not null || _programs.Any(program => program.ReadsWholeRecord);
        Fields = [.. document.Fields.Select(rule => new RowField(rule.Name, rule.Type))];
    }

    public IReadOnlyList<RowField> Fields { get; }

    /// <summary>What becomes of each record. Only expressions take long enough for a cancellation to be of use: it is thrown.</summary>
    public MappedBatch Apply(RecordBatch batch, CancellationToken cancellationToken)
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

            if (!TryRead(batch[index], slots, out var whole))
            {
                rejected.Add(new RejectedRecord(index, RecordKey.HashOf(record), new Failure(FailureCause.Malformed, NotJson)));
                continue;
            }

            var undecided = Ask(record, slots, whole, out var taken, cancellationToken);
            if (undecided is null && !taken)
            {
                filtered++;
                continue;
            }

            var row = rows.NextRow();
            var problems = Fill(record, slots, whole, row, cancellationToken);
            if (undecided is not null)
            {
                (problems ??= []).Insert(0, undecided);
            }

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
    public RecordPreview Preview(ReadOnlyMemory<byte> record, CancellationToken cancellationToken)
    {
        var slots = new JsonSlot[_paths.Count];
        if (!TryRead(record, slots, out var whole))
        {
            return new RecordPreview([], false, NotJson);
        }

        var row = new FieldValue[_programs.Length];
        var problems = Fill(record.Span, slots, whole, row, cancellationToken) ?? [];
        var fields = _programs.Select((program, index) =>
        {
            var problem = problems.FirstOrDefault(problem => problem.Field == program.Name);
            return new FieldPreview(program.Name, problem is null && !row[index].IsNull ? row[index].ToText() : null, problem ?? Excused(program, record.Span, slots, whole, cancellationToken));
        }).ToList();
        var undecided = Ask(record.Span, slots, whole, out var taken, cancellationToken);
        return new RecordPreview(fields, undecided is null && !taken, undecided is null ? "" : Sentence(undecided));
    }

    /// <summary>What a run passes over, for somebody who is looking.</summary>
    private static FieldProblem? Excused(FieldProgram program, ReadOnlySpan<byte> record, ReadOnlySpan<JsonSlot> slots, Value whole, CancellationToken cancellationToken) =>
        program.Evaluate(record, slots, whole, out _, cancellationToken) is { IsExcused: true } problem ? problem : null;

    /// <returns>Whether the record is JSON.</returns>
    private bool TryRead(ReadOnlyMemory<byte> record, JsonSlot[] slots, out Value whole)
    {
        whole = default;
        try
        {
            _paths.Find(record.Span, slots);
            whole = _readsWholeRecord ? Value.FromJson(record) : default;
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <returns>Why it cannot be said whether the record is taken; null when it can.</returns>
    private FieldProblem? Ask(ReadOnlySpan<byte> record, ReadOnlySpan<JsonSlot> slots, Value whole, out bool taken, CancellationToken cancellationToken)
    {
        taken = MeetsConditions(record, slots);
        return taken && _filter is { } filter ? filter.Ask(whole, out taken, cancellationToken) : null;
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
    private List<FieldProblem>? Fill(ReadOnlySpan<byte> record, ReadOnlySpan<JsonSlot> slots, Value whole, Span<FieldValue> row, CancellationToken cancellationToken)
    {
        List<FieldProblem>? problems = null;
        foreach (var index in _order)
        {
            if (_programs[index].Evaluate(record, slots, whole, out var value, cancellationToken) is { IsExcused: false } problem)
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
        var sentence = Sentence(first);
        if (problems.Count > 1)
        {
            sentence += $" Also {string.Join(", ", problems.Skip(1).Select(problem => problem.Field).Distinct().Take(10))}.";
        }

        var keyIsWhole = _keys.Length > 0;
        foreach (var key in _keys)
        {
            keyIsWhole &= !row[key].IsNull;
        }

        return new RejectedRecord(index, keyIsWhole ? KeyOf(row, record) : RecordKey.HashOf(record), new Failure(first.Cause, sentence, first.Code, first.Field));
    }

    private static string Sentence(FieldProblem problem) =>
        problem.Field.Length > 0 ? $"{problem.Field}: {problem.Sentence}." : $"{char.ToUpperInvariant(problem.Sentence[0])}{problem.Sentence[1..]}.";

    private string KeyOf(ReadOnlySpan<FieldValue> row, ReadOnlySpan<byte> record) => _keys.Length == 0 ? RecordKey.HashOf(record) : RecordKey.Of(row, _keys);
}

/// <summary>What the mapping makes of one record.</summary>
/// <param name="Filtered">The conditions or the filter leave it out.</param>
/// <param name="Problem">Why nothing could be made of the record as a whole: it cannot be read, or not be decided on; empty otherwise.</param>
public sealed record RecordPreview(IReadOnlyList<FieldPreview> Fields, bool Filtered, string Problem);

/// <param name="Value">The value as text; null for a null or a problem that is not excused.</param>
/// <param name="Problem">What is wrong; where it is excused, why the value is another one.</param>
public sealed record FieldPreview(string Name, string? Value, FieldProblem? Problem);
