namespace IntegrationConsole.DeadLetters;

public static class DeadLettersFeature
{
    public static IServiceCollection AddDeadLetters(this IServiceCollection services)
    {
        services.AddSingleton<DeadLetterStore>();
        services.AddSingleton<LetterStorage>();
        services.AddSingleton<DeadLetterParking>();
        return services;
    }

    public static void MapDeadLetters(this IEndpointRouteBuilder routes) => DeadLetterExport.Map(routes);
}
