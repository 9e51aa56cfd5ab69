using IntegrationConsole.Configuration;
using IntegrationConsole.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace IntegrationConsole.Tests.Configuration;

public sealed class Asking_a_running_console
{
    [Theory]
    [InlineData(200, CommandLine.Done)]
    [InlineData(503, CommandLine.Failed)]
    public async Task The_exit_code_says_what_it_answered(int status, int exitCode)
    {
        await using var console = await OutsideServer.StartAsync();
        console.Answer = _ => Results.Json(new { status = "so so" }, statusCode: status);
        var output = new StringWriter();

        Assert.Equal(exitCode, await AskAsync(output, new Uri(console.Address, "/health/ready").ToString()));
        Assert.Contains($"answers {status} {{\"status\":\"so so\"}}", output.ToString());
        Assert.Equal("/health/ready", Assert.Single(console.Requests).PathAndQuery);
    }

    [Fact]
    public async Task A_way_to_somewhere_else_is_no_sign_of_health()
    {
        await using var console = await OutsideServer.StartAsync();
        console.Answer = request => request.PathAndQuery == "/signin" ? Results.Text("Sign in") : Results.Redirect("/signin");

        Assert.Equal(CommandLine.Failed, await AskAsync(new StringWriter(), console.Address.ToString()));
    }

    [Fact]
    public async Task Where_nobody_listens_it_says_so()
    {
        var console = await OutsideServer.StartAsync();
        var address = console.Address.ToString();
        await console.DisposeAsync();
        var output = new StringWriter();

        Assert.Equal(CommandLine.Failed, await AskAsync(output, address));
        Assert.Contains("does not answer", output.ToString());
    }

    [Theory]
    [InlineData("help")]
    [InlineData("health", "not an address")]
    [InlineData("health", "http://localhost", "twice")]
    [InlineData("audit")]
    [InlineData("seed", "--tenants", "many")]
    public async Task What_is_not_understood_gets_the_list_of_commands_and_starts_nothing(params string[] args)
    {
        var output = new StringWriter();

        Assert.Equal(CommandLine.Misused, await CommandLine.RunAloneAsync(args, output, CancellationToken.None));
        Assert.Contains("console audit verify", output.ToString());
    }

    [Theory]
    [InlineData]
    [InlineData("--urls", "http://localhost:5081")]
    [InlineData("audit", "verify", "acme")]
    [InlineData("link", "ada@example.com")]
    [InlineData("seed")]
    public async Task The_console_itself_and_what_needs_its_database_are_left_to_it(params string[] args) =>
        Assert.Null(await CommandLine.RunAloneAsync(args, TextWriter.Null, CancellationToken.None));

    private static Task<int?> AskAsync(StringWriter output, string address) => CommandLine.RunAloneAsync(["health", address], output, CancellationToken.None);
}
