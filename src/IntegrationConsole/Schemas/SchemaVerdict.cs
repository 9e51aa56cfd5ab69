namespace IntegrationConsole.Schemas;

/// <summary>What is wrong with a value.</summary>
/// <param name="InstancePointer">Where in the value, such as <c>/orders/0/total</c>; empty for the whole value.</param>
/// <param name="SchemaPointer">Where in the schema the rule stands; with the address before a # where that is another document.</param>
/// <param name="Keyword">The rule, such as <c>minimum</c>; empty where the value is not JSON or a limit was reached.</param>
/// <param name="Sentence">What an operator reads. Holds names and limits, never the value itself.</param>
public sealed record SchemaError(string InstancePointer, string SchemaPointer, string Keyword, string Sentence);

/// <summary>A limit that ended a validation before it was decided. The value then counts as not valid.</summary>
public enum SchemaLimit
{
    Depth,
    Steps,
    Time,
    PatternTime,
    NumberLength,
    EndlessReference,
}

/// <summary>Whether a value fits a schema, and if not, why.</summary>
/// <param name="Errors">In the order of the schema's rules, then of the value. Empty if and only if the value is valid.</param>
/// <param name="HasMoreErrors">Whether there may be errors beyond those collected.</param>
/// <param name="Limit">What ended the validation early; null where it was decided.</param>
public sealed record SchemaVerdict(IReadOnlyList<SchemaError> Errors, bool HasMoreErrors, SchemaLimit? Limit)
{
    public bool IsValid => Errors.Count == 0;
}
