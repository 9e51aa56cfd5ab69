namespace IntegrationConsole.Connectors.Postgres;

/// <summary>
/// What databases said of their tables, kept by whom they said it to. Each run still asks whether a table is as it was,
/// which is one short question in place of four long ones: a mark goes by the versions of all catalog rows that the
/// answers came from, and any change gives one of them another.
/// </summary>
internal sealed class KnownTables
{
    /// <summary>Of all tables together; then it begins anew.</summary>
    private const int MostColumns = 50_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<(SessionDoor Door, long Table), (string Mark, TableShape Shape)> _known = [];
    private int _columns;

    /// <returns>Null where it is not known as it is now.</returns>
    public TableShape? Find(SessionDoor door, long table, string mark)
    {
        lock (_lock)
        {
            return _known.TryGetValue((door, table), out var known) && known.Mark == mark ? known.Shape : null;
        }
    }

    public void Keep(SessionDoor door, long table, string mark, TableShape shape)
    {
        lock (_lock)
        {
            if (_columns + shape.Columns.Count > MostColumns)
            {
                _known.Clear();
                _columns = 0;
            }

            _columns += shape.Columns.Count - (_known.TryGetValue((door, table), out var before) ? before.Shape.Columns.Count : 0);
            _known[(door, table)] = (mark, shape);
        }
    }
}
