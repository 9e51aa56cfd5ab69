namespace IntegrationConsole.Expressions.Values;

/// <summary>Walks over the fields of an object; names of a source are decoded only when asked for.</summary>
internal struct FieldWalk
{
    private readonly ObjectValue? _object;
    private readonly JsonSource? _source;
    private readonly int _end;
    private int _at;
    private int _current;

    public FieldWalk(Value value)
    {
        _current = -1;
        if (value.Reference is ObjectValue made)
        {
            _object = made;
            _end = made.Count;
        }
        else if (value.Reference is JsonSource source && source.KindAt((int)value.Bits) == ValueKind.Object)
        {
            _source = source;
            _at = JsonSource.Inside((int)value.Bits);
            _end = source.After((int)value.Bits);
        }
    }

    public readonly string Name => _object?.NameAt(_current) ?? _source!.TextAt(_current);

    public readonly Value Current => _object?.ValueAt(_current) ?? new Value(_source!, _current + 1);

    public bool Next()
    {
        if (_at >= _end)
        {
            return false;
        }

        _current = _at;
        _at = _source is { } source ? source.After(_at + 1) : _at + 1;
        return true;
    }
}
