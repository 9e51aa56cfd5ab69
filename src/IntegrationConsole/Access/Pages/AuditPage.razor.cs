using IntegrationConsole.Controls;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Access.Pages;

/// <summary>The platform's own trail, and those of tenants that have no pages any more.</summary>
public sealed partial class AuditPage(AuditTrail audit)
{
    private IReadOnlyList<ErasedTenant> _erased = [];

    /// <summary>The erased tenant whose trail is shown; null for the platform's own.</summary>
    [SupplyParameterFromQuery(Name = "erased")]
    public string? ErasedText { get; set; }

    private Guid? Erased => AddressText.Id(ErasedText);

    /// <remarks>Only a tenant that is erased: those that live have their own page, and their own readers.</remarks>
    private ErasedTenant? Shown => _erased.FirstOrDefault(tenant => tenant.Id.Value == Erased);

    private IReadOnlyList<(string, string)> Trails =>
    [
        ("", "The platform"),
        .. _erased.Select(tenant => (tenant.Id.ToString(), $"{(tenant.Name.Length > 0 ? tenant.Name : tenant.Id.ToString())}, erased{(tenant.ErasedAt is { } at ? $" {at:yyyy-MM-dd}" : "")}")),
    ];

    protected override Task OnInitializedAsync() => LoadAsync(FetchAsync);

    private async Task FetchAsync() => _erased = await audit.ListErasedAsync(Leaving);

    private void Show(string tenant) => Navigation.NavigateTo(tenant.Length > 0 ? $"/fleet/audit?erased={tenant}" : "/fleet/audit");
}
