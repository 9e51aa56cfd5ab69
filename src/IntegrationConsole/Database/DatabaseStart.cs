using System.Net.Sockets;
using Npgsql;

namespace IntegrationConsole.Database;

/// <summary>
/// Opens the console's database before anything else is built: starts the embedded cluster unless another server is
/// named, checks what it found, and migrates it.
/// </summary>
public static class DatabaseStart
{
    private const int OldestSupported = 14;

    /// <summary>More than all the statements of a run.</summary>
    private const int PreparedStatements = 200;

    /// <param name="connectionString">Another PostgreSQL; null or empty takes the embedded one.</param>
    /// <param name="options">Where its files are.</param>
    /// <param name="keepRunning">Whether an embedded cluster that was already running is left running at the end (commands beside a console).</param>
    /// <param name="loggers">For the embedded cluster's own messages.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="StartProblem">With the sentence to show.</exception>
    public static async Task<ConsoleDatabase> OpenAsync(
        string? connectionString, DatabaseOptions options, bool keepRunning, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        ColumnTypes.Register();
        EmbeddedPostgres? embedded = null;
        NpgsqlDataSource? source = null;
        try
        {
            if (string.IsNullOrWhiteSpace(connectionString))
            {
                embedded = await EmbeddedPostgres.StartAsync(options, keepRunning, loggers.CreateLogger<EmbeddedPostgres>(), cancellationToken);
                connectionString = embedded.ConnectionString;
            }

            var settings = Settings(connectionString);
            source = Source(settings, loggers);
            var asApplicationRole = await PrepareAsync(source, settings, cancellationToken);
            return new ConsoleDatabase(source, Prepared(settings, loggers), asApplicationRole, embedded) { ConnectionPassword = settings.Password };
        }
        catch
        {
            if (source is not null)
            {
                await source.DisposeAsync();
            }

            if (embedded is not null)
            {
                await embedded.DisposeAsync();
            }

            throw;
        }
    }

    private static NpgsqlDataSource Source(NpgsqlConnectionStringBuilder settings, ILoggerFactory loggers)
    {
        var shared = new NpgsqlConnectionStringBuilder(settings.ConnectionString) { MaxPoolSize = Math.Max(1, settings.MaxPoolSize - RunsShare(settings)) };
        return new NpgsqlDataSourceBuilder(shared.ConnectionString).UseLoggerFactory(loggers).Build();
    }

    /// <summary>
    /// How the server finds out that a node is cut off: what it had locked is let go as soon as its leases are over, and
    /// not when the system below gives up on the line, hours later. What a connection string says itself comes behind, and wins.
    /// </summary>
    private const string Vanished =
        "-c idle_in_transaction_session_timeout=10s -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3 -c tcp_user_timeout=20s";

    /// <summary>Of the connections that this node may have.</summary>
    private static int RunsShare(NpgsqlConnectionStringBuilder settings) => Math.Max(1, settings.MaxPoolSize / 2);

    /// <summary>
    /// Everything that a session sets is local to its transaction, so nothing has to be reset between two of them. What
    /// reset would forget are the prepared statements, which are the point.
    /// </summary>
    private static NpgsqlDataSource Prepared(NpgsqlConnectionStringBuilder settings, ILoggerFactory loggers)
    {
        var kept = new NpgsqlConnectionStringBuilder(settings.ConnectionString)
        {
            MaxPoolSize = RunsShare(settings), NoResetOnClose = true, MaxAutoPrepare = PreparedStatements, AutoPrepareMinUsages = 2,
        };
        return new NpgsqlDataSourceBuilder(kept.ConnectionString).UseLoggerFactory(loggers).Build();
    }

    private static NpgsqlConnectionStringBuilder Settings(string connectionString)
    {
        try
        {
            var settings = new NpgsqlConnectionStringBuilder(connectionString) { ApplicationName = "IntegrationConsole" };
            if (settings.NoResetOnClose)
            {
                throw new StartProblem("ConnectionStrings__Console must not set No Reset On Close: a pooled connection would keep the last user's settings.");
            }

            if (settings.MaxPoolSize == 100)
            {
                settings.MaxPoolSize = 60;
            }

            settings.Options = $"{Vanished} {settings.Options}".Trim();
            return settings;
        }
        catch (Exception malformed) when (malformed is ArgumentException or FormatException or KeyNotFoundException)
        {
            // Its own message may repeat a part of the string, and a part of the string is a password.
            throw new StartProblem("ConnectionStrings__Console is not a PostgreSQL connection string; it looks like Host=db;Database=console;Username=console;Password=….");
        }
    }

    /// <returns>Whether tenant sessions must step down to the application role.</returns>
    private static async Task<bool> PrepareAsync(NpgsqlDataSource source, NpgsqlConnectionStringBuilder settings, CancellationToken cancellationToken)
    {
        var where = $"{settings.Host}:{settings.Port}";
        try
        {
            await using var connection = await source.OpenConnectionAsync(cancellationToken);
            if (connection.PostgreSqlVersion.Major < OldestSupported)
            {
                throw new StartProblem(
                    $"The PostgreSQL at {where} is version {connection.PostgreSqlVersion}; IntegrationConsole needs {OldestSupported} or newer: name another one in ConnectionStrings__Console.");
            }

            var (superuser, bypasses) = await RightsAsync(connection, cancellationToken);
            if (bypasses && !superuser)
            {
                throw new StartProblem($"The login {settings.Username} at {where} bypasses row-level security, which keeps tenants apart: use a login without BYPASSRLS.");
            }

            await Migrator.MigrateAsync(connection, superuser, cancellationToken);
            return superuser;
        }
        catch (PostgresException refused) when (refused.SqlState is PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification)
        {
            throw new StartProblem($"The PostgreSQL at {where} refused the login {settings.Username}: check Username and Password in ConnectionStrings__Console.", refused);
        }
        catch (PostgresException refused) when (refused.SqlState is PostgresErrorCodes.InvalidCatalogName)
        {
            throw new StartProblem($"The PostgreSQL at {where} has no database {settings.Database}: create it, or name another one in ConnectionStrings__Console.", refused);
        }
        catch (PostgresException refused) when (refused.SqlState is PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new StartProblem($"The login {settings.Username} may not create tables in database {settings.Database} at {where}: make it the owner of that database.", refused);
        }
        catch (NpgsqlException unreachable) when (unreachable.InnerException is SocketException or TimeoutException or IOException)
        {
            throw new StartProblem($"No PostgreSQL answers at {where}: start it, or check Host and Port in ConnectionStrings__Console.", unreachable);
        }
    }

    private static async Task<(bool Superuser, bool Bypasses)> RightsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select rolsuper, rolbypassrls from pg_roles where rolname = current_user", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetBoolean(0), reader.GetBoolean(1));
    }
}
