using IntegrationConsole.Access;
using IntegrationConsole.Tests.Support;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace IntegrationConsole.Tests.Access;

public sealed class Naming_people
{
    [Fact]
    public async Task An_address_is_invited_once_even_by_two_at_the_same_moment()
    {
        await using var world = await AccessWorld.StartAsync();

        var invited = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => world.People.InviteAsync("ada@example.com", "", false, TestConsole.Somebody, default)));

        Assert.Single(invited, result => result.Id is not null);
        Assert.All(invited.Where(result => result.Id is null), result => Assert.Equal("Email 'ada@example.com' is already taken.", result.Problem));
        Assert.Equal("ada@example.com", (await world.People.FindByEmailAsync(" ADA@example.com "))!.DisplayName);
    }

    [Fact]
    public async Task People_change_the_name_they_are_called_by_and_stay_signed_in()
    {
        await using var world = await AccessWorld.StartAsync();
        var ada = await world.GivenAdministratorAsync();
        var self = new Actor(ada, "ada@example.com");
        var before = (await world.People.FindByEmailAsync("ada@example.com"))!.SecurityStamp;

        Assert.Equal("", await world.People.RenameAsync(ada, " Ada King ", self, default));
        Assert.Equal("A name has 1 to 100 characters.", await world.People.RenameAsync(ada, " ", self, default));
        Assert.Equal("A name has 1 to 100 characters.", await world.People.RenameAsync(ada, new string('a', 101), self, default));
        Assert.Equal("A name has 1 to 100 characters.", await world.People.RenameAsync(ada, "Ada\0", self, default));
        Assert.Equal("This person does not exist any more.", await world.People.RenameAsync(Guid.NewGuid(), "Eve", self, default));

        Assert.Equal("Ada King", (await world.Store.FindUserAsync(ada, default))!.DisplayName);
        Assert.Equal(before, (await world.People.FindByEmailAsync("ada@example.com"))!.SecurityStamp);
        var entry = (await world.Audit.ListAsync(null, new AuditFilter(Action: "rename"), null, 10, default)).Single();
        Assert.Equal(("ada@example.com", "Ada King"), (entry.ObjectName, entry.Detail));
    }

    [Fact]
    public async Task Nobody_disables_or_demotes_themselves()
    {
        await using var world = await AccessWorld.StartAsync();
        var ada = await world.GivenAdministratorAsync();
        await world.GivenPersonAsync("grace@example.com", platformAdmin: true);
        var self = new Actor(ada, "ada@example.com");

        Assert.Equal("You cannot do this to yourself: ask another platform admin.", await world.People.SetDisabledAsync(ada, true, self, default));
        Assert.Equal("You cannot do this to yourself: ask another platform admin.", await world.People.SetPlatformAdminAsync(ada, false, self, default));
        Assert.True(await world.Store.IsPlatformAdminAsync(ada, default));
    }

    [Fact]
    public async Task The_last_platform_admin_stays_one()
    {
        await using var world = await AccessWorld.StartAsync();
        var ada = await world.GivenAdministratorAsync();

        // Somebody who never chose a password cannot take over.
        await world.People.InviteAsync("invited@example.com", "", platformAdmin: true, Actor.CommandLine, default);

        Assert.Equal("This is the last platform admin: make somebody else one first.", await world.People.SetDisabledAsync(ada, true, Actor.CommandLine, default));
        Assert.Equal("This is the last platform admin: make somebody else one first.", await world.People.SetPlatformAdminAsync(ada, false, Actor.CommandLine, default));
        Assert.True(await world.Store.IsPlatformAdminAsync(ada, default));

        await world.GivenPersonAsync("grace@example.com", platformAdmin: true);
        Assert.Equal("", await world.People.SetPlatformAdminAsync(ada, false, Actor.CommandLine, default));
    }

    [Fact]
    public async Task Two_admins_who_disable_one_another_at_the_same_moment_do_not_both_succeed()
    {
        await using var world = await AccessWorld.StartAsync();
        var ada = await world.GivenAdministratorAsync();
        var grace = await world.GivenPersonAsync("grace@example.com", platformAdmin: true);

        var answers = await Task.WhenAll(
            world.People.SetDisabledAsync(grace, true, new Actor(ada, "ada"), default), world.People.SetDisabledAsync(ada, true, new Actor(grace, "grace"), default));

        Assert.Single(answers, answer => answer.Length == 0);
        Assert.Single(await world.Store.ListUsersAsync(default), user => user.DisabledAt is null);
    }

    [Fact]
    public async Task A_disabled_person_is_out_everywhere_at_once_and_back_in_when_enabled()
    {
        await using var world = await AccessWorld.StartAsync();
        await world.GivenAdministratorAsync();
        var grace = await world.GivenPersonAsync("grace@example.com");
        var (tenant, slug) = await world.GivenTenantAsync();
        await world.Store.SetRoleAsync(tenant, grace, Role.Operator, TestConsole.Somebody, default);
        var stamp = await StampAsync(world, grace);

        await world.People.SetDisabledAsync(grace, true, TestConsole.Somebody, default);

        Assert.False((await world.SignInAsync("grace@example.com", AccessWorld.Password)).Session);
        Assert.Null(await world.Store.FindTenantAsync(grace, slug, default));
        Assert.Empty(await world.Store.ListTenantsAsync(grace, default));
        Assert.NotEqual(stamp, await StampAsync(world, grace));

        await world.People.SetDisabledAsync(grace, false, TestConsole.Somebody, default);
        Assert.True((await world.SignInAsync("grace@example.com", AccessWorld.Password)).Session);
        Assert.NotNull(await world.Store.FindTenantAsync(grace, slug, default));
    }

    [Fact]
    public async Task A_page_that_has_been_open_for_long_changes_people_as_they_are_now()
    {
        await using var world = await AccessWorld.StartAsync();
        await world.GivenAdministratorAsync();
        var grace = await world.GivenPersonAsync("grace@example.com");
        await using var circuit = world.Console.Get<IServiceScopeFactory>().CreateAsyncScope();
        var people = circuit.ServiceProvider.GetRequiredService<People>();
        Assert.Equal("", await people.SetPlatformAdminAsync(grace, true, TestConsole.Somebody, default));

        // Meanwhile she signs in, which changes her row.
        await world.SignInAsync("grace@example.com", AccessWorld.Password);

        Assert.Equal("", await people.SetPlatformAdminAsync(grace, false, TestConsole.Somebody, default));
        Assert.False(await world.Store.IsPlatformAdminAsync(grace, default));
    }

    [Fact]
    public async Task Roles_are_given_changed_and_taken_away_per_tenant_and_written_down()
    {
        await using var world = await AccessWorld.StartAsync();
        await world.GivenAdministratorAsync();
        var grace = await world.GivenPersonAsync("grace@example.com");
        var (tenant, _) = await world.GivenTenantAsync();
        var (other, _) = await world.GivenTenantAsync();

        await world.Store.SetRoleAsync(tenant, grace, Role.Viewer, TestConsole.Somebody, default);
        await world.Store.SetRoleAsync(tenant, grace, Role.TenantAdmin, TestConsole.Somebody, default);
        Assert.Equal([("grace@example.com", Role.TenantAdmin)], (await world.Store.ListMembersAsync(tenant, default)).Select(member => (member.User.Email, member.Role)));
        Assert.Empty(await world.Store.ListMembersAsync(other, default));

        await world.Store.SetRoleAsync(tenant, grace, null, TestConsole.Somebody, default);
        Assert.Empty(await world.Store.ListGrantsAsync(default));
        Assert.Equal(
            [("revoke", "no role any more"), ("grant", "Tenant admin"), ("grant", "Viewer")],
            (await world.Audit.ListAsync(tenant, new AuditFilter(ObjectKind: "role"), null, 10, default)).Select(entry => (entry.Action, entry.Detail)));
    }

    private static Task<string> StampAsync(AccessWorld world, Guid user) => world.InRequestAsync(async (services, _) =>
    {
        var users = services.GetRequiredService<UserManager<ConsoleUser>>();
        return await users.GetSecurityStampAsync((await users.FindByIdAsync(user.ToString()))!);
    });
}
