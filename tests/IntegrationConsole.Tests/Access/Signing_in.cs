using IntegrationConsole.Access;
using IntegrationConsole.Tests.Support;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace IntegrationConsole.Tests.Access;

public sealed class Signing_in
{
    private const string Wrong = "The e-mail address or the password is wrong. After five wrong passwords an account is locked for five minutes.";

    [Fact]
    public async Task The_right_password_begins_a_session_and_is_noted()
    {
        var clock = new ManualClock();
        await using var world = await AccessWorld.StartAsync(clock);
        await world.GivenAdministratorAsync();

        Assert.Equal(("", true), await world.SignInAsync(" ADA@example.com", AccessWorld.Password));
        Assert.Equal(clock.GetUtcNow(), (await world.Store.ListUsersAsync(default)).Single().LastSeenAt);
        Assert.Equal(
            ("ada@example.com", AuditResult.Done), (await world.Audit.ListAsync(null, new AuditFilter(Action: "sign in"), null, 1, default)).Select(entry => (entry.Actor, entry.Result)).Single());
    }

    [Fact]
    public async Task Who_is_locked_out_may_try_again_as_soon_as_somebody_unlocks_them()
    {
        await using var world = await AccessWorld.StartAsync();
        var ada = await world.GivenAdministratorAsync();
        for (var attempt = 0; attempt < 5; attempt++)
        {
            await world.SignInAsync("ada@example.com", "not the password");
        }

        Assert.False((await world.SignInAsync("ada@example.com", AccessWorld.Password)).Session);
        Assert.Equal("", await world.People.UnlockAsync(ada, TestConsole.Somebody, default));

        Assert.True((await world.SignInAsync("ada@example.com", AccessWorld.Password)).Session);
        Assert.Equal("unlock", (await world.Audit.ListAsync(null, new AuditFilter(Action: "unlock"), null, 10, default)).Single().Action);
    }

    [Fact]
    public async Task Five_wrong_passwords_lock_an_account_for_five_minutes_even_to_the_right_one()
    {
        await using var world = await AccessWorld.StartAsync();
        var ada = await world.GivenAdministratorAsync();
        for (var attempt = 0; attempt < 5; attempt++)
        {
            Assert.Equal((Wrong, false), await world.SignInAsync("ada@example.com", "wrong password"));
        }

        Assert.Equal((Wrong, false), await world.SignInAsync("ada@example.com", AccessWorld.Password));
        Assert.Equal(
            ["locked out", "wrong password, now locked out", "wrong password", "wrong password", "wrong password", "wrong password"],
            (await world.Audit.ListAsync(null, new AuditFilter(Action: "sign in"), null, 10, default)).Select(entry => entry.Detail));

        // The framework's lock-out reads the machine's clock, so the end is moved instead of the clock.
        await world.InRequestAsync(async (services, _) =>
        {
            var users = services.GetRequiredService<UserManager<ConsoleUser>>();
            var user = (await users.FindByIdAsync(ada.ToString()))!;
            Assert.InRange(user.LockoutEnd!.Value - TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(5));
            return await users.SetLockoutEndDateAsync(user, DateTimeOffset.UnixEpoch);
        });
        Assert.Equal(("", true), await world.SignInAsync("ada@example.com", AccessWorld.Password));
    }

    [Fact]
    public async Task Four_wrong_passwords_and_the_right_one_begin_the_count_anew()
    {
        await using var world = await AccessWorld.StartAsync();
        await world.GivenAdministratorAsync();
        for (var round = 0; round < 2; round++)
        {
            for (var attempt = 0; attempt < 4; attempt++)
            {
                await world.SignInAsync("ada@example.com", "wrong password");
            }

            Assert.Equal(("", true), await world.SignInAsync("ada@example.com", AccessWorld.Password));
        }
    }

    [Fact]
    public async Task Nobody_learns_from_the_answer_who_has_an_account_and_in_which_state()
    {
        await using var world = await AccessWorld.StartAsync();
        await world.GivenAdministratorAsync();
        var disabled = await world.GivenPersonAsync("disabled@example.com");
        await world.People.SetDisabledAsync(disabled, true, TestConsole.Somebody, default);
        await world.People.InviteAsync("invited@example.com", "", false, TestConsole.Somebody, default);
        await world.GivenPersonAsync("locked@example.com");
        for (var attempt = 0; attempt < 6; attempt++)
        {
            await world.SignInAsync("locked@example.com", "wrong password");
        }

        foreach (var email in (string[])["ada@example.com", "disabled@example.com", "invited@example.com", "locked@example.com", "nobody@example.com", "", "a\0b", "\ud800", new string('x', 10_000)])
        {
            Assert.Equal((Wrong, false), await world.SignInAsync(email, "wrong password"));
        }

        Assert.Equal((Wrong, false), await world.SignInAsync("disabled@example.com", AccessWorld.Password));
    }

    [Fact]
    public async Task An_invited_person_without_a_password_costs_the_time_of_a_check_too()
    {
        await using var world = await AccessWorld.StartAsync();
        await world.GivenAdministratorAsync();
        await world.People.InviteAsync("invited@example.com", "", false, TestConsole.Somebody, default);
        var checks = await world.InRequestAsync(async (services, _) =>
        {
            var users = services.GetRequiredService<UserManager<ConsoleUser>>();
            var counting = new CountingHasher(users.PasswordHasher);
            users.PasswordHasher = counting;
            foreach (var email in (string[])["invited@example.com", "nobody@example.com", "ada@example.com"])
            {
                await services.GetRequiredService<SignIn>().TryAsync(email, "wrong password", false, default);
            }

            return counting.Checks;
        });

        Assert.Equal(3, checks);
    }

    [Fact]
    public async Task What_was_typed_as_a_name_is_not_written_down_unless_somebody_has_it()
    {
        await using var world = await AccessWorld.StartAsync();

        await world.SignInAsync("my-secret-password", "x");
        var entry = (await world.Audit.ListAsync(null, new AuditFilter(), null, 1, default)).Single();

        Assert.Equal(("unknown", "unknown", AuditResult.Denied), (entry.Actor, entry.Detail, entry.Result));
        Assert.DoesNotContain("my-secret-password", entry.ToString());
    }

    private sealed class CountingHasher(IPasswordHasher<ConsoleUser> real) : IPasswordHasher<ConsoleUser>
    {
        public int Checks { get; private set; }

        public string HashPassword(ConsoleUser user, string password) => real.HashPassword(user, password);

        public PasswordVerificationResult VerifyHashedPassword(ConsoleUser user, string hashedPassword, string providedPassword)
        {
            Checks++;
            return real.VerifyHashedPassword(user, hashedPassword, providedPassword);
        }
    }
}
