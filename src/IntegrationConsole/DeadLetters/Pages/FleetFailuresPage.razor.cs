using IntegrationConsole.Access;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Controls;
using IntegrationConsole.DeadLetters.Groups;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.DeadLetters.Pages;

/// <summary>Failures by what they are, over all the tenants that somebody may see.</summary>
public sealed partial class FleetFailuresPage(FailureGroupStore groups)
{
    private const int Most = 100;

    private static readonly IReadOnlyList<(string, string)> CauseOptions = [("", "any"), .. Enum.GetValues<FailureCause>().Select(cause => (cause.Code, cause.Words))];

    private readonly LiveRows<FailurePattern> _rows = new(pattern => pattern.Pattern);
    private IReadOnlyList<(FailureGroup Group, TenantAccess Tenant)> _groups = [];
    private string _text = "";

    [SupplyParameterFromQuery(Name = "cause")]
    public string? CauseInAddress { get; set; }

    [SupplyParameterFromQuery(Name = "q")]
    public string? TextInAddress { get; set; }

    [SupplyParameterFromQuery(Name = "pattern")]
    public string? PatternInAddressText { get; set; }

    private Guid? PatternInAddress => AddressText.Id(PatternInAddressText);

    private IReadOnlyList<FailurePattern> Shown => _rows.Shown;

    private GroupFilter Filter => new(Cause: CauseInAddress is null ? null : FailureCauses.FromCode(CauseInAddress), Text: TextInAddress?.Trim() ?? "");

    protected override Task OnParametersSetAsync()
    {
        _text = TextInAddress ?? "";
        return LoadAsync(FetchAsync);
    }

    private Task FetchAsync() => ReadAsync(_rows.Show);

    /// <summary>What failed more is told in its place; what is new, or hits more tenants than before, waits until it is asked for.</summary>
    private Task FollowAsync() => ReadAsync(patterns => _rows.Follow(patterns, patterns));

    private async Task ReadAsync(Action<IReadOnlyList<FailurePattern>> take)
    {
        var tenants = (await Gatekeeper.TenantsAsync(Leaving)).ToDictionary(tenant => tenant.Id);
        take(await groups.ListPatternsAsync(tenants.Keys, Filter, Most, Leaving));
        _groups = PatternInAddress is { } pattern
            ? [.. (await groups.ListAcrossAsync(tenants.Keys, Filter with { Pattern = pattern }, Most, Leaving)).Select(group => (group, tenants[group.TenantId]))] : [];
    }

    private string With(string parameter, string? value) => Navigation.GetUriWithQueryParameter(parameter, string.IsNullOrEmpty(value) ? null : value);

    private void Go(string parameter, string? value) => Navigation.NavigateTo(With(parameter, value));

    private Task SearchAsync()
    {
        Go("q", _text.Trim());
        return Task.CompletedTask;
    }
}
