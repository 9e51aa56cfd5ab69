using IntegrationConsole.Tenants.Keeping;
using IntegrationConsole.Tenants.Maintenance;

namespace IntegrationConsole.Tenants;

public static class TenantsFeature
{
    public static IServiceCollection AddTenants(this IServiceCollection services)
    {
        services.AddOptions<QuotaOptions>().BindConfiguration(QuotaOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<TenantSeals>();
        services.AddSingleton<QuotaStore>();
        services.AddSingleton<KeepingStore>();
        services.AddSingleton<TenantStore>();
        services.AddSingleton<MaintenanceStore>();

        // The times of windows that come round are known long before they begin; what is known stays.
        services.AddRounds<MaintenanceStore>("Working out the times of maintenance", TimeSpan.FromHours(6), (store, stopping) => store.WorkOutAsync(stopping), atOnce: true);
        return services;
    }
}
