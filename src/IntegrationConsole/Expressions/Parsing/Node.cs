namespace IntegrationConsole.Expressions.Parsing;

/// <summary>One part of a parsed expression, with what may hang on any part: predicates, a grouping, the wish to keep an array.</summary>
internal abstract class Node(int position)
{
    public int Position { get; } = position;

    /// <summary><c>[]</c> was written after it.</summary>
    public bool KeepArray { get; set; }

    /// <summary>Predicates of a part that is no step of a path.</summary>
    public List<Stage>? Predicates { get; set; }

    /// <summary>Predicates and indexes of a step of a path.</summary>
    public List<Stage>? Stages { get; set; }

    public Grouping? Group { get; set; }

    /// <summary>The variable that <c>@</c> binds to each item of this step.</summary>
    public string? Focus { get; set; }

    /// <summary>The variable that <c>#</c> binds to the index of each item of this step.</summary>
    public string? Index { get; set; }

    /// <summary>Set where a later <c>%</c> means what this step is applied to.</summary>
    public Ancestor? Ancestor { get; set; }

    /// <summary>Its path has to carry bound variables from here on.</summary>
    public bool CarriesTuples { get; set; }

    /// <summary>An array constructor at an end of a path, which the path must not flatten.</summary>
    public bool Constructs { get; set; }

    /// <summary>Uses of <c>%</c> inside it that no step has answered yet.</summary>
    public List<Ancestor>? Seeking { get; set; }
}

/// <summary>A predicate, or the binding of an index that follows one.</summary>
internal sealed record Stage(Node? Filter, string? Index, int Position);

/// <summary>Pairs of key and value, of an object constructor or of a grouping.</summary>
internal sealed record Grouping(List<(Node Key, Node Value)> Pairs, int Position);

/// <summary>One use of <c>%</c>: the hidden variable that will hold the parent, and how many steps up it still has to go.</summary>
internal sealed class Ancestor(string label)
{
    /// <summary>Shared by all uses that end at the same step.</summary>
    public string Label { get; set; } = label;

    public int Level { get; set; } = 1;
}
