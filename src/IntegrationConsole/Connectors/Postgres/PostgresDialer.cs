using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Outgoing;
using Npgsql;

namespace IntegrationConsole.Connectors.Postgres;

/// <summary>Connects to the addresses that the guard judged, and signs in.</summary>
internal sealed class PostgresDialer(OutgoingGuard guard, OutgoingOptions limits, TimeProvider clock)
{
    private readonly KnownTables _known = new();

    /// <param name="connection">Whose.</param>
    /// <param name="settings">Where to.</param>
    /// <param name="idle">Sessions that may be used again.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<PostgresSession> DialAsync(OpenConnection connection, PostgresSettings settings, IdleSessions idle, CancellationToken cancellationToken)
    {
        var addresses = await ResolveAsync(settings, cancellationToken);
        var login = await LoginAsync(connection, cancellationToken);
        var door = new SessionDoor(connection.Tenant, connection.Id, connection.Settings.GetRawText(), login);
        return await idle.TakeAsync(door, addresses, cancellationToken) ?? await OpenAnyAsync(settings, addresses, login, door, cancellationToken);
    }

    public async Task<IReadOnlyList<IPAddress>> ResolveAsync(PostgresSettings settings, CancellationToken cancellationToken)
    {
        var addresses = await guard.ResolveAsync(settings.Host, cancellationToken);
        if (settings.Tls is PostgresForm.PreferTls or PostgresForm.NoTls && !guard.MayGoUnencrypted(addresses))
        {
            throw new FailureException(new Failure(
                FailureCause.Configuration, $"{settings.Host} would be called without encryption: choose TLS with its certificate checked.", "unencrypted"));
        }

        return addresses;
    }

    public async Task<PostgresSession> SignInAsync(
        OpenConnection connection, PostgresSettings settings, IReadOnlyList<IPAddress> addresses, CancellationToken cancellationToken) =>
        await OpenAnyAsync(settings, addresses, await LoginAsync(connection, cancellationToken), null, cancellationToken);

    /// <exception cref="FailureException">The connection has none.</exception>
    internal static async Task<DatabaseLogin> LoginAsync(OpenConnection connection, CancellationToken cancellationToken) =>
        await connection.Authentication.LoginAsync(cancellationToken)
        ?? throw new FailureException(new Failure(FailureCause.Auth, $"The connection {connection.Name} has no login: give it a credential with a user and a password."));

    /// <summary>A host may have several addresses of which some do not answer.</summary>
    private async Task<PostgresSession> OpenAnyAsync(
        PostgresSettings settings, IReadOnlyList<IPAddress> addresses, DatabaseLogin login, SessionDoor? door, CancellationToken cancellationToken)
    {
        for (var index = 0; ; index++)
        {
            try
            {
                return await OpenAsync(settings, addresses[index], login, door, cancellationToken);
            }
            catch (NpgsqlException unreachable) when (unreachable.InnerException is SocketException or TimeoutException && index < addresses.Count - 1)
            {
                // The next one may answer; what the last one said is what is told.
            }
        }
    }

    private async Task<PostgresSession> OpenAsync(PostgresSettings settings, IPAddress address, DatabaseLogin login, SessionDoor? door, CancellationToken cancellationToken)
    {
        var source = SourceFor(settings, address, login);
        try
        {
            return new PostgresSession(source, await source.OpenConnectionAsync(cancellationToken), settings.StatementPatience)
            {
                Door = door, Known = door is null ? null : _known, Address = address, Opened = clock.GetTimestamp(),
            };
        }
        catch (NpgsqlException refused)
        {
            await source.DisposeAsync();
            throw refused is PostgresException || refused.InnerException is not null ? refused : new FailureException(DriverRefusal(settings, login, refused), refused);
        }
        catch
        {
            await source.DisposeAsync();
            throw;
        }
    }

    private NpgsqlDataSource SourceFor(PostgresSettings settings, IPAddress address, DatabaseLogin login)
    {
        var builder = new NpgsqlDataSourceBuilder { Name = "postgres connector" };
        Fill(builder.ConnectionStringBuilder, settings, address, login);

        // We connect to an address; the certificate is for the name.
        builder.UseSslClientAuthenticationOptionsCallback(tls => tls.TargetHost = settings.Host.Trim('[', ']'));
        Trust(builder, settings);

        // Values travel as text or as types that every server numbers alike: no need to ask for its types.
        builder.ConfigureTypeLoading(types => types.EnableTypeLoading(false));
        return builder.Build();
    }

    internal void Fill(NpgsqlConnectionStringBuilder options, PostgresSettings settings, IPAddress address, DatabaseLogin login)
    {
        options.Host = address.ToString();
        options.Port = settings.Port ?? PostgresForm.Port;
        options.Database = settings.Database;
        options.Username = login.User;
        options.Password = login.Password;
        options.ApplicationName = "IntegrationConsole";
        options.Pooling = false;
        options.Enlist = false;
        options.Timeout = (int)limits.ConnectWithin.TotalSeconds;

        // The server gives up first, and says so; a connection that fell silent is noticed by us.
        options.CommandTimeout = (int)settings.StatementPatience.TotalSeconds + 15;
        options.TcpKeepAlive = true;
        options.TcpKeepAliveTime = 30;
        options.TcpKeepAliveInterval = 10;
        options.ReadBufferSize = 64 * 1024;
        options.WriteBufferSize = 64 * 1024;
        options.GssEncryptionMode = GssEncryptionMode.Disable;
        options.SslMode = settings.Tls switch
        {
            PostgresForm.NoTls => SslMode.Disable,
            PostgresForm.PreferTls => SslMode.Prefer,
            PostgresForm.VerifyAuthority => SslMode.VerifyCA,
            _ => SslMode.VerifyFull,
        };
    }

    private static void Trust(NpgsqlDataSourceBuilder builder, PostgresSettings settings)
    {
        if (settings.Certificate is { Length: > 0 } pem && builder.ConnectionStringBuilder.SslMode is SslMode.VerifyCA or SslMode.VerifyFull)
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPem(pem);
            builder.UseRootCertificates(authorities);
        }
    }

    /// <summary>The driver refuses by itself, without a code, what the server and the settings cannot agree on.</summary>
    private static Failure DriverRefusal(PostgresSettings settings, DatabaseLogin login, NpgsqlException refused) =>
        refused.Message.Contains("SSL", StringComparison.Ordinal)
            ? new(FailureCause.Configuration, $"{settings.Host} does not offer TLS: turn it on there, or choose another encryption where the network allows it.", "tls")
        : login.Password.Length == 0
            ? new(FailureCause.Auth, $"{settings.Host} asks for a password, and the credential has none.")
        : new(FailureCause.Configuration, $"{settings.Host} asks for a way of signing in that is not supported: let it take a password (SCRAM).");
}
