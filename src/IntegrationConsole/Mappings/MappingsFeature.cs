using IntegrationConsole.Mappings.Trials;

namespace IntegrationConsole.Mappings;

public static class MappingsFeature
{
    public static IServiceCollection AddMappings(this IServiceCollection services)
    {
        services.AddSingleton<MappingStore>();
        services.AddSingleton<LookupStore>();
        services.AddSingleton<MappingPlans>();
        services.AddSingleton<StreamSamples>();
        services.AddSingleton<SavedTestStore>();
        services.AddSingleton<TestBench>();
        services.AddSingleton<Publication>();
        return services;
    }
}
