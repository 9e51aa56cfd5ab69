using System.Collections.Frozen;

namespace IntegrationConsole.Bench.Limits;

/// <summary>What both sides know of the orders.</summary>
internal static class OrderSource
{
    /// <summary>The lookup table.</summary>
    public static IReadOnlyDictionary<string, string> Regions { get; } =
        Enumerable.Range(0, OutsideWorld.OrderRegister.Regions).ToFrozenDictionary(number => $"R{number:0000}", number => $"Region {number}", StringComparer.Ordinal);
}
