namespace IntegrationConsole.Mappings.Agreements;

/// <summary>Records that went on although they do not fit a schema, because the mapping says so.</summary>
/// <param name="First">What the first of them lacks.</param>
public sealed record MisfitNote(SchemaSide Side, long Records, string First);
