using IntegrationConsole.Access;
using IntegrationConsole.Health.Board;
using IntegrationConsole.Health.Evaluation;
using IntegrationConsole.Health.Figures;
using IntegrationConsole.Health.Limits;
using IntegrationConsole.Health.Metrics;
using IntegrationConsole.Health.Objectives;
using IntegrationConsole.Health.Probing;
using IntegrationConsole.Health.Probes;
using IntegrationConsole.Health.Records;
using IntegrationConsole.Health.Response;
using IntegrationConsole.Health.Telemetry;
using IntegrationConsole.Health.Timeline;
using IntegrationConsole.Health.Triage;
using Quartz;

namespace IntegrationConsole.Health;

public static class HealthFeature
{
    /// <param name="services">Takes the room.</param>
    /// <param name="isWorker">Whether this node evaluates, and needs a running scheduler to be ready.</param>
    public static IServiceCollection AddHealth(this IServiceCollection services, bool isWorker)
    {
        services.AddSingleton<HealthStore>();
        services.AddSingleton<FigureStore>();
        services.AddSingleton<LatestHealth>();
        services.AddSingleton<RecordStories>();
        services.AddSingleton<TimelineStore>();
        services.AddSingleton<MetricStore>();
        services.AddSingleton<MetricReader>();
        services.AddSingleton<ResponseReader>();
        services.AddSingleton<TriageReader>();
        services.AddSingleton<CauseDecisions>();
        services.AddSingleton<IUndo>(provider => provider.GetRequiredService<CauseDecisions>());
        services.AddSingleton<CauseKeeper>();
        services.AddSingleton<LimitReader>();
        services.AddSingleton<TriageAsideReader>();
        services.AddSingleton<SharedTriage>();
        services.AddSingleton<HealthEvaluation>();
        services.AddSingleton<ObjectiveStore>();
        services.AddSingleton<HealthReader>();
        services.AddSingleton<SharedFleet>();
        services.AddOptions<ProbeOptions>().BindConfiguration(ProbeOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<ProbeStore>();
        services.AddSingleton(provider => new Readiness(
            provider.GetRequiredService<ConsoleDatabase>(), provider.GetRequiredService<ChangeBroadcaster>(), provider.GetRequiredService<ISchedulerFactory>(),
            provider.GetRequiredService<TimeProvider>())
        { IsWorker = isWorker });
        AddTelemetry(services);
        if (isWorker)
        {
            services.AddHostedService<HealthEvaluator>();
            services.AddHostedService<ConnectionProbes>();
            services.AddRounds<CauseKeeper>("Looking after causes", TimeSpan.FromMinutes(1), (keeper, stopping) => keeper.LookAsync(stopping));
            services.AddRounds<FigureSums>("Adding figures up", TimeSpan.FromMinutes(5), (sums, stopping) => sums.SumAllAsync(stopping), atOnce: true);
            services.AddRounds<FigureRetention>("Removing old figures", TimeSpan.FromHours(1), (retention, stopping) => retention.DeleteExpiredAsync(stopping));
        }

        return services;
    }

    /// <summary><c>/health/live</c>, <c>/health/ready</c> and <c>/metrics</c>.</summary>
    public static WebApplication MapHealth(this WebApplication app)
    {
        ProbeEndpoints.Map(app);
        MetricsEndpoint.Map(app);
        return app;
    }

    private static void AddTelemetry(IServiceCollection services)
    {
        services.AddOptions<TelemetryOptions>().BindConfiguration(TelemetryOptions.Section)
            .Configure<IConfiguration>((telemetry, configuration) =>
            {
                telemetry.EnvironmentEndpoint = configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] ?? "";
                telemetry.EnvironmentNamesProtocol = !string.IsNullOrEmpty(configuration["OTEL_EXPORTER_OTLP_PROTOCOL"]);
            })
            .ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<MetricsBook>();
        services.AddHostedService(provider => provider.GetRequiredService<MetricsBook>());
        services.AddHostedService<OtlpExport>();
        services.AddHostedService<HealthGauges>();

        // Every node calls outside systems: workers move records, web nodes test connections.
        services.AddSingleton<CallRecorder>();
        services.AddHostedService(provider => provider.GetRequiredService<CallRecorder>());
    }
}
