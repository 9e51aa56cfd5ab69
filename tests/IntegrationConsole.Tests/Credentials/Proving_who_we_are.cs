using System.Text;
using IntegrationConsole.Connectors;

namespace IntegrationConsole.Tests.Credentials;

public sealed class Proving_who_we_are
{
    [Fact]
    public async Task A_key_goes_into_the_header_that_was_named()
    {
        await using var world = await CredentialWorld.StartAsync();
        var id = await world.GivenAsync(AuthenticationKind.ApiKey, "k3y with blanks", ("place", "header"), ("name", " X-Shop-Key "));

        Assert.Equal("k3y with blanks", (await world.ArrivalAsync(id)).Header("X-Shop-Key"));
    }

    [Theory]
    [InlineData("orders", "/orders?api_key=a%20%26b%3D%C3%BC")]
    [InlineData("orders?page=2&filter=a%20b", "/orders?page=2&filter=a%20b&api_key=a%20%26b%3D%C3%BC")]
    [InlineData("orders?", "/orders?api_key=a%20%26b%3D%C3%BC")]
    public async Task A_key_in_the_address_stands_behind_what_is_there_already(string path, string expected)
    {
        await using var world = await CredentialWorld.StartAsync();
        var id = await world.GivenAsync(AuthenticationKind.ApiKey, "a &b=ü", ("place", "query"), ("name", "api_key"));

        Assert.Equal(expected, (await world.ArrivalAsync(id, path)).PathAndQuery);
    }

    [Fact]
    public async Task A_bearer_token_goes_into_the_Authorization_header()
    {
        await using var world = await CredentialWorld.StartAsync();
        var id = await world.GivenAsync(AuthenticationKind.Bearer, "abc.def-ghi~==");

        Assert.Equal("Bearer abc.def-ghi~==", (await world.ArrivalAsync(id)).Header("Authorization"));
    }

    [Fact]
    public async Task User_and_password_are_sent_in_UTF_8()
    {
        await using var world = await CredentialWorld.StartAsync();
        var id = await world.GivenAsync(AuthenticationKind.Basic, "päß:wörd€", ("user", "jürgen"));

        var header = (await world.ArrivalAsync(id)).Header("Authorization");

        Assert.Equal("jürgen:päß:wörd€", Encoding.UTF8.GetString(Convert.FromBase64String(header["Basic ".Length..])));
    }

    [Fact]
    public async Task A_database_login_is_handed_out_without_its_password_in_print()
    {
        await using var world = await CredentialWorld.StartAsync();
        var id = await world.GivenAsync(AuthenticationKind.DatabaseLogin, "s3cret", ("user", "reader"));

        var login = await world.Proof(id).LoginAsync(default);

        Assert.Equal(("reader", "s3cret"), (login!.User, login.Password));
        Assert.Equal("reader", $"{login}");
    }

    [Fact]
    public async Task A_key_is_no_database_login()
    {
        await using var world = await CredentialWorld.StartAsync();
        var id = await world.GivenAsync(AuthenticationKind.ApiKey, "k", ("place", "header"), ("name", "X-Api-Key"));

        Assert.Null(await world.Proof(id).LoginAsync(default));
    }

    [Fact]
    public async Task No_proof_follows_a_redirect_to_another_origin()
    {
        await using var world = await CredentialWorld.StartAsync();
        await using var elsewhere = await Support.OutsideServer.StartAsync();
        world.Outside.Answer = _ => Microsoft.AspNetCore.Http.Results.Redirect($"{elsewhere.Address}landing");
        var id = await world.GivenAsync(AuthenticationKind.Bearer, "abc");

        using var response = await world.SendAsync(id);

        Assert.Equal("", Assert.Single(elsewhere.Requests).Header("Authorization"));
    }

    [Fact]
    public async Task Another_tenants_credential_is_one_that_does_not_exist()
    {
        await using var world = await CredentialWorld.StartAsync();
        var id = await world.GivenAsync(AuthenticationKind.Bearer, "abc");
        var stranger = await world.Console.GivenATenantAsync();

        var opened = world.Console.Get<IntegrationConsole.Credentials.ConnectionOpener>().Open(stranger, Guid.NewGuid(), new ConnectionDraft("x", "rest", "{}", id));
        var problem = await Assert.ThrowsAsync<IntegrationConsole.Connectors.Failures.FailureException>(
            async () => await opened.Authentication.AuthorizeAsync(new HttpRequestMessage(), default));

        Assert.Equal("The connection's credential was deleted: choose another one.", problem.Message);
        Assert.True(problem.Failure.IsSystemic);
    }
}
