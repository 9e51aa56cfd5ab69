using IntegrationConsole.Connectors;
using IntegrationConsole.Webhooks.Deliveries;
using IntegrationConsole.Webhooks.Reading;
using IntegrationConsole.Webhooks.Receiving;

namespace IntegrationConsole.Webhooks;

public static class WebhooksFeature
{
    public static IServiceCollection AddWebhooks(this IServiceCollection services)
    {
        services.AddOptions<LetterboxOptions>().BindConfiguration(LetterboxOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<WebhookStore>();
        services.AddSingleton<WebhookSecretStore>();
        services.AddSingleton<WebhookFigures>();
        services.AddSingleton<DeliveryStore>();
        services.AddSingleton<DeliverySearch>();
        services.AddSingleton<IConnector, WebhookConnector>();
        services.AddSingleton<OpenEndpoints>();
        services.AddSingleton<LetterboxPace>();
        services.AddSingleton<BodyReader>();
        services.AddSingleton<DeliveryInsert>();
        services.AddSingleton<DeliveryKeeper>();
        services.AddSingleton<TrialMark>();
        services.AddSingleton<TrialDelivery>();
        services.AddSingleton<RefusalCounts>();
        services.AddHostedService(provider => provider.GetRequiredService<RefusalCounts>());
        services.AddSingleton<Letterbox>();
        return services;
    }

    public static WebApplication MapWebhooks(this WebApplication app)
    {
        LetterboxDoor.Map(app);
        return app;
    }
}
