using System.IO.Compression;
using System.Text;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Files.Uploads;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Connectors.Files;

/// <summary>Connections of kind file, and files for them.</summary>
internal static class GivenFiles
{
    extension(TestConsole console)
    {
        public async Task<Guid> GivenAConnectionAsync(TenantId tenant) =>
            await console.Get<ConnectionStore>().CreateAsync(tenant, new ConnectionDraft($"files {Guid.NewGuid()}", "file", "{}", null), TestConsole.Somebody, CancellationToken.None)
                ?? throw new InvalidOperationException("The connection could not be created.");

        public Task<UploadedFile> UploadAsync(TenantId tenant, Guid connection, string name, byte[] content) =>
            console.Get<UploadedFiles>().ReceiveAsync(tenant, connection, name, new MemoryStream(content), TestConsole.Somebody, CancellationToken.None);
    }

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    public static byte[] Gzip(byte[] plain)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(plain);
        }

        return packed.ToArray();
    }
}
