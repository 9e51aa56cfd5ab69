using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace IntegrationConsole.Tenants;

/// <summary>
/// Seals and opens one tenant's secrets and payloads with its own data key (AES-256-GCM). The context, such as
/// <c>credential:…</c>, is authenticated: what was sealed for one place does not open in another.
/// </summary>
public sealed class TenantSeal
{
    public const int FingerprintBytes = HMACSHA256.HashSizeInBytes;

    private readonly byte[] _key;

    internal TenantSeal(byte[] key) => _key = key;

    public byte[] Seal(ReadOnlySpan<byte> plain, string context) => Sealed.Seal(_key, plain, context);

    /// <summary>Tells whether two payloads are the same without showing either (HMAC-SHA-256).</summary>
    public byte[] Fingerprint(ReadOnlySpan<byte> plain) => HMACSHA256.HashData(_key, plain);

    /// <summary>The same, into a place of <see cref="FingerprintBytes"/>.</summary>
    public void Fingerprint(ReadOnlySpan<byte> plain, Span<byte> target) => HMACSHA256.HashData(_key, plain, target);

    /// <exception cref="CryptographicException">Not sealed with this tenant's key in this context.</exception>
    public byte[] Open(ReadOnlySpan<byte> @sealed, string context) => Sealed.Open(_key, @sealed, context);
}

/// <summary>Keeps each tenant's data key, wrapped by the master key. Deleting the key erases what it sealed.</summary>
public sealed class TenantSeals(ConsoleDatabase database, MasterKey master, TimeProvider clock)
{
    private readonly ConcurrentDictionary<TenantId, TenantSeal> _open = new();

    public async Task<TenantSeal> ForAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        if (_open.TryGetValue(tenant, out var known))
        {
            return known;
        }

        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var wrapped = await session.FindAsync<byte[]>("select wrapped from tenant_key where tenant_id = @tenant", new { tenant }, cancellationToken)
            ?? throw new InvalidOperationException($"Tenant {tenant} has no data key: it was erased.");
        return _open.GetOrAdd(tenant, new TenantSeal(master.Open(wrapped, Context(tenant))));
    }

    internal async Task CreateKeyAsync(DatabaseSession session, TenantId tenant, CancellationToken cancellationToken) =>
        await session.RunAsync(
            "insert into tenant_key (tenant_id, wrapped, created_at) values (@tenant, @wrapped, @now)",
            new { tenant, wrapped = master.Seal(RandomNumberGenerator.GetBytes(Sealed.KeyBytes), Context(tenant)), now = clock.GetUtcNow() },
            cancellationToken);

    internal void Forget(TenantId tenant) => _open.TryRemove(tenant, out _);

    private static string Context(TenantId tenant) => $"tenant-key:{tenant}";
}
