using IntegrationConsole.Alerts.Channels;
using IntegrationConsole.Alerts.Digests;
using IntegrationConsole.Alerts.Incidents;
using IntegrationConsole.Alerts.Notices;
using IntegrationConsole.Alerts.Rules;
using IntegrationConsole.Alerts.Silences;
using Microsoft.Extensions.Options;

namespace IntegrationConsole.Alerts;

public static class AlertsFeature
{
    /// <param name="services">Takes the room.</param>
    /// <param name="isWorker">Whether this node looks at alerts and sends messages.</param>
    public static IServiceCollection AddAlerts(this IServiceCollection services, bool isWorker)
    {
        services.AddOptions<AlertOptions>().BindConfiguration(AlertOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<ChannelStore>();
        services.AddSingleton<RuleStore>();
        services.AddSingleton<BackTest>();
        services.AddSingleton<SilenceStore>();
        services.AddSingleton<NoticeBook>();
        services.AddSingleton<IncidentStore>();
        services.AddSingleton<AlertEvaluation>();
        services.AddSingleton<MailChannel>();
        services.AddSingleton<HookChannel>();
        services.AddSingleton<ChannelPost>();
        services.AddSingleton<NoticeSender>();
        services.AddSingleton<DigestReader>();
        services.AddSingleton<DigestSubscriptions>();
        services.AddSingleton<DailyDigests>();
        if (isWorker)
        {
            services.AddRounds<AlertEvaluation>(
                "Looking at alerts", provider => provider.GetRequiredService<IOptions<AlertOptions>>().Value.Interval, (evaluation, stopping) => evaluation.EvaluateAsync(stopping));
            services.AddHostedService(provider => provider.GetRequiredService<NoticeSender>());
            services.AddRounds<DailyDigests>("Writing daily summaries", TimeSpan.FromMinutes(1), (digests, stopping) => digests.WriteDueAsync(stopping));
            services.AddRounds<AlertRetention>("Removing old alerts", TimeSpan.FromHours(1), (retention, stopping) => retention.DeleteExpiredAsync(stopping));
        }

        return services;
    }
}
