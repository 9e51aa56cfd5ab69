using IntegrationConsole.Schemas;

namespace IntegrationConsole.Mappings.Agreements;

/// <summary>One side of an agreement, compiled, with what becomes of what does not fit.</summary>
internal sealed class SchemaGate(SchemaSide side, JsonSchema schema, MisfitRule rule)
{
    // A schema that names a format means it: an agreement that looks away from dates would be none.
    private static readonly SchemaOptions Options = new() { AssertFormats = true };

    public SchemaSide Side => side;

    public bool Rejects => rule is MisfitRule.Reject;

    /// <summary>Null where the mapping has no schema on this side.</summary>
    /// <param name="text">Checked by <see cref="MappingRules"/>.</param>
    public static SchemaGate? Of(SchemaSide side, string text, MisfitRule rule) => text.Length == 0 ? null
        : new SchemaGate(side, ((SchemaCompilation.Compiled)AgreedSchema.Compile(text)).Schema, rule);

    /// <returns>What does not fit; empty when all of it does.</returns>
    public IReadOnlyList<SchemaMisfit> Look(ReadOnlyMemory<byte> json)
    {
        var errors = schema.Validate(json, Options).Errors;
        return errors.Count == 0 ? [] : [.. errors.Select(error => SchemaMisfit.Of(side, error, Rejects))];
    }
}
