using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;

namespace IntegrationConsole.Access;

/// <summary>Keeps the cookie keys in the database, so that every node reads every node's cookies.</summary>
internal sealed class KeyRing(ConsoleDatabase database) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements() => ReadAsync().GetAwaiter().GetResult();

    public void StoreElement(XElement element, string friendlyName) => WriteAsync(element, friendlyName).GetAwaiter().GetResult();

    private async Task<IReadOnlyCollection<XElement>> ReadAsync()
    {
        await using var session = await database.AcrossTenantsAsync(CancellationToken.None);
        var rows = await session.ListAsync<string>("select xml from data_protection_key", null, CancellationToken.None);
        return [.. rows.Select(XElement.Parse)];
    }

    private async Task WriteAsync(XElement element, string name)
    {
        await using var session = await database.AcrossTenantsAsync(CancellationToken.None);
        await session.RunAsync(
            "insert into data_protection_key (name, xml) values (@name, @xml) on conflict (name) do update set xml = excluded.xml",
            new { name, xml = element.ToString(SaveOptions.DisableFormatting) }, CancellationToken.None);
        await session.CommitAsync(CancellationToken.None);
    }
}

/// <summary>
/// Seals the cookie keys with the master key. The framework finds the decryptor by the type name stored beside each
/// key: renaming or moving either class locks everybody out.
/// </summary>
internal sealed class KeyRingEncryptor(MasterKey key) : IXmlEncryptor
{
    internal const string Context = "data-protection-key";

    public EncryptedXmlInfo Encrypt(XElement plaintextElement) => new(
        new XElement("sealed", Convert.ToBase64String(key.Seal(Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting)), Context))),
        typeof(KeyRingDecryptor));
}

internal sealed class KeyRingDecryptor(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement) => XElement.Parse(Encoding.UTF8.GetString(
        services.GetRequiredService<MasterKey>().Open(Convert.FromBase64String(encryptedElement.Value), KeyRingEncryptor.Context)));
}
