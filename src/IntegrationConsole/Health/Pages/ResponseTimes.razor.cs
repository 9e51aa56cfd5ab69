using IntegrationConsole.Access;
using IntegrationConsole.Controls;
using IntegrationConsole.Health.Response;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Health.Pages;

/// <summary>How quickly failures are noticed, acknowledged and over, of a tenant or of all that the reader may see.</summary>
public sealed partial class ResponseTimes(ResponseReader responses)
{
    private static readonly int[] Choices = [7, 30];

    /// <summary>Of fewer, nine of ten are all of them.</summary>
    private const int FewestForP90 = 10;

    private IReadOnlyList<ResponseFigures> _figures = [];
    private int _days = 7;

    /// <summary>Null for all tenants.</summary>
    [Parameter]
    public TenantAccess? Tenant { get; set; }

    protected override string? TenantSlug => Tenant?.Slug;

    protected override Task OnParametersSetAsync() => LoadAsync(FetchAsync);

    private async Task FetchAsync()
    {
        TenantId[] tenants = Tenant is { } one ? [one.Id] : [.. (await Gatekeeper.TenantsAsync(Leaving)).Select(access => access.Id)];
        _figures = await responses.ReadAsync(tenants, _days, Leaving);
    }

    private Task ChooseAsync(int days)
    {
        _days = days;
        return LoadAsync(FetchAsync);
    }

    private static string Words(ResponseSpan span) =>
        span is not { Median: { } median, P90: { } p90 } ? "nothing to measure"
            : $"{Durations.Words(median)}{(span.Count < FewestForP90 ? "" : $", nine of ten {Durations.Words(p90)}")} (of {Durations.Exact(span.Count)})";
}
