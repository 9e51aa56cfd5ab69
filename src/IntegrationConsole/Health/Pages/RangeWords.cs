using IntegrationConsole.Controls;
using IntegrationConsole.Health.Figures;

namespace IntegrationConsole.Health.Pages;

internal static class RangeWords
{
    public static string Of(FigureRange range) => $"last {Length(range.To - range.From)}, a point every {Durations.Words(range.Step)}";

    private static string Length(TimeSpan length) => length == TimeSpan.FromDays(1) ? "24 hours" : Durations.Words(length);
}
