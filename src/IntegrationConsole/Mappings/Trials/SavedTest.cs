namespace IntegrationConsole.Mappings.Trials;

/// <summary>What a person enters of a test.</summary>
/// <param name="At">The moment that expressions take for the present, so that the test comes out the same tomorrow.</param>
public sealed record TestDraft(string Name, byte[] Record, Expectation Expectation, DateTimeOffset At);

/// <summary>A record and what the mapping is to make of it, kept with the mapping.</summary>
public sealed record SavedTest(Guid Id, string Name, byte[] Record, Expectation Expectation, DateTimeOffset At, string EditedBy, DateTimeOffset EditedAt, int Version);

/// <summary>What became of an attempt to keep a test.</summary>
public enum TestSaving
{
    Done,

    /// <summary>Another test of the mapping has the name.</summary>
    NameTaken,

    /// <summary>Somebody else changed or deleted it meanwhile.</summary>
    Outdated,

    /// <summary>The mapping has as many tests as a mapping may have.</summary>
    Full,
}
