namespace IntegrationConsole.Schemas;

/// <summary>A schema that can be used, or the first reason why it can't.</summary>
public abstract record SchemaCompilation
{
    private SchemaCompilation()
    {
    }

    public sealed record Compiled(JsonSchema Schema) : SchemaCompilation;

    /// <param name="Pointer">Where in the schema; with the address before a # where that is another document.</param>
    /// <param name="Sentence">What an operator reads.</param>
    public sealed record Refused(string Pointer, string Sentence) : SchemaCompilation;
}
