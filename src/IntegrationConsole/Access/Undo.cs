namespace IntegrationConsole.Access;

/// <summary>The way back from one kind of decision.</summary>
public interface IUndo
{
    /// <summary>What it was decided about, in the words of the trail.</summary>
    string Kind { get; }

    /// <returns>Those of the entries that can still be taken back.</returns>
    Task<IReadOnlyList<long>> PossibleAsync(DatabaseSession session, TenantId tenant, long[] entries, CancellationToken cancellationToken);

    /// <summary>Brings back what was before, in the caller's transaction, with an entry of its own.</summary>
    /// <returns>False where something has happened since.</returns>
    Task<bool> TakeBackAsync(DatabaseSession session, TenantId tenant, UndoStep step, Actor actor, CancellationToken cancellationToken);
}

/// <summary>How one decision is found again.</summary>
/// <param name="Subject">What was decided about, where it is one thing.</param>
/// <param name="Step">The step of its own history, or its version after the decision.</param>
/// <param name="Before">How it was before, where it keeps no history.</param>
/// <param name="At">The moment and the person by which its things are found.</param>
public sealed record UndoStep(long Entry, string Kind, Guid? Subject = null, long? Step = null, string? Before = null, DateTimeOffset? At = null, string? By = null);

/// <summary>
/// Takes decisions back by the number of their entry in the audit trail: at once, or whenever somebody finds them there. The
/// row that names the way goes with the step, so of two who take the same back one does.
/// </summary>
public sealed class Undo(ConsoleDatabase database, IEnumerable<IUndo> ways, TimeProvider clock)
{
    /// <summary>So long a decision can be taken back from the trail; by then its things have moved on, or are deleted.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromDays(90);

    /// <summary>Writes down in the transaction of a decision how it is taken back.</summary>
    public static Task<int> RememberAsync(DatabaseSession session, TenantId tenant, UndoStep step, CancellationToken cancellationToken) => session.RunAsync("""
        insert into audit_undo (tenant_id, entry, kind, subject, step, before, at, by) values (@tenant, @Entry, @Kind, @Subject, @Step, @Before::jsonb, @At, @By)
        """, new { tenant, step.Entry, step.Kind, step.Subject, step.Step, step.Before, step.At, step.By }, cancellationToken);

    /// <returns>Those of the entries that can still be taken back.</returns>
    public async Task<IReadOnlyList<long>> PossibleAsync(TenantId tenant, IReadOnlyCollection<AuditEntry> entries, CancellationToken cancellationToken)
    {
        var possible = new List<long>();
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        foreach (var way in ways)
        {
            var own = entries.Where(entry => entry.ObjectKind == way.Kind && entry.Result is AuditResult.Done).Select(entry => entry.Seq).ToArray();
            possible.AddRange(own.Length == 0 ? [] : await way.PossibleAsync(session, tenant, own, cancellationToken));
        }

        return possible;
    }

    /// <returns>False where something has happened since, or somebody else took it back.</returns>
    public async Task<bool> TakeBackAsync(TenantId tenant, long entry, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var step = await session.FindAsync<UndoStep>("""
            delete from audit_undo where tenant_id = @tenant and entry = @entry returning entry, kind, subject, step, before::text as before, at, by
            """, new { tenant, entry }, cancellationToken);
        if (step is null || !await ways.Single(way => way.Kind == step.Kind).TakeBackAsync(session, tenant, step, actor, cancellationToken))
        {
            return false;
        }

        await session.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>Forgets the ways back from what was decided long ago. The entries of the trail stay.</summary>
    /// <returns>How many.</returns>
    internal async Task<int> ForgetAsync(CancellationToken cancellationToken)
    {
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        var forgotten = await session.RunAsync("""
            delete from audit_undo u using audit_entry e where e.chain = u.tenant_id and e.seq = u.entry and e.at < @before
            """, new { before = clock.GetUtcNow() - KeptFor }, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return forgotten;
    }
}
