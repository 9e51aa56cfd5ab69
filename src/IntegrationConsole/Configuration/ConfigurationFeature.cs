using IntegrationConsole.Configuration.Declarations;
using IntegrationConsole.Configuration.Sample;

namespace IntegrationConsole.Configuration;

public static class ConfigurationFeature
{
    public static IServiceCollection AddConfiguration(this IServiceCollection services)
    {
        services.AddSingleton<SeededHistory>();
        services.AddSingleton<Seeding>();
        services.AddSingleton<CommandNames>();
        services.AddSingleton<MappingTests>();
        services.AddSingleton<RunWatch>();
        services.AddSingleton<RunCommand>();
        services.AddSingleton<LettersCommand>();
        services.AddSingleton<ExportCommand>();
        services.AddSingleton<TenantExport>();
        services.AddSingleton<IntegrationExport>();
        services.AddSingleton<ConnectionExport>();
        services.AddSingleton<WebhookExport>();
        AddApply(services);
        services.AddSingleton<SampleSource>();
        services.AddSingleton<SampleIntegrations>();
        services.AddSingleton<SampleWorkspace>();
        services.AddSingleton<SampleColleague>();
        return services;
    }

    private static void AddApply(IServiceCollection services)
    {
        services.AddSingleton<ApplyCommand>();
        services.AddSingleton<DeclarationReader>();
        services.AddSingleton<DeclarationApply>();
        services.AddSingleton<TenantApply>();
        services.AddSingleton<CredentialApply>();
        services.AddSingleton<ConnectionApply>();
        services.AddSingleton<WebhookApply>();
        services.AddSingleton<LookupApply>();
        services.AddSingleton<MappingApply>();
        services.AddSingleton<ReconciliationApply>();
        services.AddSingleton<IntegrationApply>();
    }

    public static WebApplication MapConfiguration(this WebApplication app)
    {
        SampleSource.Map(app);
        return app;
    }
}
