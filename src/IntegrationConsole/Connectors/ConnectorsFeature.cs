using IntegrationConsole.Connectors.Budgets;
using IntegrationConsole.Connectors.Circuits;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Files;
using IntegrationConsole.Connectors.Files.Uploads;
using IntegrationConsole.Connectors.Outgoing;
using IntegrationConsole.Connectors.Rest;
using IntegrationConsole.Connectors.Postgres;

namespace IntegrationConsole.Connectors;

public static class ConnectorsFeature
{
    public static IServiceCollection AddConnectors(this IServiceCollection services)
    {
        services.AddOptions<OutgoingOptions>().BindConfiguration(OutgoingOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<FilesOptions>().BindConfiguration(FilesOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<CircuitOptions>().BindConfiguration(CircuitOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<CircuitStore>();
        services.AddSingleton<CircuitBreaker>();
        services.AddSingleton<BudgetStore>();
        services.AddSingleton<CallShares>();
        services.AddSingleton<CallBudgets>();
        services.AddSingleton<CallGate>();
        services.AddSingleton<OutgoingGuard>();
        services.AddSingleton<OutgoingHttp>();
        services.AddSingleton<CallMeter>();
        services.AddSingleton<Backoff>();
        services.AddSingleton<IConnector, RestConnector>();
        services.AddSingleton<ConnectionStore>();
        services.AddSingleton<UploadedFiles>();
        services.AddRounds<UploadRetention>("Removing abandoned uploads", TimeSpan.FromHours(1), (uploads, stopping) => uploads.RemoveAsync(stopping), atOnce: true);
        services.AddSingleton<IConnector, FileConnector>();
        services.AddSingleton<IConnector, PostgresConnector>();
        services.AddSingleton<ConnectorCatalog>();
        return services;
    }
}
