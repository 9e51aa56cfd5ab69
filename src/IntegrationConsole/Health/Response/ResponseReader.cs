using IntegrationConsole.DeadLetters.Groups;

namespace IntegrationConsole.Health.Response;

/// <summary>Reckons how quickly failures are noticed, acknowledged and over, from what nodes wrote down of each.</summary>
public sealed class ResponseReader(ConsoleDatabase database, TimeProvider clock)
{
    /// <summary>A first failure longer before an alert than this is another story.</summary>
    private static readonly TimeSpan Reach = TimeSpan.FromDays(1);

    /// <summary>Of what began in the last days, in some tenants.</summary>
    public async Task<IReadOnlyList<ResponseFigures>> ReadAsync(IReadOnlyCollection<TenantId> tenants, int days, CancellationToken cancellationToken)
    {
        var scope = new
        {
            ids = tenants.Select(tenant => tenant.Value).ToArray(), since = clock.GetUtcNow() - TimeSpan.FromDays(days), reach = Reach, quiet = GroupLife.QuietFor, group = (Guid?)null,
        };
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        var incidents = await session.OneAsync<FigureRow>(ResponseQueries.Figures(ResponseQueries.Incidents), scope, cancellationToken);
        var groups = await session.OneAsync<FigureRow>(ResponseQueries.Figures(ResponseQueries.Groups), scope, cancellationToken);
        return [incidents.Of(ResponseKind.Incident), groups.Of(ResponseKind.Group)];
    }

    /// <summary>Of one group; null where there is none.</summary>
    public async Task<ResponseMoments?> FindAsync(TenantId tenant, Guid group, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.FindAsync<ResponseMoments>(
            ResponseQueries.Groups, new { ids = new[] { tenant.Value }, since = DateTimeOffset.MinValue, quiet = GroupLife.QuietFor, group = (Guid?)group }, cancellationToken);
    }

    private sealed record FigureRow(
        int Began, int NoticedCount, double? NoticedMedian, double? NoticedP90, int AcknowledgedCount, double? AcknowledgedMedian, double? AcknowledgedP90,
        int RepairedCount, double? RepairedMedian, double? RepairedP90)
    {
        public ResponseFigures Of(ResponseKind kind) => new(
            kind, Began, Span(NoticedMedian, NoticedP90, NoticedCount), Span(AcknowledgedMedian, AcknowledgedP90, AcknowledgedCount), Span(RepairedMedian, RepairedP90, RepairedCount));

        private static ResponseSpan Span(double? median, double? p90, int count) => new(Of(median), Of(p90), count);

        private static TimeSpan? Of(double? seconds) => seconds is { } known ? TimeSpan.FromSeconds(known) : null;
    }
}
