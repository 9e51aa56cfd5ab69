using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Mappings.Plan;

/// <summary>The rules that make one row, and its key, of what they are shown: a record, an item of it, or a group of records.</summary>
internal sealed class RowProgram
{
    private readonly FieldProgram[] _programs;
    private readonly int[] _order;
    private readonly int[] _keys;

    /// <param name="rules">Checked by <see cref="MappingRules"/>.</param>
    /// <param name="keys">Fields that identify a row; empty for none.</param>
    /// <param name="paths">Takes the paths of the rules.</param>
    /// <param name="lookups">The tables that the rules name, by name.</param>
    /// <param name="scope">What expressions see besides.</param>
    public RowProgram(
        IReadOnlyList<FieldRule> rules, IReadOnlyList<string> keys, IPathSlots paths, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> lookups,
        ExpressionScope scope)
    {
        _programs = [.. rules.Select(rule => new FieldProgram(rule, paths, rule.Lookup.Length > 0 ? lookups[rule.Lookup] : null, scope))];
        _keys = [.. keys.Select(key => Array.FindIndex(_programs, program => program.Name == key)).Where(index => index >= 0)];

        // Keys first: what is wrong with the key is said before anything else.
        _order = [.. _keys, .. Enumerable.Range(0, _programs.Length).Except(_keys)];
        Fields = [.. rules.Select(rule => new RowField(rule.Name, rule.Type))];
        ReadsWholeRecord = _programs.Any(program => program.ReadsWholeRecord);
    }

    public IReadOnlyList<RowField> Fields { get; }

    public bool ReadsWholeRecord { get; }

    public bool HasKey => _keys.Length > 0;

    /// <returns>What is wrong with the row, all of it; null when nothing is.</returns>
    public List<FieldProblem>? Fill(ReadOnlySpan<byte> record, ReadOnlySpan<JsonSlot> slots, Value whole, Span<FieldValue> row, CancellationToken cancellationToken)
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

    /// <summary>The same for somebody who is looking, field by field.</summary>
    public IReadOnlyList<FieldPreview> Preview(ReadOnlySpan<byte> record, ReadOnlySpan<JsonSlot> slots, Value whole, CancellationToken cancellationToken)
    {
        var row = new FieldValue[_programs.Length];
        var problems = Fill(record, slots, whole, row, cancellationToken) ?? [];
        var previews = new List<FieldPreview>();
        for (var index = 0; index < _programs.Length; index++)
        {
            var program = _programs[index];
            var problem = problems.FirstOrDefault(problem => problem.Field == program.Name);
            previews.Add(new FieldPreview(program.Name, problem is null && !row[index].IsNull ? row[index].ToText() : null, problem ?? Excused(program, record, slots, whole, cancellationToken)));
        }

        return previews;
    }

    /// <summary>What a run passes over, for somebody who is looking.</summary>
    private static FieldProblem? Excused(FieldProgram program, ReadOnlySpan<byte> record, ReadOnlySpan<JsonSlot> slots, Value whole, CancellationToken cancellationToken) =>
        program.Evaluate(record, slots, whole, out _, cancellationToken) is { IsExcused: true } problem ? problem : null;

    /// <summary>The key's text; there is one where every part has a value.</summary>
    public string KeyOf(ReadOnlySpan<FieldValue> row) => RecordKey.Of(row, _keys);

    public bool KeyIsWhole(ReadOnlySpan<FieldValue> row)
    {
        var isWhole = _keys.Length > 0;
        foreach (var key in _keys)
        {
            isWhole &= !row[key].IsNull;
        }

        return isWhole;
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
}
