using IntegrationConsole.Tenants.Maintenance;

namespace IntegrationConsole.Tenants;

public static class TenantsFeature
{
    public static IServiceCollection AddTenants(this IServiceCollection services)
    {
        services.AddOptions<QuotaOptions>().BindConfiguration(QuotaOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<TenantSeals>();
        services.AddSingleton<QuotaStore>();
        services.AddSingleton<TenantStore>();
        services.AddSingleton<MaintenanceStore>();
        services.AddHostedService<MaintenanceCalendar>();
        return services;
    }
}
