namespace IntegrationConsole.Mappings.Plan;

/// <summary>
/// The paths of rules that see an item beside its record. Those under <c>record</c> are found once for all items, with
/// the record's other paths; those under <c>item</c> in the item's own bytes. Nothing is put together to be read again.
/// </summary>
/// <param name="record">The paths of the record, which take those under <c>record</c>.</param>
internal sealed class ViewPaths(PathSet record) : IPathSlots
{
    public const string Record = "record";
    public const string Item = "item";
    public const string Index = "index";

    private readonly PathSet _item = new();
    private readonly List<Origin> _origins = [];

    private enum Branch
    {
        Record,
        Item,
        Index,
        Nowhere,
    }

    public int Count => _origins.Count;

    /// <summary>How many different values of an item are read.</summary>
    public int OfItem => _item.Count;

    public bool ReadsIndex => _origins.Any(origin => origin.Branch is Branch.Index);

    public int Add(SourcePath path)
    {
        var origin = path.Steps[0].Name switch
        {
            Record => new Origin(Branch.Record, record.Add(path.Below())),
            Item => new Origin(Branch.Item, _item.Add(path.Below())),
            Index when path.Steps.Count == 1 => new Origin(Branch.Index, 0),
            _ => new Origin(Branch.Nowhere, 0),
        };
        var known = _origins.IndexOf(origin);
        if (known < 0)
        {
            known = _origins.Count;
            _origins.Add(origin);
        }

        return known;
    }

    /// <summary>Puts the record's values into the view.</summary>
    public void PlaceRecord(ReadOnlySpan<JsonSlot> found, Span<JsonSlot> view)
    {
        for (var slot = 0; slot < _origins.Count; slot++)
        {
            view[slot] = _origins[slot].Branch is Branch.Record ? found[_origins[slot].Slot] : default;
        }
    }

    /// <summary>Puts an item's values into the view.</summary>
    /// <param name="item">Its bytes.</param>
    /// <param name="start">Where they begin in the bytes that the view is read from.</param>
    /// <param name="index">The item's number, written somewhere in them.</param>
    /// <param name="found">Room for the values of an item.</param>
    /// <param name="view">The view.</param>
    /// <exception cref="System.Text.Json.JsonException">The item is not JSON.</exception>
    public void PlaceItem(ReadOnlySpan<byte> item, int start, JsonSlot index, Span<JsonSlot> found, Span<JsonSlot> view)
    {
        if (_item.Count > 0)
        {
            _item.Find(item, found);
        }

        for (var slot = 0; slot < _origins.Count; slot++)
        {
            if (_origins[slot].Branch is Branch.Item)
            {
                var at = found[_origins[slot].Slot];
                view[slot] = at.IsMissing || at.IsInList ? at : at with { Start = at.Start + start };
            }
            else if (_origins[slot].Branch is Branch.Index)
            {
                view[slot] = index;
            }
        }
    }

    private readonly record struct Origin(Branch Branch, int Slot);
}
