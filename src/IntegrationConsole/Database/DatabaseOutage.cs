using Npgsql;

namespace IntegrationConsole.Database;

/// <summary>Tells a database that cannot be reached from a question that it refused.</summary>
public static class DatabaseOutage
{
    /// <summary>The server took this node for one that had vanished.</summary>
    private const string IdleInTransaction = "25P03";

    extension(Exception problem)
    {
        /// <summary>Whether the console's database is what does not work: it heals, and whoever asks again gets an answer.</summary>
        public bool IsDatabaseOutage => problem switch
        {
            PostgresException refused => refused.SqlState is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow
                or PostgresErrorCodes.TooManyConnections or IdleInTransaction,
            NpgsqlException => true,
            { InnerException: { } cause } => cause.IsDatabaseOutage,
            _ => false,
        };

        /// <summary>Whether the server, or what lies before it, ended a connection that was there: on another one the same can be asked at once.</summary>
        public bool IsLineBroken => problem switch
        {
            PostgresException refused => refused.SqlState is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or IdleInTransaction,
            NpgsqlException => problem.InnerException is IOException,
            { InnerException: { } cause } => cause.IsLineBroken,
            _ => false,
        };
    }
}
