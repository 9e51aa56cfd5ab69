using IntegrationConsole.Shell;

namespace IntegrationConsole.Tests.Shell;

public sealed class Saying_where_it_runs
{
    [Theory]
    [InlineData("http://[::]:5080", "http://localhost:5080")]
    [InlineData("http://0.0.0.0:5080", "http://localhost:5080")]
    [InlineData("http://+:5080", "http://localhost:5080")]
    [InlineData("https://*:5443/", "https://localhost:5443/")]
    [InlineData("http://*", "http://localhost")]
    [InlineData("http://localhost:5080", "http://localhost:5080")]
    [InlineData("http://[::1]:5080", "http://[::1]:5080")]
    [InlineData("http://10.0.0.0:5080", "http://10.0.0.0:5080")]
    public void The_address_can_be_opened_on_this_machine(string listening, string said) => Assert.Equal(said, ConsoleStart.FromHere(listening));
}
