using System.Security.Cryptography;
using System.Text;

namespace IntegrationConsole.Database;

/// <summary>
/// The key that wraps all other keys: 32 bytes from the environment or from a file that only the console's user may
/// read. A backup needs it as much as the database. Sealing is AES-256-GCM (NIST SP 800-38D) with a random nonce; the
/// context is authenticated, so a sealed value cannot be moved to another place.
/// </summary>
public sealed class MasterKey
{
    private readonly byte[] _key;

    public MasterKey(byte[] key)
    {
        if (key.Length != Sealed.KeyBytes)
        {
            throw new StartProblem($"The master key has {key.Length} bytes and needs {Sealed.KeyBytes}: set Console__MasterKey to Base64 of {Sealed.KeyBytes} random bytes.");
        }

        _key = key;
    }

    public static MasterKey Load(DatabaseOptions options)
    {
        var text = options.MasterKey;
        if (text.Length == 0)
        {
            var file = options.MasterKeyFile.Length > 0 ? options.MasterKeyFile : Path.Combine(DataFolder.Open(options.DataFolder), "master.key");
            try
            {
                text = SecretFile.ReadOrCreate(file, () => Convert.ToBase64String(RandomNumberGenerator.GetBytes(Sealed.KeyBytes)));
            }
            catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
            {
                throw new StartProblem($"The master key file {file} cannot be read or created ({refused.Message}): check Console__MasterKeyFile.", refused);
            }
        }

        try
        {
            return new MasterKey(Convert.FromBase64String(text));
        }
        catch (FormatException)
        {
            throw new StartProblem($"The master key is not Base64: set Console__MasterKey to Base64 of {Sealed.KeyBytes} random bytes.");
        }
    }

    public byte[] Seal(ReadOnlySpan<byte> plain, string context) => Sealed.Seal(_key, plain, context);

    /// <exception cref="CryptographicException">Not sealed by this key, in this context.</exception>
    public byte[] Open(ReadOnlySpan<byte> @sealed, string context) => Sealed.Open(_key, @sealed, context);

    /// <summary>A secret for one purpose that never has to be stored (HKDF, RFC 5869).</summary>
    public string Derive(string purpose) => Convert.ToHexStringLower(HKDF.DeriveKey(HashAlgorithmName.SHA256, _key, Sealed.KeyBytes, info: Encoding.UTF8.GetBytes(purpose)));

    /// <summary>Refuses to start with a key that cannot open what the database holds.</summary>
    public async Task ProveAsync(ConsoleDatabase database, CancellationToken cancellationToken)
    {
        const string Context = "master-key-proof";
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        await session.RunAsync(
            "insert into master_key_proof (id, sealed) values (1, @proof) on conflict do nothing",
            new { proof = Seal(Encoding.UTF8.GetBytes(Context), Context) }, cancellationToken);
        var proof = await session.OneAsync<byte[]>("select sealed from master_key_proof where id = 1", null, cancellationToken);
        try
        {
            Open(proof, Context);
        }
        catch (CryptographicException)
        {
            throw new StartProblem("The master key is not the one that sealed this database: restore master.key (or Console__MasterKey) from the backup that belongs to it.");
        }

        await session.CommitAsync(cancellationToken);
    }
}
