using System.Buffers;
using IntegrationConsole.Access;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Tenants;
using Microsoft.Extensions.Options;
using Npgsql;

namespace IntegrationConsole.Connectors.Files.Uploads;

/// <summary>The files that were uploaded for connections, sealed with their tenant's key.</summary>
public sealed class UploadedFiles(ConsoleDatabase database, TenantSeals seals, AuditTrail audit, IOptions<FilesOptions> options, TimeProvider clock)
{
    private const string Columns = "id, connection_id, name, size, sha256, uploaded_by, uploaded_at";
    private const int Piece = 128 * 1024;
    private static readonly TimeSpan Abandoned = TimeSpan.FromDays(1);

    /// <summary>A connection's complete files, by name.</summary>
    public async Task<IReadOnlyList<UploadedFile>> ListAsync(TenantId tenant, Guid connection, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.ListAsync<UploadedFile>($"""
            select {Columns} from uploaded_file
            where tenant_id = @tenant and connection_id = @connection and complete
            order by name collate "C"
            """, new { tenant, connection }, cancellationToken);
    }

    /// <summary>Takes in a whole file, or nothing of it.</summary>
    /// <exception cref="FailureException">It is too large, its name will not do, or the connection is gone.</exception>
    public async Task<UploadedFile> ReceiveAsync(TenantId tenant, Guid connection, string name, Stream content, Actor actor, CancellationToken cancellationToken)
    {
        await using var upload = await BeginAsync(tenant, connection, name, actor, cancellationToken);
        var piece = ArrayPool<byte>.Shared.Rent(Piece);
        try
        {
            int count;
            while ((count = await content.ReadAsync(piece, cancellationToken)) > 0)
            {
                await upload.AppendAsync(piece.AsMemory(0, count), cancellationToken);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece, clearArray: true);
        }

        return await upload.FinishAsync(cancellationToken);
    }

    /// <summary>Begins an upload that arrives piece by piece.</summary>
    public async Task<Upload> BeginAsync(TenantId tenant, Guid connection, string name, Actor actor, CancellationToken cancellationToken)
    {
        var known = UploadName.Of(name);
        var seal = await seals.ForAsync(tenant, cancellationToken);
        var now = clock.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        try
        {
            await session.RunAsync("""
                insert into uploaded_file (tenant_id, id, connection_id, name, size, sha256, uploaded_by, uploaded_at, complete)
                values (@tenant, @id, @connection, @name, 0, ''::bytea, @by, @now, false)
                """, new { tenant, id, connection, name = known, by = actor.Name, now }, cancellationToken);
        }
        catch (PostgresException gone) when (gone.SqlState is PostgresErrorCodes.ForeignKeyViolation)
        {
            throw Gone(known, gone);
        }

        await session.CommitAsync(cancellationToken);
        return new Upload(this, tenant, seal, actor, id, connection, known, options.Value.MostUploadBytes);
    }

    /// <summary>The bytes of a complete file, from the beginning of one of its parts on.</summary>
    public async Task<Stream> OpenAsync(TenantId tenant, Guid id, int fromPart, CancellationToken cancellationToken)
    {
        var seal = await seals.ForAsync(tenant, cancellationToken);
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var file = await session.FindAsync<UploadedFile>(
            $"select {Columns} from uploaded_file where tenant_id = @tenant and id = @id and complete", new { tenant, id }, cancellationToken)
            ?? throw new FailureException(new Failure(FailureCause.Configuration, "The uploaded file is no longer there: it was replaced or deleted.", "file-gone"));
        return new UploadedContent(database, seal, tenant, file, fromPart);
    }

    /// <returns>False when there is no such file.</returns>
    public async Task<bool> DeleteAsync(TenantId tenant, Guid id, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var deleted = await session.FindAsync<UploadedFile>(
            $"delete from uploaded_file where tenant_id = @tenant and id = @id and complete returning {Columns}", new { tenant, id }, cancellationToken);
        if (deleted is null)
        {
            return false;
        }

        await audit.AppendAsync(session, tenant, actor, new AuditEvent("delete", "file", id.ToString(), deleted.Name), cancellationToken);
        await session.NotifyAsync(new Change(ConnectionStore.Topic, tenant, deleted.ConnectionId), cancellationToken);
        await session.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>Housekeeping: removes uploads of any tenant that were begun a day ago and never finished.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> RemoveAbandonedAsync(CancellationToken cancellationToken)
    {
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        var removed = await session.RunAsync(
            "delete from uploaded_file where not complete and uploaded_at < @before", new { before = clock.GetUtcNow() - Abandoned }, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return removed;
    }

    internal async Task KeepPartAsync(TenantId tenant, Upload upload, int number, byte[] part, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        try
        {
            await session.RunAsync(
                "insert into uploaded_file_part (tenant_id, file_id, number, sealed) values (@tenant, @id, @number, @part)",
                new { tenant, id = upload.Id, number, part }, cancellationToken);
        }
        catch (PostgresException gone) when (gone.SqlState is PostgresErrorCodes.ForeignKeyViolation)
        {
            throw Gone(upload.Name, gone);
        }

        await session.CommitAsync(cancellationToken);
    }

    internal async Task<UploadedFile> FinishAsync(TenantId tenant, Upload upload, long size, byte[] sha256, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);

        // Two uploads of one name may finish at the same moment: the lock on their connection lets them do so in turn.
        await session.RunAsync(
            "select 1 from connection where tenant_id = @tenant and id = @connection for no key update",
            new { tenant, connection = upload.ConnectionId }, cancellationToken);
        var replaced = await session.RunAsync(
            "delete from uploaded_file where tenant_id = @tenant and connection_id = @connection and name = @name and complete",
            new { tenant, connection = upload.ConnectionId, name = upload.Name }, cancellationToken);
        var file = await session.FindAsync<UploadedFile>($"""
            update uploaded_file set size = @size, sha256 = @sha256, uploaded_at = @now, complete = true
            where tenant_id = @tenant and id = @id and not complete
            returning {Columns}
            """, new { tenant, id = upload.Id, size, sha256, now = clock.GetUtcNow() }, cancellationToken)
            ?? throw Gone(upload.Name, null);
        var detail = $"{size} bytes, SHA-256 {Convert.ToHexStringLower(sha256)}{(replaced > 0 ? "; in place of an earlier one" : "")}";
        await audit.AppendAsync(session, tenant, actor, new AuditEvent("upload", "file", upload.Id.ToString(), upload.Name, detail), cancellationToken);
        await session.NotifyAsync(new Change(ConnectionStore.Topic, tenant, upload.ConnectionId), cancellationToken);
        await session.CommitAsync(cancellationToken);
        return file;
    }

    internal async Task AbortAsync(TenantId tenant, Guid id)
    {
        try
        {
            await using var session = await database.InTenantAsync(tenant, CancellationToken.None);
            await session.RunAsync(
                "delete from uploaded_file where tenant_id = @tenant and id = @id and not complete", new { tenant, id }, CancellationToken.None);
            await session.CommitAsync(CancellationToken.None);
        }
        catch (NpgsqlException)
        {
            // What made the upload fail matters to the caller, and this must not hide it: housekeeping removes the rest.
        }
    }

    private static FailureException Gone(string name, Exception? inner) =>
        new(new Failure(FailureCause.Configuration, $"The file {name} cannot be kept: its connection or the upload itself was removed meanwhile.", "file-gone"), inner);
}
