using IntegrationConsole.Configuration.Sample;

namespace IntegrationConsole.Configuration;

public static class ConfigurationFeature
{
    public static IServiceCollection AddConfiguration(this IServiceCollection services)
    {
        services.AddSingleton<SeededHistory>();
        services.AddSingleton<Seeding>();
        services.AddSingleton<MappingTests>();
        services.AddSingleton<SampleSource>();
        services.AddSingleton<SampleIntegrations>();
        services.AddSingleton<SampleWorkspace>();
        return services;
    }

    public static WebApplication MapConfiguration(this WebApplication app)
    {
        SampleSource.Map(app);
        return app;
    }
}
