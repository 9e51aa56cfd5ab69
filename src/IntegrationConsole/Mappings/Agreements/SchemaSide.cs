namespace IntegrationConsole.Mappings.Agreements;

/// <summary>Whose part of the agreement a schema is.</summary>
public enum SchemaSide
{
    /// <summary>What the source sends: the input schema.</summary>
    Source,

    /// <summary>What the destination takes: the output schema.</summary>
    Destination,
}

/// <summary>What becomes of a record that does not fit a schema.</summary>
public enum MisfitRule
{
    /// <summary>It is set aside.</summary>
    Reject,

    /// <summary>It goes on, and the run's log says how many did.</summary>
    Note,
}
