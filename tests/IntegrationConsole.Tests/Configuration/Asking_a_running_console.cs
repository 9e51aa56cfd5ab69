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
    [InlineData("health", "not an address")]
    [InlineData("health", "http://localhost", "twice")]
    [InlineData("audit")]
    [InlineData("seed", "--tenants", "many")]
    public async Task What_is_not_understood_gets_the_list_of_commands_and_starts_nothing(params string[] args)
    {
        var errors = new StringWriter();

        Assert.Equal(CommandLine.Misused, await CommandLine.RunAloneAsync(args, TextWriter.Null, errors, CancellationToken.None));
        Assert.Contains("console audit verify", errors.ToString());
    }

    [Theory]
    [InlineData("help")]
    [InlineData("--help")]
    public async Task Asked_for_help_it_helps_and_starts_nothing(string word)
    {
        var output = new StringWriter();

        Assert.Equal(CommandLine.Done, await CommandLine.RunAloneAsync([word], output, TextWriter.Null, CancellationToken.None));
        Assert.Contains("console audit verify", output.ToString());
    }

    [Fact]
    public async Task An_address_without_a_path_is_asked_how_it_is()
    {
        await using var console = await OutsideServer.StartAsync();
        console.Answer = _ => Results.Json(new { status = "ready" });

        Assert.Equal(CommandLine.Done, await AskAsync(new StringWriter(), console.Address.ToString().TrimEnd('/')));
        Assert.Equal("/health/ready", Assert.Single(console.Requests).PathAndQuery);
    }

    [Theory]
    [InlineData(null, "http://localhost:5080/health/ready")]
    [InlineData("http://+:8080;https://+:8443", "http://localhost:8080/health/ready")]
    [InlineData("http://127.0.0.1:5081", "http://127.0.0.1:5081/health/ready")]
    public void Without_an_address_it_asks_where_the_environment_says(string? urls, string address) =>
        Assert.Equal(address, RunningConsole.UsualAddress(urls).ToString());

    [Theory]
    [InlineData]
    [InlineData("--urls", "http://localhost:5081")]
    [InlineData("audit", "verify", "acme")]
    [InlineData("link", "ada@example.com")]
    [InlineData("seed")]
    public async Task The_console_itself_and_what_needs_its_database_are_left_to_it(params string[] args) =>
        Assert.Null(await CommandLine.RunAloneAsync(args, TextWriter.Null, TextWriter.Null, CancellationToken.None));

    private static Task<int?> AskAsync(StringWriter output, string address) => CommandLine.RunAloneAsync(["health", address], output, TextWriter.Null, CancellationToken.None);
}
