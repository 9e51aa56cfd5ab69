namespace IntegrationConsole.Schemas;

/// <summary>An XML Schema that can be used, or the first reason why it can't.</summary>
public abstract record XmlSchemaCompilation
{
    private XmlSchemaCompilation()
    {
    }

    public sealed record Compiled(XmlSchemaDocument Schema) : XmlSchemaCompilation;

    /// <param name="Document">Which of the documents given, from 0; their number where it is about all of them together.</param>
    /// <param name="Line">From 1; 0 where no place is known.</param>
    /// <param name="Position">From 1; 0 where no place is known.</param>
    public sealed record Refused(int Document, int Line, int Position, string Sentence) : XmlSchemaCompilation;
}

/// <summary>How much an XML validation may cost.</summary>
public sealed record XmlOptions
{
    public static XmlOptions Default { get; } = new();

    public int MaximumErrors { get; init; } = 20;

    public int MaximumDepth { get; init; } = 1_000;

    public long MaximumCharacters { get; init; } = 500_000_000;

    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(60);
}

/// <summary>What is wrong with an XML document.</summary>
/// <param name="Path">The element, such as <c>/order/line[2]/total</c>; empty where the document is not XML.</param>
/// <param name="Line">From 1.</param>
/// <param name="Position">From 1.</param>
/// <param name="Sentence">What an operator reads. Holds names and types, never the value itself.</param>
public sealed record XmlProblem(string Path, int Line, int Position, string Sentence);

/// <summary>Whether an XML document fits a schema, and if not, why.</summary>
/// <param name="Errors">In the order of the document. Empty if and only if it is valid.</param>
/// <param name="HasMoreErrors">Whether there may be errors beyond those collected.</param>
/// <param name="Limit">What ended the validation early; null where it was decided.</param>
public sealed record XmlVerdict(IReadOnlyList<XmlProblem> Errors, bool HasMoreErrors, SchemaLimit? Limit)
{
    public bool IsValid => Errors.Count == 0;
}
