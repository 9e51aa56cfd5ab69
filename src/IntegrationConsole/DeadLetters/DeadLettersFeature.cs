using IntegrationConsole.Access;
using IntegrationConsole.DeadLetters.Groups;
using IntegrationConsole.DeadLetters.Retention;
using IntegrationConsole.DeadLetters.Runbooks;
using IntegrationConsole.DeadLetters.Search;

namespace IntegrationConsole.DeadLetters;

public static class DeadLettersFeature
{
    /// <param name="services">Takes the room.</param>
    /// <param name="isWorker">Whether this node sorts letters into groups and ends what groups wait for.</param>
    public static IServiceCollection AddDeadLetters(this IServiceCollection services, bool isWorker = false)
    {
        services.AddSingleton<DeadLetterStore>();
        services.AddSingleton<LetterNeighbours>();
        services.AddSingleton<LetterRanking>();
        services.AddSingleton<RecordSearch>();
        services.AddSingleton<LetterStorage>();
        services.AddSingleton<DeadLetterParking>();
        services.AddSingleton<GroupRules>();
        services.AddSingleton<GroupRuleStore>();
        services.AddSingleton<GroupMerging>();
        services.AddSingleton<GroupChanges>();
        services.AddSingleton<GroupValues>();
        services.AddSingleton<GroupLedger>();
        services.AddSingleton<GroupBacklog>();
        services.AddSingleton<GroupKeeper>();
        services.AddSingleton<GroupDecisions>();
        services.AddSingleton<IUndo>(provider => provider.GetRequiredService<GroupDecisions>());
        services.AddSingleton<IUndo, LetterReturn>();
        services.AddSingleton<FailureGroupStore>();
        services.AddSingleton<RunbookStore>();
        services.AddSingleton<LetterRetention>();
        services.AddSingleton<ExpiringLetters>();
        if (isWorker)
        {
            services.AddRounds<GroupBacklog>("Sorting dead letters into groups", TimeSpan.FromSeconds(5), (backlog, stopping) => backlog.SortAllAsync(stopping));
            services.AddRounds<GroupKeeper>("Looking after failure groups", TimeSpan.FromSeconds(10), (keeper, stopping) => keeper.LookAsync(stopping));
            services.AddRounds<LetterRetention>("Removing old dead letters", TimeSpan.FromHours(1), (retention, stopping) => retention.RemoveAsync(stopping));
        }

        return services;
    }

    public static void MapDeadLetters(this IEndpointRouteBuilder routes) => DeadLetterExport.Map(routes);
}
