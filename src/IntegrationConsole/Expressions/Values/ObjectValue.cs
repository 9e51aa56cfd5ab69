namespace IntegrationConsole.Expressions.Values;

/// <summary>An object that the language made: names in the order in which they were first set.</summary>
internal sealed class ObjectValue(int capacity = 4) : Boxed(ValueKind.Object)
{
    /// <summary>Below this many fields comparing names one by one is faster than hashing them.</summary>
    private const int HashedFrom = 10;

    private string[] _names = new string[capacity];
    private Value[] _values = new Value[capacity];
    private Dictionary<string, int>? _places;

    public int Count { get; private set; }

    public string NameAt(int index) => _names[index];

    public Value ValueAt(int index) => _values[index];

    public Value Get(string name)
    {
        var index = IndexOf(name);
        return index < 0 ? default : _values[index];
    }

    public void SetAt(int index, Value value) => _values[index] = value;

    public void Set(string name, Value value)
    {
        var index = IndexOf(name);
        if (index >= 0)
        {
            _values[index] = value;
        }
        else
        {
            AddNew(name, value);
        }
    }

    /// <summary>Adds a field that is known not to be there yet.</summary>
    public void AddNew(string name, Value value)
    {
        if (Count == _names.Length)
        {
            Array.Resize(ref _names, Math.Max(4, Count * 2));
            Array.Resize(ref _values, Math.Max(4, Count * 2));
        }

        _names[Count] = name;
        _values[Count] = value;
        _places?.Add(name, Count);
        Count++;
    }

    public void Remove(string name)
    {
        var index = IndexOf(name);
        if (index < 0)
        {
            return;
        }

        Count--;
        Array.Copy(_names, index + 1, _names, index, Count - index);
        Array.Copy(_values, index + 1, _values, index, Count - index);
        _values[Count] = default;
        _places = null;
    }

    public int IndexOf(string name)
    {
        if (Count >= HashedFrom)
        {
            return (_places ??= Places()).TryGetValue(name, out var place) ? place : -1;
        }

        for (var index = 0; index < Count; index++)
        {
            if (_names[index] == name)
            {
                return index;
            }
        }

        return -1;
    }

    private Dictionary<string, int> Places()
    {
        var places = new Dictionary<string, int>(Count, StringComparer.Ordinal);
        for (var index = 0; index < Count; index++)
        {
            places.Add(_names[index], index);
        }

        return places;
    }
}
