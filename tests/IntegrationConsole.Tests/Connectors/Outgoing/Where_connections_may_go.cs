using System.Net;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Outgoing;
using Microsoft.Extensions.Options;

namespace IntegrationConsole.Tests.Connectors.Outgoing;

public sealed class Where_connections_may_go
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.8.9.10")]
    [InlineData("0.0.0.0")]
    [InlineData("10.1.2.3")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.1.1")]
    [InlineData("100.64.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("198.18.0.1")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("::127.0.0.1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("64:ff9b::a9fe:a9fe")]
    [InlineData("64:ff9b:1::1")]
    [InlineData("2002:7f00:1::")]
    [InlineData("2001:0:53aa:64c:0:0:0:1")]
    [InlineData("fd00::1")]
    [InlineData("fe80::1")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    [InlineData("2001:db8::1")]
    public void Nothing_inside_is_reached_unless_it_is_allowed(string address)
    {
        Assert.False(Guard().MayReach(IPAddress.Parse(address)));
        Assert.True(Guard("0.0.0.0/0", "::/0").MayReach(IPAddress.Parse(address)));
    }

    [Theory]
    [InlineData("93.184.215.14")]
    [InlineData("172.32.0.1")]
    [InlineData("100.128.0.1")]
    [InlineData("169.253.1.1")]
    [InlineData("2606:4700::1111")]
    [InlineData("::ffff:93.184.215.14")]
    [InlineData("64:ff9b::5db8:d70e")]
    public void What_is_public_is_reached(string address) => Assert.True(Guard().MayReach(IPAddress.Parse(address)));

    [Fact]
    public void An_allowed_network_allows_its_addresses_in_every_dress_and_no_others()
    {
        var guard = Guard("10.20.0.0/16");

        Assert.True(guard.MayReach(IPAddress.Parse("10.20.3.4")));
        Assert.True(guard.MayReach(IPAddress.Parse("::ffff:10.20.3.4")));
        Assert.False(guard.MayReach(IPAddress.Parse("10.21.3.4")));
    }

    [Theory]
    [InlineData("localhost", "guard", FailureCause.Configuration)]
    [InlineData("[::1]", "guard", FailureCause.Configuration)]
    [InlineData("127.0.0.1", "guard", FailureCause.Configuration)]
    [InlineData("no-such-host.invalid", "dns", FailureCause.TargetDown)]
    public async Task A_name_is_judged_by_the_addresses_behind_it(string host, string code, FailureCause cause)
    {
        var failure = (await Assert.ThrowsAsync<FailureException>(() => Guard().ResolveAsync(host, CancellationToken.None))).Failure;

        Assert.Equal((cause, code), (failure.Cause, failure.Code));
    }

    [Fact]
    public void Without_encryption_only_allowed_networks_are_reached()
    {
        IPAddress[] inside = [IPAddress.Parse("10.20.0.1")];
        IPAddress[] outside = [IPAddress.Parse("93.184.215.14")];

        Assert.True(Guard("10.20.0.0/16").MayGoUnencrypted(inside));
        Assert.False(Guard("10.20.0.0/16").MayGoUnencrypted(outside));
        Assert.True(new OutgoingGuard(Options.Create(new OutgoingOptions { AllowUnencrypted = true })).MayGoUnencrypted(outside));
    }

    private static OutgoingGuard Guard(params string[] allowed)
    {
        var options = new OutgoingOptions();
        foreach (var network in allowed)
        {
            options.AllowedNetworks.Add(network);
        }

        return new OutgoingGuard(Options.Create(options));
    }
}
