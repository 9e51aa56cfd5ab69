using System.Data.Common;

namespace IntegrationConsole.Database;

public static class DatabaseFeature
{
    /// <summary>Offers the database that <see cref="DatabaseStart"/> opened, and the key that seals what rests in it.</summary>
    public static IServiceCollection AddDatabase(this IServiceCollection services, ConsoleDatabase database, MasterKey key)
    {
        services.AddOptions<DatabaseOptions>().BindConfiguration(DatabaseOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(database);
        services.AddSingleton<DbDataSource>(database.Source);
        services.AddSingleton(key);
        services.AddSingleton<ChangeBroadcaster>();
        services.AddHostedService(provider => provider.GetRequiredService<ChangeBroadcaster>());
        return services;
    }

    /// <summary>The time that everything goes by.</summary>
    internal static IServiceCollection AddClock(this IServiceCollection services, DatabaseClock clock)
    {
        services.AddSingleton<TimeProvider>(clock);
        services.AddHostedService(provider => new ClockAdjustment(clock, provider.GetRequiredService<ILogger<ClockAdjustment>>()));
        return services;
    }
}
