using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Outgoing;
using IntegrationConsole.Connectors.Postgres;
using IntegrationConsole.Connectors.Postgres.Changes;
using IntegrationConsole.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using OutsideWorld;

namespace IntegrationConsole.Tests.Connectors.Postgres;

/// <summary>A server of its own, whose certificate is for a name and not for the address that we connect to.</summary>
public sealed class Encrypting_the_connection
{
    [Fact]
    public async Task The_certificate_is_checked_against_the_name_although_an_address_is_called()
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(console);
        var folder = Directory.CreateTempSubdirectory("console-tls-").FullName;
        await using var server = await EmbeddedPostgres.StartAsync(new DatabaseOptions { DataFolder = folder, EmbeddedPort = Ports.Free() }, besideConsole: false, NullLogger<EmbeddedPostgres>.Instance, CancellationToken.None);
        using var authority = Authority();
        await EncryptAsync(server, Path.Combine(folder, "postgres"), authority);
        var login = new NpgsqlConnectionStringBuilder(server.ConnectionString);
        var trusted = authority.ExportCertificatePem();

        var verified = await CheckAsync("localhost", "verify", trusted);
        var otherName = await CheckAsync("127.0.0.1", "verify", trusted);
        var nameIgnored = await CheckAsync("127.0.0.1", "verify-authority", trusted);
        var otherAuthority = await CheckAsync("127.0.0.1", "verify-authority", Authority().ExportCertificatePem());
        var noAuthority = await CheckAsync("localhost", "verify", null);
        var unchecked_ = await CheckAsync("127.0.0.1", "prefer", null);

        Assert.True(verified.Passed, verified.Summary);
        Assert.True(nameIgnored.Passed, nameIgnored.Summary);
        Assert.True(unchecked_.Passed, unchecked_.Summary);
        Assert.Contains("encrypted with TLSv1.3", verified.Steps[1].Answer);
        Assert.Contains("encrypted with TLSv1.3", unchecked_.Steps[1].Answer);
        Assert.All([otherName, otherAuthority, noAuthority], refused => Assert.Contains("certificate", refused.Summary));
        Assert.All([otherName, otherAuthority, noAuthority], refused => Assert.False(refused.Passed));
        await AdministerAsync(server, "alter role console replication");
        Assert.Null(await ListenAsync("localhost", trusted));
        Assert.All([await ListenAsync("127.0.0.1", trusted), await ListenAsync("localhost", Authority().ExportCertificatePem()), await ListenAsync("localhost", null)], problem => Assert.IsType<AuthenticationException>(problem?.InnerException));
        await server.DisposeAsync();
        Directory.Delete(folder, recursive: true);

        // The driver's connections for replication are another kind.
        Task<Exception?> ListenAsync(string host, string? certificate)
        {
            var connection = database.Connection(("host", host), ("port", login.Port), ("database", login.Database), ("tls", "verify"), ("certificate", certificate))
                with
            { Authentication = new CustomerDatabase.Login(login.Username!, login.Password!) };
            var dialer = new ReplicationDialer(new PostgresDialer(console.Get<OutgoingGuard>(), console.Get<IOptions<OutgoingOptions>>().Value, TimeProvider.System));
            return Record.ExceptionAsync(async () => await (await dialer.DialAsync(connection, connection.Read<PostgresSettings>(), CancellationToken.None)).DisposeAsync());
        }

        Task<CheckReport> CheckAsync(string host, string tls, string? certificate) => database.Connector.CheckAsync(
            database.Connection(("host", host), ("port", login.Port), ("database", login.Database), ("tls", tls), ("certificate", certificate))
                with
            { Authentication = new CustomerDatabase.Login(login.Username!, login.Password!) },
            CancellationToken.None);
    }

    private static async Task AdministerAsync(EmbeddedPostgres server, string sql)
    {
        await using var connection = new NpgsqlConnection(server.AdministratorConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static X509Certificate2 Authority()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=Test authority", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        return request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(2));
    }

    private static async Task EncryptAsync(EmbeddedPostgres server, string cluster, X509Certificate2 authority)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(authority, TimeProvider.System.GetUtcNow().AddHours(-1), TimeProvider.System.GetUtcNow().AddDays(1), [1, 2, 3, 4]);
        await File.WriteAllTextAsync(Path.Combine(cluster, "server.crt"), certificate.ExportCertificatePem());
        var keyFile = Path.Combine(cluster, "server.key");
        await File.WriteAllTextAsync(keyFile, key.ExportPkcs8PrivateKeyPem());
        File.SetUnixFileMode(keyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        PostgresAccount.For(cluster).TakeOver(keyFile);
        PostgresAccount.For(cluster).TakeOver(Path.Combine(cluster, "server.crt"));

        await using var connection = new NpgsqlConnection(server.AdministratorConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        foreach (var sql in (string[])["alter system set ssl = on", "select pg_reload_conf()"])
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync();
        }

        // Reloading is asynchronous: a new session tells whether it has happened.
        while (true)
        {
            await using var probe = new NpgsqlConnection(server.AdministratorConnectionString + ";Pooling=false");
            await probe.OpenAsync();
            await using var command = new NpgsqlCommand("show ssl", probe);
            if (await command.ExecuteScalarAsync() is "on")
            {
                return;
            }
        }
    }
}
