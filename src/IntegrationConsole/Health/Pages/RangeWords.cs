using IntegrationConsole.Controls;
using IntegrationConsole.Health.Figures;

namespace IntegrationConsole.Health.Pages;

internal static class RangeWords
{
    public static string Of(FigureRange range) => $"last {Durations.Words(range.To - range.From)}, a point every {Durations.Words(range.Step)}";
}
