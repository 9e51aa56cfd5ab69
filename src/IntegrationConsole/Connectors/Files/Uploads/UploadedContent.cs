using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Tenants;

namespace IntegrationConsole.Connectors.Files.Uploads;

/// <summary>The bytes of an uploaded file, fetched and opened one part at a time.</summary>
internal sealed class UploadedContent(ConsoleDatabase database, TenantSeal seal, TenantId tenant, UploadedFile file, int fromPart) : ReadOnlyStream
{
    private readonly int _parts = Upload.PartsOf(file.Size);
    private int _next = fromPart;
    private ReadOnlyMemory<byte> _rest;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_rest.IsEmpty && _next < _parts)
        {
            _rest = await FetchAsync(cancellationToken);
            _next++;
        }

        var count = Math.Min(buffer.Length, _rest.Length);
        _rest[..count].CopyTo(buffer);
        _rest = _rest[count..];
        return count;
    }

    /// <summary>Each part in a transaction of its own: a slow reader must not keep one open for hours.</summary>
    private async Task<byte[]> FetchAsync(CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var part = await session.FindAsync<byte[]>(
            "select sealed from uploaded_file_part where tenant_id = @tenant and file_id = @id and number = @number",
            new { tenant, id = file.Id, number = _next }, cancellationToken);
        return part is null
            ? throw new FailureException(new Failure(
                FailureCause.Configuration, $"The file {file.Name} was replaced or deleted while it was being read: start a new run.", "file-changed"))
            : seal.Open(part, Upload.ContextOf(file.Id, _next));
    }
}
