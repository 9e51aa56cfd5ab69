using IntegrationConsole.Access;
using IntegrationConsole.Tenants;
using IntegrationConsole.Tests.Support;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace IntegrationConsole.Tests.Access;

public sealed class Keeping_the_gate
{
    [Fact]
    public async Task A_tenant_that_one_may_not_see_is_one_that_does_not_exist()
    {
        await using var world = await AccessWorld.StartAsync();
        var ada = await world.GivenAdministratorAsync();
        var grace = await world.GivenPersonAsync("grace@example.com");
        var (tenant, slug) = await world.GivenTenantAsync();
        var (_, invisible) = await world.GivenTenantAsync();
        await world.Store.SetRoleAsync(tenant, grace, Role.Viewer, TestConsole.Somebody, default);

        Assert.Equal((tenant, Role.Viewer), (await world.Store.FindTenantAsync(grace, slug, default)) is { } seen ? (seen.Id, seen.Role!.Value) : default);
        Assert.Null(await world.Store.FindTenantAsync(grace, invisible, default));
        Assert.Null(await world.Store.FindTenantAsync(grace, "no-such-tenant", default));
        Assert.Null(await world.Store.FindTenantAsync(Guid.NewGuid(), slug, default));
        Assert.Equal([slug], (await world.Store.ListTenantsAsync(grace, default)).Select(access => access.Slug));
        Assert.Equal(2, (await world.Store.ListTenantsAsync(ada, default)).Count);
    }

    [Fact]
    public async Task A_tenant_whose_address_changed_is_found_again_by_those_who_may_see_it()
    {
        await using var world = await AccessWorld.StartAsync();
        await world.GivenAdministratorAsync();
        var grace = await world.GivenPersonAsync("grace@example.com");
        var stranger = await world.GivenPersonAsync("stranger@example.com");
        var (tenant, slug) = await world.GivenTenantAsync();
        await world.Store.SetRoleAsync(tenant, grace, Role.Viewer, TestConsole.Somebody, default);
        var tenants = world.Console.Get<TenantStore>();
        var before = (await tenants.FindAsync(tenant, default))!;

        await tenants.UpdateAsync(tenant, before.Version, new TenantSettings(before.Name, "moved", before.TimeZone, before.Contacts), TestConsole.Somebody, default);

        Assert.Null(await world.Store.FindTenantAsync(grace, slug, default));
        Assert.Equal("moved", (await world.Store.FindTenantAsync(grace, tenant, default))!.Slug);
        Assert.Null(await world.Store.FindTenantAsync(stranger, tenant, default));
    }

    [Fact]
    public async Task A_command_is_admitted_by_the_role_as_it_is_now()
    {
        await using var world = await AccessWorld.StartAsync();
        await world.GivenAdministratorAsync();
        var grace = await world.GivenPersonAsync("grace@example.com");
        var (tenant, slug) = await world.GivenTenantAsync();
        await world.Store.SetRoleAsync(tenant, grace, Role.Operator, TestConsole.Somebody, default);

        Assert.Equal(grace, (await AdmitAsync(world, grace, slug, Permission.Replay))!.UserId);
        await world.Store.SetRoleAsync(tenant, grace, Role.Viewer, TestConsole.Somebody, default);
        Assert.Null(await AdmitAsync(world, grace, slug, Permission.Replay));

        var denied = (await world.Audit.ListAsync(tenant, new AuditFilter(Result: AuditResult.Denied), null, 10, default)).Single();
        Assert.Equal(("ada@example.com", "attempt", "replay dead letters", "needs: Operator"), (denied.Actor, denied.Action, denied.ObjectName, denied.Detail));
    }

    [Fact]
    public async Task An_attempt_on_a_tenant_that_one_may_not_see_is_written_into_the_platforms_trail()
    {
        await using var world = await AccessWorld.StartAsync();
        await world.GivenAdministratorAsync();
        var grace = await world.GivenPersonAsync("grace@example.com");
        var (tenant, slug) = await world.GivenTenantAsync();

        Assert.Null(await AdmitAsync(world, grace, slug, Permission.View));

        Assert.Empty(await world.Audit.ListAsync(tenant, new AuditFilter(Result: AuditResult.Denied), null, 10, default));
        Assert.Equal(slug, (await world.Audit.ListAsync(null, new AuditFilter(Action: "attempt"), null, 10, default)).Single().ObjectId);
    }

    [Fact]
    public async Task The_platform_is_for_platform_admins_and_nobody_is_nobody()
    {
        await using var world = await AccessWorld.StartAsync();
        var ada = await world.GivenAdministratorAsync();
        var grace = await world.GivenPersonAsync("grace@example.com");
        var (tenant, slug) = await world.GivenTenantAsync();
        await world.Store.SetRoleAsync(tenant, grace, Role.TenantAdmin, TestConsole.Somebody, default);

        Assert.NotNull(await AdmitAsync(world, ada, null, Permission.AdministerPlatform));
        Assert.NotNull(await AdmitAsync(world, ada, slug, Permission.AdministerPlatform));
        Assert.Null(await AdmitAsync(world, grace, null, Permission.AdministerPlatform));
        Assert.Null(await AdmitAsync(world, grace, slug, Permission.AdministerPlatform));
        Assert.Null(await world.InRequestAsync((services, _) => services.GetRequiredService<Gatekeeper>().AdmitAsync(slug, Permission.View, "look", default)));
    }

    [Theory]
    [InlineData(Permission.View, "mine", true, false)]
    [InlineData(Permission.Configure, "mine", false, false)]
    [InlineData(Permission.View, "other", false, true)]
    [InlineData(Permission.View, "no-such-tenant", false, true)]
    [InlineData(Permission.View, null, true, false)]
    [InlineData(Permission.AdministerPlatform, null, false, false)]
    public async Task A_page_is_opened_forbidden_or_not_there(Permission permission, string? where, bool opened, bool invisible)
    {
        await using var world = await AccessWorld.StartAsync();
        await world.GivenAdministratorAsync();
        var grace = await world.GivenPersonAsync("grace@example.com");
        var (tenant, mine) = await world.GivenTenantAsync();
        var (_, other) = await world.GivenTenantAsync();
        await world.Store.SetRoleAsync(tenant, grace, Role.Operator, TestConsole.Somebody, default);

        var result = await world.InRequestAsync(async (services, context) =>
        {
            context.Request.Path = "/t/somewhere";
            context.Request.RouteValues["tenant"] = where switch { "mine" => mine, "other" => other, _ => where };
            return await services.GetRequiredService<IAuthorizationService>().AuthorizeAsync(AccessWorld.Principal(grace), (HttpContext)context, new PermissionRequirement(permission));
        });

        Assert.Equal(opened, result.Succeeded);
        Assert.Equal(invisible, result.Failure?.FailureReasons.Any(reason => reason.Message == PermissionHandler.Invisible) == true);
        var written = await world.Audit.ListAsync(where == "mine" ? tenant : null, new AuditFilter(Action: "open"), null, 10, default);
        Assert.Equal(opened ? [] : [("/t/somewhere", $"needs: {permission.NeededRole}")], written.Select(entry => (entry.ObjectName, entry.Detail)));
    }

    private static Task<Actor?> AdmitAsync(AccessWorld world, Guid user, string? tenant, Permission permission) =>
        world.AsAsync(user, gate => gate.AdmitAsync(tenant, permission, "replay dead letters", default));
}
