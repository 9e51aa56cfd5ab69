using System.Security.Cryptography;
using IntegrationConsole.Tests.Support;
using Microsoft.AspNetCore.DataProtection;

namespace IntegrationConsole.Tests.Access;

public sealed class Keeping_the_key_ring
{
    [Fact]
    public async Task Cookie_keys_rest_sealed_and_a_second_node_reads_the_first_ones_cookies()
    {
        await using var first = await TestConsole.StartAsync();
        var cookie = first.Get<IDataProtectionProvider>().CreateProtector("cookie").Protect("session");
        await using var second = await TestConsole.StartAsync(beside: first);

        Assert.Equal("session", second.Get<IDataProtectionProvider>().CreateProtector("cookie").Unprotect(cookie));

        await using var session = await first.Database.AcrossTenantsAsync(default);
        var keys = await session.ListAsync<string>("select xml from data_protection_key", null, default);
        Assert.Contains("<sealed", Assert.Single(keys));
        Assert.DoesNotContain("masterKey", keys[0]);
    }

    [Fact]
    public async Task Without_the_master_key_a_copy_of_the_database_reads_no_cookie()
    {
        await using var first = await TestConsole.StartAsync();
        var cookie = first.Get<IDataProtectionProvider>().CreateProtector("cookie").Protect("session");
        await using var thief = await TestConsole.StartAsync(
            beside: first, configure: services => Microsoft.Extensions.DependencyInjection.ServiceCollectionServiceExtensions.AddSingleton(services, new MasterKey([.. Enumerable.Repeat((byte)7, 32)])));

        Assert.ThrowsAny<CryptographicException>(() => thief.Get<IDataProtectionProvider>().CreateProtector("cookie").Unprotect(cookie));
    }
}
