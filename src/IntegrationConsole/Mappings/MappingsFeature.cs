using IntegrationConsole.Connectors;
using IntegrationConsole.Mappings.Lookups;
using IntegrationConsole.Mappings.Trials;

namespace IntegrationConsole.Mappings;

public static class MappingsFeature
{
    public static IServiceCollection AddMappings(this IServiceCollection services)
    {
        services.AddSingleton<MappingStore>();
        services.AddSingleton<LookupStore>();
        services.AddSingleton<LookupRows>();
        services.AddSingleton<IConnector, LookupConnector>();
        services.AddSingleton<MappingPlans>();
        services.AddSingleton<StreamSamples>();
        services.AddSingleton<SavedTestStore>();
        services.AddSingleton<TestBench>();
        services.AddSingleton<Publication>();
        return services;
    }

    public static void MapMappings(this IEndpointRouteBuilder routes) => LookupDownload.Map(routes);
}
