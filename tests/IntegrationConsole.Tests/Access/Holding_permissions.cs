using IntegrationConsole.Access;

namespace IntegrationConsole.Tests.Access;

public sealed class Holding_permissions
{
    [Theory]
    [InlineData(Role.Viewer, "View")]
    [InlineData(Role.Operator, "View ViewPayload Run Replay")]
    [InlineData(Role.Integrator, "View ViewPayload Run Replay Configure")]
    [InlineData(Role.TenantAdmin, "View ViewPayload Run Replay Configure Administer")]
    public void Each_role_holds_these_and_no_other_permissions(Role role, string held)
    {
        var access = new TenantAccess(default, "t", "T", role, IsPlatformAdmin: false);

        Assert.Equal(held.Split(' '), Enum.GetValues<Permission>().Where(access.May).Select(permission => permission.ToString()));
        Assert.Equal(held.Split(' '), Enum.GetValues<Permission>().Where(permission => role.Holds(permission)).Select(permission => permission.ToString()));
    }

    [Fact]
    public void A_platform_admin_holds_all_of_them_and_nobody_none()
    {
        Assert.All(Enum.GetValues<Permission>(), permission => Assert.True(new TenantAccess(default, "t", "T", null, IsPlatformAdmin: true).May(permission)));
        Assert.All(Enum.GetValues<Permission>(), permission => Assert.False(new TenantAccess(default, "t", "T", null, IsPlatformAdmin: false).May(permission)));
    }

    [Fact]
    public void The_role_to_ask_for_is_the_least_that_holds_the_permission()
    {
        foreach (var permission in Enum.GetValues<Permission>())
        {
            var least = Enum.GetValues<Role>().Where(role => role.Holds(permission)).Select(role => role.Words).FirstOrDefault("Platform admin");
            Assert.Equal(least, permission.NeededRole);
        }
    }
}
