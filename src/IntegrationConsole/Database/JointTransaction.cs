using Npgsql;

namespace IntegrationConsole.Database;

/// <summary>
/// One transaction around many sessions. Each session is a part of it behind a savepoint: one that does not commit is
/// undone alone, one that does waits for the whole. A stop before <see cref="CommitAsync"/> leaves nothing behind.
/// </summary>
public sealed class JointTransaction : IAsyncDisposable
{
    private readonly DatabaseSession _whole;
    private int _parts;

    internal JointTransaction(DatabaseSession whole) => _whole = whole;

    internal bool IsOpen { get; private set; } = true;

    /// <summary>Whose rows are in reach now; null for those of all tenants.</summary>
    internal TenantId? Tenant { get; private set; }

    /// <summary>Keeps others who ask for the same lock out until the end.</summary>
    /// <returns>False where somebody else has it.</returns>
    public Task<bool> TryLockAsync(string name, CancellationToken cancellationToken) =>
        _whole.OneAsync<bool>("select pg_try_advisory_xact_lock(hashtextextended(@name, 0))", new { name }, cancellationToken);

    /// <summary>Keeps everything that was committed in its parts.</summary>
    public Task CommitAsync(CancellationToken cancellationToken) => _whole.CommitAsync(cancellationToken);

    public ValueTask DisposeAsync()
    {
        IsOpen = false;
        return _whole.DisposeAsync();
    }

    internal async Task<DatabaseSession> JoinAsync(TenantId? tenant, CancellationToken cancellationToken)
    {
        var part = new JointPart(this, _whole.Transaction, $"part_{++_parts}", Tenant);

        // Before the savepoint: going back to it must not bring an older scope back.
        await EnterAsync(tenant, cancellationToken);
        await part.BeginAsync(cancellationToken);
        return _whole.PartOf(part);
    }

    internal async Task EnterAsync(TenantId? tenant, CancellationToken cancellationToken)
    {
        if (tenant == Tenant)
        {
            return;
        }

        await using var scope = new NpgsqlBatch(_whole.Connection, _whole.Transaction);
        scope.BatchCommands.Add(DatabaseSession.Scope(tenant));
        await scope.ExecuteNonQueryAsync(cancellationToken);
        Tenant = tenant;
    }
}

/// <summary>What one session adds to a joint transaction.</summary>
/// <param name="joint">The whole.</param>
/// <param name="transaction">Its transaction.</param>
/// <param name="savepoint">Where the part begins.</param>
/// <param name="outer">Whose rows were in reach before; null for those of all tenants.</param>
internal sealed class JointPart(JointTransaction joint, NpgsqlTransaction transaction, string savepoint, TenantId? outer) : IAsyncDisposable
{
    private bool _isKept;

    public Task BeginAsync(CancellationToken cancellationToken) => transaction.SaveAsync(savepoint, cancellationToken);

    public async Task KeepAsync(CancellationToken cancellationToken)
    {
        await transaction.ReleaseAsync(savepoint, cancellationToken);
        _isKept = true;
    }

    public async ValueTask DisposeAsync()
    {
        // A connection that broke has undone everything already.
        if (transaction.Connection is not { State: System.Data.ConnectionState.Open })
        {
            return;
        }

        if (!_isKept)
        {
            // Released as well, or the parts after it would stand inside it.
            await transaction.RollbackAsync(savepoint, CancellationToken.None);
            await transaction.ReleaseAsync(savepoint, CancellationToken.None);
        }

        await joint.EnterAsync(outer, CancellationToken.None);
    }
}
