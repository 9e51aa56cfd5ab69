using System.Runtime.CompilerServices;
using IntegrationConsole.Schemas;

namespace IntegrationConsole.Mappings.Agreements;

/// <summary>Compiles the schemas of mappings. The same text, seen again at every keystroke beside it, is compiled once.</summary>
public static class AgreedSchema
{
    /// <summary>Larger than anybody writes, small enough to be kept in every version.</summary>
    public const int MostCharacters = 1_000_000;

    // By the instance of the text: what nobody holds any more is forgotten by itself.
    private static readonly ConditionalWeakTable<string, SchemaCompilation> Known = [];

    public static SchemaCompilation Compile(string text) => Known.GetValue(text, static fresh => fresh.Length > MostCharacters
        ? new SchemaCompilation.Refused("", $"A schema has at most {MostCharacters:N0} characters.")
        : JsonSchema.Compile(fresh, SchemaRegistry.Empty));

    /// <summary>What is wrong with a schema as it is written; null for nothing, and for none.</summary>
    public static string? ProblemWith(string text) => text.Length > 0 && Compile(text) is SchemaCompilation.Refused refused
        ? refused.Pointer.Length > 0 ? $"At {Legible.Text(refused.Pointer)}: {Legible.Text(refused.Sentence)}" : Legible.Text(refused.Sentence)
        : null;
}
