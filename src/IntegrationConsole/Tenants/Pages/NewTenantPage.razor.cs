using IntegrationConsole.Access;
using IntegrationConsole.Controls;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Tenants.Pages;

public sealed partial class NewTenantPage(TenantStore tenants)
{
    private TenantSettings _settings = new("", "", "", "");
    private IReadOnlyDictionary<string, string> _problems = new Dictionary<string, string>();

    [CascadingParameter]
    public ReaderZone Zone { get; set; } = ReaderZone.Utc;

    protected override void OnInitialized() => _settings = _settings with { TimeZone = Zone.Zone.HasIanaId ? Zone.Zone.Id : "UTC" };

    private Task CreateAsync() => ActAsync(Permission.AdministerPlatform, "create a tenant", async actor =>
    {
        _problems = TenantRules.Check(_settings);
        if (_problems.Count > 0)
        {
            return;
        }

        if (await tenants.CreateAsync(_settings, actor, Leaving) is null)
        {
            _problems = new Dictionary<string, string> { [nameof(TenantSettings.Slug)] = "Another tenant has this address: choose another one." };
            return;
        }

        Toasts.Say($"{_settings.Name.Trim()} was created.");
        Navigation.NavigateTo($"/t/{_settings.Slug}");
    });
}
