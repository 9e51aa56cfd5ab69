using Npgsql;

namespace IntegrationConsole.Database;

/// <summary>Tells a database that cannot be reached from a question that it refused.</summary>
public static class DatabaseOutage
{
    extension(Exception problem)
    {
        /// <summary>Whether the console's database is what does not work: it heals, and whoever asks again gets an answer.</summary>
        public bool IsDatabaseOutage => problem switch
        {
            PostgresException refused => refused.SqlState is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow
                or PostgresErrorCodes.TooManyConnections,
            NpgsqlException => true,
            { InnerException: { } cause } => cause.IsDatabaseOutage,
            _ => false,
        };
    }
}
