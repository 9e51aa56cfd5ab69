using IntegrationConsole.Connectors.Records;

namespace IntegrationConsole.Mappings.Agreements;

/// <summary>What a mapping's two sides agreed on, compiled once for a plan and asked by any number of threads.</summary>
internal sealed class Agreement
{
    private readonly SchemaGate? _source;
    private readonly SchemaGate? _destination;
    private readonly IReadOnlyList<RowField> _fields;

    private Agreement(SchemaGate? source, SchemaGate? destination, IReadOnlyList<RowField> fields) => (_source, _destination, _fields) = (source, destination, fields);

    /// <summary>Null where nothing was agreed: then no record is read for it.</summary>
    public static Agreement? Of(MappingDocument document, IReadOnlyList<RowField> fields)
    {
        var source = SchemaGate.Of(SchemaSide.Source, document.InputSchema, document.InputMisfit);
        var destination = SchemaGate.Of(SchemaSide.Destination, document.OutputSchema, document.OutputMisfit);
        return source is null && destination is null ? null : new Agreement(source, destination, fields);
    }

    /// <summary>For one batch, and one thread.</summary>
    public AgreementLook Begin() => new(_source, _destination, _fields);
}
