using System.Net;
using System.Net.Sockets;
using IntegrationConsole.Shell;
using Microsoft.Extensions.Configuration;

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

    [Theory]
    [InlineData("urls", "http://127.0.0.1:{0}", "http://127.0.0.1:{0}")]
    [InlineData("urls", "http://+:{0}", "http://localhost:{0}")]
    [InlineData("http_ports", "{0}", "http://localhost:{0}")]
    [InlineData("https_ports", "{0}", "https://localhost:{0}")]
    public void A_busy_port_stops_the_start_whichever_setting_names_it(string setting, string value, string said)
    {
        using var other = new TcpListener(IPAddress.Any, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        var problem = Assert.Throws<StartProblem>(() => ConsoleStart.RequireFreeAddress(Configured(setting, string.Format(null, value, port))));

        Assert.StartsWith($"Another program uses {string.Format(null, said, port)}: ", problem.Message);
    }

    [Fact]
    public void Ports_do_not_count_where_an_address_is_named()
    {
        using var other = new TcpListener(IPAddress.Any, 0);
        other.Start();
        var configuration = Configured("http_ports", $"{((IPEndPoint)other.LocalEndpoint).Port}");
        configuration["urls"] = "http://127.0.0.1:0";

        ConsoleStart.RequireFreeAddress(configuration);
    }

    private static IConfigurationRoot Configured(string setting, string value) =>
        new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { [setting] = value }).Build();
}
