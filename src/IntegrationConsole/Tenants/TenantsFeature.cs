namespace IntegrationConsole.Tenants;

public static class TenantsFeature
{
    public static IServiceCollection AddTenants(this IServiceCollection services)
    {
        services.AddSingleton<TenantSeals>();
        services.AddSingleton<TenantStore>();
        return services;
    }
}
