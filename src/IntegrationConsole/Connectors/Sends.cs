using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Connectors;

/// <summary>
/// How a destination that takes rows by calls can be dealt with when a call was sent and its answer did not come back.
/// </summary>
/// <param name="IsRepeatable">Each row has its place there: sent again, it makes no second one.</param>
/// <param name="HonoursKeys">It knows a call that it has seen by its idempotency key.</param>
/// <param name="CanAsk">It can be asked whether it has a record.</param>
/// <param name="SendsUnchanged">What it acknowledged is sent again all the same.</param>
/// <param name="RowsInCall">How many rows go together.</param>
/// <param name="CallsAtOnce">How many calls go at the same time.</param>
public sealed record SendTerms(bool IsRepeatable, bool HonoursKeys, bool CanAsk, bool SendsUnchanged, int RowsInCall, int CallsAtOnce);

/// <summary>What came back for a row that was sent.</summary>
/// <param name="Status">The destination's own code.</param>
/// <param name="Id">Under which id the destination keeps the record; empty where it does not say.</param>
public readonly record struct Receipt(string Status, string Id);

public enum Presence
{
    Absent,

    /// <summary>There, as it was sent.</summary>
    Same,

    /// <summary>There, with other values.</summary>
    Different,
}

/// <summary>What a destination says when it is asked for the record of a row.</summary>
/// <param name="Fields">Which fields differ.</param>
/// <param name="Id">Under which id the destination keeps the record; empty where it does not say.</param>
/// <param name="Failure">Why it could not be asked; null when it could.</param>
public sealed record Finding(Presence Presence, IReadOnlyList<string> Fields, string Id, Failure? Failure = null)
{
    public static readonly Finding Absent = new(Presence.Absent, [], "");

    public static Finding Unasked(Failure failure) => new(Presence.Absent, [], "", failure);
}
