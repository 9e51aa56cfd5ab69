using IntegrationConsole.Health.Verdicts;

namespace IntegrationConsole.Health.Board;

/// <summary>By what the rows of the health page stand together.</summary>
public enum HealthGrouping
{
    None,
    Tenant,

    /// <summary>The kind of system that is read from.</summary>
    Connector,

    /// <summary>The connection that is read from.</summary>
    Connection,
}

/// <summary>Which integrations the health page shows, and in which order.</summary>
/// <param name="State">Null for all.</param>
/// <param name="Side">Only those of which this side is in trouble; null for all.</param>
/// <param name="Text">Part of a name; empty for all.</param>
/// <param name="Page">From 1.</param>
public sealed record HealthFilter(HealthState? State, HealthSide? Side, string Text, HealthGrouping Grouping, int Page)
{
    public const int PageSize = 50;

    public bool IsEmpty => State is null && Side is null && Text.Length == 0;

    /// <summary>As an address says it; what cannot be read is left out.</summary>
    public static HealthFilter From(string? state, string? side, string? text, string? grouping, int? page) => new(
        Enum.TryParse<HealthState>(state, ignoreCase: true, out var known) && Enum.IsDefined(known) ? known : null, HealthSides.FromCode(side), text?.Trim() ?? "",
        Enum.TryParse<HealthGrouping>(grouping, ignoreCase: true, out var group) && Enum.IsDefined(group) ? group : HealthGrouping.None, Math.Clamp(page ?? 1, 1, 10_000));
}
