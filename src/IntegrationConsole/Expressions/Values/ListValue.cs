namespace IntegrationConsole.Expressions.Values;

/// <summary>
/// An array that the language made. A sequence is the result of a query: it holds no nested sequence, counts as its one
/// value when it has one and as nothing when it has none. A range keeps its first number and its length only.
/// </summary>
internal sealed class ListValue : Boxed
{
    private Value[]? _items;
    private readonly double _first;

    public ListValue(int capacity = 4) : base(ValueKind.Array) => _items = capacity == 0 ? [] : new Value[capacity];

    public ListValue(Value[] items) : base(ValueKind.Array)
    {
        _items = items;
        Count = items.Length;
    }

    private ListValue(double first, int count) : base(ValueKind.Array)
    {
        _first = first;
        Count = count;
    }

    public int Count { get; private set; }

    /// <summary>Made by a query, so a single item stands for itself.</summary>
    public bool IsSequence { get; set; }

    /// <summary>A sequence that must stay an array although it has one item: <c>[]</c> was written after it.</summary>
    public bool KeepsSingleton { get; set; }

    /// <summary>Made by an array constructor at the end of a path, so the path must not flatten it.</summary>
    public bool IsConstructed { get; set; }

    /// <summary>Holds the whole input, which is itself an array, as its single item.</summary>
    public bool IsOuterWrapper { get; set; }

    /// <summary>Its items are <see cref="TupleValue"/>s of a path that binds variables.</summary>
    public bool IsTupleStream { get; set; }

    public static ListValue Sequence(int capacity = 4) => new(capacity) { IsSequence = true };

    public static ListValue Range(double first, int count) => new(first, count) { IsSequence = true };

    public Value this[int index] => _items is { } items ? items[index] : Value.Of(_first + index);

    public void Add(Value item)
    {
        var items = _items ??= Materialise();
        if (Count == items.Length)
        {
            Array.Resize(ref _items, Math.Max(4, Count * 2));
            items = _items;
        }

        items[Count++] = item;
    }

    /// <summary>Adds the items of an array, or the value itself when it is none.</summary>
    public void AddFlat(Value value)
    {
        if (!value.IsArray)
        {
            Add(value);
            return;
        }

        Reserve(value.Count);
        var items = new ItemWalk(value);
        while (items.Next())
        {
            Add(items.Current);
        }
    }

    public void Set(int index, Value value) => (_items ??= Materialise())[index] = value;

    /// <summary>The items as one span; a range is written out for it.</summary>
    public Span<Value> AsSpan() => (_items ??= Materialise()).AsSpan(0, Count);

    private void Reserve(int more)
    {
        if (_items is { } items && items.Length < Count + more)
        {
            Array.Resize(ref _items, Math.Max(Count + more, Count * 2));
        }
    }

    private Value[] Materialise()
    {
        var items = new Value[Count];
        for (var index = 0; index < Count; index++)
        {
            items[index] = Value.Of(_first + index);
        }

        return items;
    }
}
