using IntegrationConsole.Connectors;

namespace IntegrationConsole.Sync.Reconciliations;

/// <summary>Which syncs can be compared at all.</summary>
public static class ReconciliationRules
{
    /// <summary>A comparison keeps so many keys of each kind: as many as a repair carries in memory.</summary>
    public const int MostKeys = 100_000;

    /// <summary>Nobody reads more of them on a page.</summary>
    public const int ListedKeys = 1_000;

    /// <returns>Why it cannot be compared; empty where it can.</returns>
    public static string Refusal(WriteMode mode, string[] keys) =>
        mode is WriteMode.Append ? "The integration appends: nothing tells which row of the destination came from which record."
        : keys.Length == 0 ? "The integration has no key: nothing tells which row of the destination belongs to which record. Name the key in its settings."
        : "";
}
