using System.Text.Json;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Mappings.Plan;

/// <summary>
/// Finds the list in a record whose items make rows. A single value counts as a list of one, because sources that come
/// from XML write one item so, and expressions do as well; no value counts as an empty list.
/// </summary>
internal sealed class ListProgram
{
    /// <summary>More are hardly the parts of one record, and their rows would have to be in memory together.</summary>
    public const int MostItems = 10_000;

    private readonly string _what;
    private readonly SourcePath? _path;
    private readonly int _slot = -1;
    private readonly ExpressionProgram _expression;

    /// <param name="what">Whose list it is, for sentences.</param>
    /// <param name="text">A path or an expression, checked by <see cref="MappingRules"/>.</param>
    /// <param name="paths">Takes the path.</param>
    /// <param name="scope">What an expression sees besides the record.</param>
    public ListProgram(string what, string text, PathSet paths, ExpressionScope scope)
    {
        _what = what;
        _path = SourcePath.Parse(text.Trim()).Path;
        _slot = _path is null ? -1 : paths.Add(_path);

        // A path is an expression too: where it leads through another list, that is what gathers the items.
        _expression = new ExpressionProgram("", text, scope);
    }

    public bool ReadsWholeRecord => _path is null;

    /// <param name="record">The record.</param>
    /// <param name="places">Takes where the items of a path are in the record.</param>
    /// <param name="values">Takes the items as expressions see them, if the record is there as one.</param>
    /// <param name="isMade">The items are made and not found: they have no place in the record's bytes.</param>
    /// <param name="cancellationToken">Ends an expression that takes long.</param>
    public FieldProblem? Find(RecordView record, List<JsonSlot> places, List<Value> values, out bool isMade, CancellationToken cancellationToken)
    {
        places.Clear();
        values.Clear();
        isMade = _path is null || record.Slots[_slot].IsInList;
        if (isMade)
        {
            var whole = record.Whole.IsUndefined ? Value.FromJson(record.Bytes) : record.Whole;
            return _expression.Find(whole, _what, out var made, cancellationToken) ?? Take(made, values);
        }

        var slot = record.Slots[_slot];
        if (slot.IsMissing || slot.Kind is JsonTokenType.Null)
        {
            return null;
        }

        if (slot.Kind is not JsonTokenType.StartArray)
        {
            places.Add(slot);
        }
        else if (!TryPlaces(record.Bytes.Span, slot, places))
        {
            return TooMany();
        }

        return record.Whole.IsUndefined ? null : Take(Follow(record.Whole), values);
    }

    private FieldProblem? Take(Value list, List<Value> values)
    {
        if (list.Kind is ValueKind.Undefined or ValueKind.Null)
        {
            return null;
        }

        if (list.Kind is not ValueKind.Array)
        {
            values.Add(list);
            return null;
        }

        if (list.Count > MostItems)
        {
            return TooMany();
        }

        values.AddRange(list.Items());
        return null;
    }

    private static bool TryPlaces(ReadOnlySpan<byte> record, JsonSlot list, List<JsonSlot> places)
    {
        var reader = new Utf8JsonReader(record.Slice(list.Start, list.Length), new JsonReaderOptions { MaxDepth = JsonSource.DepthLimit });
        reader.Read();
        while (reader.Read() && reader.TokenType is not JsonTokenType.EndArray)
        {
            if (places.Count == MostItems)
            {
                return false;
            }

            var (kind, start) = (reader.TokenType, (int)reader.TokenStartIndex);
            reader.Skip();
            places.Add(new JsonSlot(kind, list.Start + start, (int)reader.BytesConsumed - start));
        }

        return true;
    }

    private Value Follow(Value value)
    {
        foreach (var step in _path!.Steps)
        {
            value = step.Name is { } name ? value.Field(name) : value.Items().ElementAtOrDefault(step.Index);
        }

        return value;
    }

    private FieldProblem TooMany() => new("", FailureCause.TooLarge, $"{_what} has more than {MostItems} items");
}
