using Radzen;

namespace IntegrationConsole.Controls;

public static class ControlsFeature
{
    public static IServiceCollection AddControls(this IServiceCollection services)
    {
        services.AddRadzenComponents();
        services.AddScoped<Toasts>();
        return services;
    }
}
