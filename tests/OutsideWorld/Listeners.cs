using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace OutsideWorld;

/// <summary>The three doors: plain, TLS with a self-signed certificate, and HTTP/2 without TLS.</summary>
internal static class Listeners
{
    public static void Listen(this WebApplicationBuilder builder, Uri address, TimeProvider clock)
    {
        var host = address.Host == "localhost" ? IPAddress.Loopback : IPAddress.Parse(address.Host);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(host, address.Port, door => door.Protocols = HttpProtocols.Http1);
            kestrel.Listen(host, 0, door => door.UseHttps(SelfSigned(clock)));
            kestrel.Listen(host, 0, door => door.Protocols = HttpProtocols.Http2);
        });
    }

    private static X509Certificate2 SelfSigned(TimeProvider clock)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=outside.example", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        var now = clock.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddYears(1));
    }
}
