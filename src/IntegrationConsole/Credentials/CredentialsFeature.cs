namespace IntegrationConsole.Credentials;

public static class CredentialsFeature
{
    public static IServiceCollection AddCredentials(this IServiceCollection services)
    {
        services.AddSingleton<CredentialStore>();
        services.AddSingleton<AccessTokens>();
        services.AddSingleton<CredentialBroker>();
        services.AddSingleton<ConnectionOpener>();
        services.AddSingleton<CircuitProbe>();
        return services;
    }
}
