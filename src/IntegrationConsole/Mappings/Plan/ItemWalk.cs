using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Mappings.Plan;

/// <summary>
/// Goes through the items of one record after another, and shows each as rules see it: the item, its record and its
/// number. Holds the room that takes, for one batch; not for two threads.
/// </summary>
internal sealed class ItemWalk(ListProgram list, ViewPaths paths, bool showsWhole)
{
    private readonly List<JsonSlot> _places = [];
    private readonly List<Value> _values = [];
    private readonly JsonSlot[] _ofItem = new JsonSlot[paths.OfItem];
    private readonly JsonSlot[] _view = new JsonSlot[paths.Count];
    private readonly ArrayBufferWriter<byte> _made = new();
    private readonly bool _writesIndex = paths.ReadsIndex;

    private RecordView _record;
    private bool _isMade;
    private byte[] _bytes = [];
    private int _length;

    public int Count => _isMade ? _values.Count : _places.Count;

    /// <summary>What the slots of the view point into.</summary>
    public ReadOnlySpan<byte> Bytes => Copies ? _bytes.AsSpan(0, _length) : _record.Bytes.Span;

    public ReadOnlySpan<JsonSlot> Slots => _view;

    public Value Whole { get; private set; }

    /// <summary>What is not in the record stands behind a copy of it, so that all slots point into the same bytes.</summary>
    private bool Copies => _writesIndex || WritesItem;

    private bool WritesItem => _isMade && paths.OfItem > 0;

    /// <summary>Finds the record's items.</summary>
    public FieldProblem? Open(RecordView record, CancellationToken cancellationToken)
    {
        _record = record;
        if (list.Find(record, _places, _values, out _isMade, cancellationToken) is { } problem)
        {
            return problem;
        }

        paths.PlaceRecord(record.Slots, _view);
        _length = 0;
        if (Copies)
        {
            Append(record.Bytes.Span);
        }

        return null;
    }

    /// <summary>Shows an item.</summary>
    /// <returns>Why it cannot be.</returns>
    public FieldProblem? Show(int number)
    {
        _length = Copies ? _record.Bytes.Length : 0;
        var item = WritesItem ? Write(_values[number]) : _isMade ? default : _places[number];
        var index = _writesIndex ? Write(number) : default;
        Whole = showsWhole ? ViewOf(number) : default;
        try
        {
            paths.PlaceItem(Bytes.Slice(item.Start, item.Length), item.Start, index, _ofItem, _view);
            return null;
        }
        catch (JsonException)
        {
            return new FieldProblem("", FailureCause.Malformed, "what the expression makes of the record cannot be read");
        }
    }

    private Value ViewOf(int number)
    {
        var view = new ObjectValue(3);
        view.AddNew(ViewPaths.Record, _record.Whole);
        view.AddNew(ViewPaths.Item, _values[number]);
        view.AddNew(ViewPaths.Index, Value.Of(number));
        return new Value(view);
    }

    private JsonSlot Write(Value item)
    {
        _made.ResetWrittenCount();
        item.WriteTo(_made);
        return Append(_made.WrittenSpan);
    }

    private JsonSlot Write(int number) => Append(Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture)));

    private JsonSlot Append(ReadOnlySpan<byte> bytes)
    {
        if (_length + bytes.Length > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + bytes.Length));
        }

        bytes.CopyTo(_bytes.AsSpan(_length));
        var place = new JsonSlot(JsonTokenType.Number, _length, bytes.Length);
        _length += bytes.Length;
        return place;
    }
}
