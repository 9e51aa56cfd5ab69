namespace IntegrationConsole.Expressions.Values;

/// <summary>Walks over the items of an array, or over a single value as if it were an array of one.</summary>
internal struct ItemWalk
{
    private readonly ListValue? _list;
    private readonly JsonSource? _source;
    private readonly int _end;
    private int _at;
    private Value _current;

    public ItemWalk(Value value)
    {
        if (value.Reference is ListValue list)
        {
            _list = list;
            _end = list.Count;
        }
        else if (value.Reference is JsonSource source && source.KindAt((int)value.Bits) == ValueKind.Array)
        {
            _source = source;
            _at = JsonSource.Inside((int)value.Bits);
            _end = source.After((int)value.Bits);
        }
        else
        {
            _current = value;
            _end = 1;
        }
    }

    public readonly Value Current => _current;

    public bool Next()
    {
        if (_at >= _end)
        {
            return false;
        }

        if (_source is { } source)
        {
            _current = new Value(source, _at);
            _at = source.After(_at);
            return true;
        }

        if (_list is { } list)
        {
            _current = list[_at];
        }

        _at++;
        return true;
    }
}
