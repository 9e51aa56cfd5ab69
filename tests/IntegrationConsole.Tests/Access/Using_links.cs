using IntegrationConsole.Access;
using IntegrationConsole.Tests.Support;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace IntegrationConsole.Tests.Access;

public sealed class Using_links
{
    private const string Used = "This link has been used or has expired. Ask for a new one, or restart the console to print the first administrator's.";

    [Fact]
    public async Task The_first_link_makes_the_first_administrator_and_works_once()
    {
        await using var world = await AccessWorld.StartAsync();
        Assert.True(await NeedsFirstAsync(world));
        var link = await world.LinkAsync(null);

        var (user, problems) = await world.RedeemAsync(link, " ada@example.com ");
        var again = await world.RedeemAsync(link, "eve@example.com");

        Assert.Empty(problems);
        Assert.Equal(("ada@example.com", true), (user!.Email, user.IsPlatformAdmin));
        Assert.Equal([Used], again.Problems);
        Assert.False(await NeedsFirstAsync(world));
        Assert.Equal(("", true), await world.SignInAsync("ada@example.com", AccessWorld.Password));
        Assert.Equal("first administrator", (await world.Audit.ListAsync(null, new AuditFilter(Action: "choose password"), null, 1, default)).Single().Detail);
    }

    [Fact]
    public async Task Many_people_with_the_first_link_at_the_same_moment_make_one_administrator()
    {
        await using var world = await AccessWorld.StartAsync();
        var link = await world.LinkAsync(null);

        var redeemed = await Task.WhenAll(Enumerable.Range(0, 8).Select(number => world.RedeemAsync(link, $"person{number}@example.com")));

        Assert.Single(redeemed, result => result.User is not null);
        Assert.Single(await world.Store.ListUsersAsync(default));
    }

    [Fact]
    public async Task A_first_password_may_take_longer_to_be_kept_than_the_database_waits_for_a_node()
    {
        await using var world = await AccessWorld.StartAsync(
            configure: services => services.AddScoped<IUserValidator<ConsoleUser>, SlowValidator>(), connections: "-c idle_in_transaction_session_timeout=100ms");
        var first = await world.GivenAdministratorAsync();
        var second = await world.GivenPersonAsync("bob@example.com", platformAdmin: true);

        Assert.Equal("", await world.People.SetDisabledAsync(first, true, new Actor(second, "bob@example.com"), default));
        Assert.Equal(("", true), await world.SignInAsync("bob@example.com", AccessWorld.Password));
    }

    /// <summary>A machine that has so much to do that it comes to this late.</summary>
    private sealed class SlowValidator : IUserValidator<ConsoleUser>
    {
        public async Task<IdentityResult> ValidateAsync(UserManager<ConsoleUser> manager, ConsoleUser user)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(500));
            return IdentityResult.Success;
        }
    }

    [Fact]
    public async Task Of_nodes_that_start_together_and_print_a_link_each_one_link_works()
    {
        await using var world = await AccessWorld.StartAsync();

        var links = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => world.LinkAsync(null)));
        var owners = await Task.WhenAll(links.Select(link => world.InRequestAsync((services, _) => services.GetRequiredService<AccessLinks>().OwnerAsync(link, default))));

        Assert.Single(owners, owner => owner is not null);
    }

    [Fact]
    public async Task The_first_link_is_worthless_once_there_is_an_administrator()
    {
        await using var world = await AccessWorld.StartAsync();
        await world.GivenAdministratorAsync();

        var (user, problems) = await world.RedeemAsync(await world.LinkAsync(null), "eve@example.com");

        Assert.Null(user);
        Assert.Equal([Used], problems);
    }

    [Fact]
    public async Task A_link_expires()
    {
        var clock = new ManualClock();
        await using var world = await AccessWorld.StartAsync(clock);
        var link = await world.LinkAsync(null);

        clock.Advance(TimeSpan.FromDays(3));

        Assert.Equal([Used], (await world.RedeemAsync(link)).Problems);
    }

    [Theory]
    [InlineData("")]
    [InlineData("wrong")]
    [InlineData("' or true --")]
    public async Task A_wrong_link_is_none(string secret)
    {
        await using var world = await AccessWorld.StartAsync();
        await world.LinkAsync(null);

        Assert.Equal([Used], (await world.RedeemAsync(secret)).Problems);
        Assert.Equal([Used], (await world.RedeemAsync(new string('x', 10_000))).Problems);
    }

    [Theory]
    [InlineData("ada@example.com", "short", "Passwords must be at least 12 characters.")]
    [InlineData("ada@example.com", "aaaaaaaaaaaaaaaa", "Passwords must use at least 5 different characters.")]
    [InlineData("nonsense", AccessWorld.Password, "Email 'nonsense' is invalid.")]
    [InlineData("", AccessWorld.Password, "Email '' is invalid.")]
    public async Task What_was_entered_wrong_leaves_the_link_good(string email, string password, string problem)
    {
        await using var world = await AccessWorld.StartAsync();
        var link = await world.LinkAsync(null);

        Assert.Equal([problem], (await world.RedeemAsync(link, email, password)).Problems);
        Assert.Empty((await world.RedeemAsync(link)).Problems);
    }

    [Theory]
    [InlineData("password1234")]
    [InlineData("P@ssw0rd2024!")]
    [InlineData("PasswordPassword")]
    [InlineData("qwertzuiop12")]
    [InlineData("1q2w3e4r5t6z")]
    [InlineData("987654321abcdef")]
    [InlineData("Welcome-Summer-2026")]
    [InlineData("Integration!Console99")]
    [InlineData("hopper.grace.1906")]
    public async Task What_everybody_guesses_first_is_no_password(string password)
    {
        await using var world = await AccessWorld.StartAsync();
        var link = await world.LinkAsync(null);

        Assert.Equal([GuessablePasswords.Sentence], (await world.RedeemAsync(link, "grace@hopper.example", password)).Problems);
        Assert.Empty((await world.RedeemAsync(link)).Problems);
    }

    [Theory]
    [InlineData("my password is a heron")]
    [InlineData("Trousers and 2 herons")]
    [InlineData("83017465920184")]
    [InlineData("ünïcödé wörds")]
    [InlineData("k7$Vq!2mZx0p")]
    public async Task Common_words_may_stand_in_a_password_of_ones_own(string password)
    {
        await using var world = await AccessWorld.StartAsync();

        Assert.Empty((await world.RedeemAsync(await world.LinkAsync(null), password: password)).Problems);
    }

    [Fact]
    public async Task Whoever_has_just_chosen_a_password_was_seen_then()
    {
        var clock = new ManualClock();
        await using var world = await AccessWorld.StartAsync(clock);
        var link = await world.LinkAsync(null);

        await world.InRequestAsync(async (services, _) =>
        {
            var (user, _) = await services.GetRequiredService<AccessLinks>().RedeemAsync(link, "ada@example.com", "Ada", AccessWorld.Password, default);
            await services.GetRequiredService<SignIn>().BeginAsync(user!);
            return true;
        });

        Assert.Equal(clock.GetUtcNow(), (await world.Store.ListUsersAsync(default)).Single().LastSeenAt);
    }

    [Fact]
    public async Task A_new_link_ends_the_older_ones_of_the_same_person_only()
    {
        await using var world = await AccessWorld.StartAsync();
        await world.GivenAdministratorAsync();
        var grace = (await world.People.InviteAsync("grace@example.com", "Grace", false, TestConsole.Somebody, default)).Id!.Value;
        var alan = (await world.People.InviteAsync("alan@example.com", "Alan", false, TestConsole.Somebody, default)).Id!.Value;
        var first = await world.LinkAsync(grace);
        var other = await world.LinkAsync(alan);

        var second = await world.LinkAsync(grace);

        Assert.Equal([Used], (await world.RedeemAsync(first)).Problems);
        Assert.Equal("grace@example.com", (await world.RedeemAsync(second, "ignored@example.com")).User!.Email);
        Assert.Equal("alan@example.com", (await world.RedeemAsync(other)).User!.Email);
    }

    [Fact]
    public async Task A_link_lets_somebody_in_who_was_locked_out_and_ends_their_sessions()
    {
        await using var world = await AccessWorld.StartAsync();
        var ada = await world.GivenAdministratorAsync();
        for (var attempt = 0; attempt < 5; attempt++)
        {
            await world.SignInAsync("ada@example.com", "wrong password");
        }

        var link = await world.LinkAsync(ada);
        await world.RedeemAsync(link, password: "another good password");

        Assert.Equal(("", true), await world.SignInAsync("ada@example.com", "another good password"));
    }

    [Fact]
    public async Task A_disabled_person_has_no_use_of_a_link()
    {
        await using var world = await AccessWorld.StartAsync();
        await world.GivenAdministratorAsync();
        var grace = await world.GivenPersonAsync("grace@example.com");
        var link = await world.LinkAsync(grace);

        Assert.Equal("", await world.People.SetDisabledAsync(grace, true, TestConsole.Somebody, default));

        Assert.Equal([Used], (await world.RedeemAsync(link)).Problems);
    }

    [Fact]
    public async Task The_database_holds_no_link_that_works()
    {
        await using var world = await AccessWorld.StartAsync();
        var link = await world.LinkAsync(null);

        await using var session = await world.Console.Database.AcrossTenantsAsync(default);
        var rows = await session.ListAsync<string>("select l::text from access_link l", null, default);

        Assert.Single(rows);
        Assert.DoesNotContain(link, rows[0]);
    }

    private static Task<bool> NeedsFirstAsync(AccessWorld world) =>
        world.InRequestAsync((services, _) => services.GetRequiredService<AccessLinks>().NeedsFirstAdministratorAsync(default));
}
