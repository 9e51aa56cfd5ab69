using Npgsql;

namespace IntegrationConsole.Database;

/// <summary>
/// The console's own PostgreSQL. Rows are reached through a session that names its scope; a query that forgets its
/// tenant then finds nothing, because row-level security stands underneath.
/// </summary>
public sealed class ConsoleDatabase : IAsyncDisposable
{
    private readonly EmbeddedPostgres? _embedded;
    private readonly NpgsqlDataSource _prepared;
    private readonly bool _asApplicationRole;
    private readonly AsyncLocal<JointTransaction?> _joint = new();

    internal ConsoleDatabase(NpgsqlDataSource source, NpgsqlDataSource prepared, bool asApplicationRole, EmbeddedPostgres? embedded)
    {
        Source = source;
        _prepared = prepared;
        _asApplicationRole = asApplicationRole;
        _embedded = embedded;
    }

    /// <summary>For the scheduler's store and for LISTEN; tenant rows are not visible through it.</summary>
    public NpgsqlDataSource Source { get; }

    /// <summary>Whether the cluster was started by the console itself.</summary>
    public bool IsEmbedded => _embedded is not null;

    public Task<DatabaseSession> InTenantAsync(TenantId tenant, CancellationToken cancellationToken) => OpenAsync(Source, tenant, cancellationToken);

    /// <summary>
    /// The same for what every run does again and again: its connections keep their statements prepared, which for a small
    /// run is most of what the server has to do. Only for statements that are right with one plan for all values: those
    /// that go by keys, and not lists with filters that may be empty.
    /// </summary>
    public Task<DatabaseSession> PreparedAsync(TenantId tenant, CancellationToken cancellationToken) => OpenAsync(_prepared, tenant, cancellationToken);

    /// <summary>The same across tenants.</summary>
    public Task<DatabaseSession> PreparedAcrossTenantsAsync(CancellationToken cancellationToken) => OpenAsync(_prepared, null, cancellationToken);

    /// <summary>All tenants' rows: for sign-in, fleet pages (which pass the tenants one may see) and housekeeping.</summary>
    public Task<DatabaseSession> AcrossTenantsAsync(CancellationToken cancellationToken) => OpenAsync(Source, null, cancellationToken);

    /// <summary>
    /// Makes operations that each commit for themselves happen in one transaction: every session that is opened inside
    /// <paramref name="act"/> joins it, and is kept only when it says so at its end. Not for work on several threads.
    /// </summary>
    public async Task<T> TogetherAsync<T>(Func<JointTransaction, Task<T>> act, CancellationToken cancellationToken)
    {
        await using var joint = new JointTransaction(await DatabaseSession.OpenAsync(Source, null, _asApplicationRole, cancellationToken));
        _joint.Value = joint;
        return await act(joint);
    }

    /// <summary>
    /// Makes a second database with a login of its own on the same server, for sample data; both are left as they are
    /// where they exist, but for the login's password, which is new each time.
    /// </summary>
    /// <returns>How to reach it, or null where this server does not let us make one.</returns>
    public async Task<NpgsqlConnectionStringBuilder?> CreateGuestDatabaseAsync(string name, string password, CancellationToken cancellationToken)
    {
        var ours = new NpgsqlConnectionStringBuilder(_embedded?.AdministratorConnectionString ?? Source.ConnectionString);
        if (_embedded is null)
        {
            // The data source hides its password; the setting it was made from does not.
            ours.Password = ConnectionPassword;
        }

        try
        {
            await GuestDatabase.CreateAsync(ours.ConnectionString, name, password, cancellationToken);
        }
        catch (PostgresException refused) when (refused.SqlState is PostgresErrorCodes.InsufficientPrivilege)
        {
            return null;
        }

        return new NpgsqlConnectionStringBuilder { Host = ours.Host, Port = ours.Port, Database = name, Username = name, Password = password };
    }

    /// <summary>
    /// One statement in one transaction in one round trip, for what comes by the thousand and may be repeated: where a
    /// pooled connection had been closed by the server, it is sent once more.
    /// </summary>
    /// <returns>The first column of its rows.</returns>
    public async Task<IReadOnlyList<T?>> AtOnceAsync<T>(TenantId tenant, Func<NpgsqlBatchCommand> statement, CancellationToken cancellationToken)
    {
        try
        {
            return await OneTrip.GoAsync<T>(_prepared, tenant, _asApplicationRole, statement(), cancellationToken);
        }
        catch (NpgsqlException gone) when (gone is PostgresException { SqlState: PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown } || gone.InnerException is IOException)
        {
            _prepared.Clear();
            return await OneTrip.GoAsync<T>(_prepared, tenant, _asApplicationRole, statement(), cancellationToken);
        }
    }

    /// <summary>
    /// What one statement finds that changes nothing, in one round trip: a session takes three. For statements that are
    /// right with one plan for all values, as in <see cref="PreparedAsync"/>.
    /// </summary>
    public Task<IReadOnlyList<T>> ListAtOnceAsync<T>(TenantId tenant, string sql, object args, CancellationToken cancellationToken) => LookAsync<T>(tenant, sql, args, cancellationToken);

    /// <summary>The same across tenants.</summary>
    public Task<IReadOnlyList<T>> ListAtOnceAcrossTenantsAsync<T>(string sql, object args, CancellationToken cancellationToken) => LookAsync<T>(null, sql, args, cancellationToken);

    /// <summary>The row, or null where there is none; throws where there are several.</summary>
    public async Task<T?> FindAtOnceAsync<T>(TenantId tenant, string sql, object args, CancellationToken cancellationToken) =>
        (await LookAsync<T>(tenant, sql, args, cancellationToken)).SingleOrDefault();

    internal string? ConnectionPassword { get; init; }

    private Task<DatabaseSession> OpenAsync(NpgsqlDataSource source, TenantId? tenant, CancellationToken cancellationToken) =>
        _joint.Value is { IsOpen: true } joint ? joint.JoinAsync(tenant, cancellationToken) : DatabaseSession.OpenAsync(source, tenant, _asApplicationRole, cancellationToken);

    private async Task<IReadOnlyList<T>> LookAsync<T>(TenantId? tenant, string sql, object args, CancellationToken cancellationToken)
    {
        if (_joint.Value is { IsOpen: true } joint)
        {
            await using var part = await joint.JoinAsync(tenant, cancellationToken);
            return await part.ListAsync<T>(sql, args, cancellationToken);
        }

        try
        {
            return await OneTrip.LookAsync<T>(_prepared, tenant, _asApplicationRole, sql, args, cancellationToken);
        }
        catch (NpgsqlException gone) when (gone is PostgresException { SqlState: PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown } || gone.InnerException is IOException)
        {
            _prepared.Clear();
            return await OneTrip.LookAsync<T>(_prepared, tenant, _asApplicationRole, sql, args, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _prepared.DisposeAsync();
        await Source.DisposeAsync();
        if (_embedded is not null)
        {
            await _embedded.DisposeAsync();
        }
    }
}
