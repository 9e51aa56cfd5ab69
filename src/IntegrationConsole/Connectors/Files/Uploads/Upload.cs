using System.Buffers;
using System.Security.Cryptography;
using IntegrationConsole.Access;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Tenants;

namespace IntegrationConsole.Connectors.Files.Uploads;

/// <summary>
/// A file on its way in. What is appended is cut into parts of one megabyte, each sealed for its place; nobody sees the
/// file before <see cref="FinishAsync"/>. Disposed before that, it is undone; if the process stops before that,
/// housekeeping undoes it a day later. Not for use by two threads at once.
/// </summary>
public sealed class Upload : IAsyncDisposable
{
    public const int PartBytes = 1024 * 1024;

    private readonly UploadedFiles _files;
    private readonly TenantId _tenant;
    private readonly TenantSeal _seal;
    private readonly Actor _actor;
    private readonly long _most;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _part = ArrayPool<byte>.Shared.Rent(PartBytes);
    private int _filled;
    private int _number;
    private long _size;
    private bool _finished;

    internal Upload(UploadedFiles files, TenantId tenant, TenantSeal seal, Actor actor, Guid id, Guid connection, string name, long most)
    {
        (_files, _tenant, _seal, _actor, _most) = (files, tenant, seal, actor, most);
        (Id, ConnectionId, Name) = (id, connection, name);
    }

    public Guid Id { get; }

    public Guid ConnectionId { get; }

    public string Name { get; }

    /// <exception cref="FailureException">The file is larger than the console takes.</exception>
    public async Task AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        _size += bytes.Length;
        if (_size > _most)
        {
            throw new FailureException(new Failure(
                FailureCause.TooLarge, $"The file {Name} is larger than {_most / (1024 * 1024)} MB: compress it with gzip, split it, or raise Files__MostUploadBytes.", "file-size"));
        }

        _hash.AppendData(bytes.Span);
        while (!bytes.IsEmpty)
        {
            var count = Math.Min(bytes.Length, PartBytes - _filled);
            bytes[..count].CopyTo(_part.AsMemory(_filled));
            bytes = bytes[count..];
            _filled += count;
            if (_filled == PartBytes)
            {
                await KeepPartAsync(cancellationToken);
            }
        }
    }

    /// <summary>Makes the file visible, in place of an earlier one of the same name.</summary>
    public async Task<UploadedFile> FinishAsync(CancellationToken cancellationToken)
    {
        if (_filled > 0)
        {
            await KeepPartAsync(cancellationToken);
        }

        var file = await _files.FinishAsync(_tenant, this, _size, _hash.GetCurrentHash(), _actor, cancellationToken);
        _finished = true;
        return file;
    }

    public async ValueTask DisposeAsync()
    {
        _hash.Dispose();
        ArrayPool<byte>.Shared.Return(_part, clearArray: true);
        if (!_finished)
        {
            await _files.AbortAsync(_tenant, Id);
        }
    }

    internal static int PartsOf(long size) => checked((int)((size + PartBytes - 1) / PartBytes));

    /// <summary>A part opens only as this part of this file: parts cannot be swapped in the database.</summary>
    internal static string ContextOf(Guid file, int number) => $"uploaded-file:{file}:{number}";

    private async Task KeepPartAsync(CancellationToken cancellationToken)
    {
        var part = _seal.Seal(_part.AsSpan(0, _filled), ContextOf(Id, _number));
        await _files.KeepPartAsync(_tenant, this, _number, part, cancellationToken);
        _number++;
        _filled = 0;
    }
}
