using IntegrationConsole.Tenants;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Sync.Pages;

/// <summary>A page of one integration, below <c>/t/{tenant}/integrations/{slug}</c>.</summary>
public abstract class IntegrationPageBase : TenantPage
{
    [Parameter]
    public required string Slug { get; set; }

    [Inject]
    public required SyncStore Syncs { get; set; }

    protected SyncDefinition? Sync { get; private set; }

    protected string Here => At($"integrations/{Slug}");

    protected async Task FindSyncAsync() => Sync = await Syncs.FindBySlugAsync(Id, Slug, Leaving);
}
