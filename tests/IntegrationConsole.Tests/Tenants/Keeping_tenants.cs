using System.Security.Cryptography;
using IntegrationConsole.Access;
using IntegrationConsole.Tenants;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Tenants;

public sealed class Keeping_tenants
{
    private static readonly TenantSettings Settings = new("North Wind", "north-wind", "Europe/Berlin", "Ada");

    [Fact]
    public async Task Of_two_editors_the_second_is_told()
    {
        await using var console = await TestConsole.StartAsync();
        var store = console.Get<TenantStore>();
        var tenant = (await store.CreateAsync(Settings, TestConsole.Somebody, default))!.Value;

        var first = await store.UpdateAsync(tenant, 1, Settings with { Name = "First" }, TestConsole.Somebody, default);
        var second = await store.UpdateAsync(tenant, 1, Settings with { Name = "Second" }, TestConsole.Somebody, default);

        Assert.Equal((Saved.Done, Saved.Outdated), (first, second));
        Assert.Equal(("First", 2), (await store.FindAsync(tenant, default)) is { } found ? (found.Name, found.Version) : default);
    }

    [Fact]
    public async Task Ten_editors_at_once_save_once()
    {
        await using var console = await TestConsole.StartAsync();
        var store = console.Get<TenantStore>();
        var tenant = (await store.CreateAsync(Settings, TestConsole.Somebody, default))!.Value;

        var saves = await Task.WhenAll(Enumerable.Range(0, 10).Select(number => store.UpdateAsync(tenant, 1, Settings with { Name = $"{number}" }, TestConsole.Somebody, default)));

        Assert.Single(saves, saved => saved is Saved.Done);
    }

    [Fact]
    public async Task An_address_belongs_to_one_tenant()
    {
        await using var console = await TestConsole.StartAsync();
        var store = console.Get<TenantStore>();
        await store.CreateAsync(Settings, TestConsole.Somebody, default);
        var other = (await store.CreateAsync(Settings with { Slug = "other" }, TestConsole.Somebody, default))!.Value;

        Assert.Null(await store.CreateAsync(Settings, TestConsole.Somebody, default));
        Assert.Equal(Saved.Taken, await store.UpdateAsync(other, 1, Settings, TestConsole.Somebody, default));
        Assert.Equal("other", (await store.FindAsync(other, default))!.Slug);
    }

    [Fact]
    public async Task A_change_is_in_the_audit_trail_field_by_field()
    {
        await using var console = await TestConsole.StartAsync();
        var store = console.Get<TenantStore>();
        var tenant = (await store.CreateAsync(Settings, TestConsole.Somebody, default))!.Value;

        await store.UpdateAsync(tenant, 1, new TenantSettings("South Wind", "south-wind", "Europe/Paris", "Grace"), TestConsole.Somebody, default);
        var entry = (await console.Get<AuditTrail>().ListAsync(tenant, new AuditFilter(), null, 1, default)).Single();

        Assert.Equal("name: North Wind → South Wind; address: north-wind → south-wind; time zone: Europe/Berlin → Europe/Paris; contacts", entry.Detail);
    }

    [Fact]
    public async Task A_pause_says_who_why_and_since_when_and_ends_without_a_trace()
    {
        var clock = new ManualClock();
        await using var console = await TestConsole.StartAsync(clock);
        var store = console.Get<TenantStore>();
        var tenant = (await store.CreateAsync(Settings, TestConsole.Somebody, default))!.Value;

        await store.SetPausedAsync(tenant, "migration", TestConsole.Somebody, default);
        var paused = (await store.FindAsync(tenant, default))!;
        await store.SetPausedAsync(tenant, null, TestConsole.Somebody, default);
        var resumed = (await store.FindAsync(tenant, default))!;

        Assert.Equal((clock.GetUtcNow(), "somebody@example.com", "migration"), (paused.PausedAt, paused.PausedBy, paused.PauseReason));
        Assert.Equal((null, null, null), (resumed.PausedAt, resumed.PausedBy, resumed.PauseReason));
    }

    [Fact]
    public async Task Each_tenant_has_a_key_of_its_own_and_what_it_seals_opens_nowhere_else()
    {
        await using var console = await TestConsole.StartAsync();
        var seals = console.Get<TenantSeals>();
        var one = await seals.ForAsync(await console.GivenATenantAsync(), default);
        var other = await seals.ForAsync(await console.GivenATenantAsync(), default);
        var rest = one.Seal("text"u8, "place");

        Assert.Equal("text"u8.ToArray(), one.Open(rest, "place"));
        Assert.ThrowsAny<CryptographicException>(() => other.Open(rest, "place"));
        Assert.ThrowsAny<CryptographicException>(() => one.Open(rest, "another place"));
        rest[^1] ^= 1;
        Assert.ThrowsAny<CryptographicException>(() => one.Open(rest, "place"));
        Assert.NotEqual(one.Seal("text"u8, "place"), one.Seal("text"u8, "place"));
        Assert.Equal(one.Fingerprint("text"u8), one.Fingerprint("text"u8));
        Assert.NotEqual(one.Fingerprint("text"u8), other.Fingerprint("text"u8));
    }
}
