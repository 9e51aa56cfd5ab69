namespace IntegrationConsole.Expressions.Compiling;

/// <summary>The names of the variables of one frame, known when the expression is compiled.</summary>
internal sealed class Scope
{
    private readonly List<string> _names;

    public Scope(Scope? parent)
    {
        Parent = parent;
        _names = [];
    }

    private Scope(Scope? parent, List<string> names)
    {
        Parent = parent;
        _names = names;
        IsTuple = true;
    }

    public Scope? Parent { get; }

    /// <summary>Holds the variables of a path's tuples, which all tuples of an expression number alike.</summary>
    public bool IsTuple { get; }

    public static Scope Tuple(Scope? parent, Scope? numbering) => new(parent, numbering?._names ?? []);

    public int Count => _names.Count;

    public int Find(string name) => _names.LastIndexOf(name);

    /// <summary>Gives a parameter its own slot even where two have one name; the last of them is the one that is seen.</summary>
    public void DeclareNew(string name) => _names.Add(name);

    public int Declare(string name)
    {
        var slot = Find(name);
        if (slot < 0)
        {
            slot = _names.Count;
            _names.Add(name);
        }

        return slot;
    }
}
