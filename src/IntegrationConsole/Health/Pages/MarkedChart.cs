using IntegrationConsole.Access;
using IntegrationConsole.Controls;
using IntegrationConsole.Health.Figures;
using IntegrationConsole.Health.Timeline;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Health.Pages;

/// <summary>A chart of a tenant's page, on which is marked what was changed meanwhile.</summary>
public abstract class MarkedChart : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _leaving = new();
    private (FigureRange Range, Guid? About)? _shown;

    [Inject]
    public required TimelineStore Timeline { get; set; }

    [Inject]
    public required ILogger<MarkedChart> Logger { get; set; }

    [CascadingParameter]
    public TenantAccess? Access { get; set; }

    /// <summary>The integration or connection whose changes are marked; null for all of the tenant's.</summary>
    [Parameter]
    public Guid? About { get; set; }

    protected IReadOnlyList<ChartMark> Marks { get; private set; } = [];

    protected abstract FigureRange Range { get; }

    public void Dispose()
    {
        // Not disposed: what is still on its way asks it for its token.
        _leaving.Cancel();
        GC.SuppressFinalize(this);
    }

    protected override async Task OnParametersSetAsync()
    {
        if (Access is not { } access || _shown == (Range, About))
        {
            return;
        }

        _shown = (Range, About);
        try
        {
            Marks = [.. (await Timeline.ChangesAsync(access.Id, About, Range.From, Range.To, _leaving.Token)).Select(TimelineMark.Of)];
        }
        catch (OperationCanceledException) when (_leaving.IsCancellationRequested)
        {
            // Left before it was there.
        }
        catch (Exception problem) when (problem.IsDatabaseOutage)
        {
            // The figures are there already, and the page says what is wrong when it looks again.
            Logger.LogWarning("The changes could not be marked on a chart: the database does not answer");
        }
    }
}
