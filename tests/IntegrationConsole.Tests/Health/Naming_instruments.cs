using System.Text.RegularExpressions;

namespace IntegrationConsole.Tests.Health;

/// <summary>What other people's dashboards are built on keeps its name.</summary>
public sealed partial class Naming_instruments
{
    [Theory]
    [InlineData("sync.run.duration")]
    [InlineData("sync.run.active")]
    [InlineData("sync.records")]
    [InlineData("sync.delivery.duration")]
    [InlineData("sync.stage.duration")]
    [InlineData("sync.io")]
    [InlineData("sync.lag")]
    [InlineData("sync.lateness")]
    [InlineData("sync.last_success.time")]
    [InlineData("fleet.lag")]
    [InlineData("fleet.backlog")]
    [InlineData("node.run.active")]
    [InlineData("queue.depth")]
    [InlineData("queue.oldest.age")]
    [InlineData("deadletter.depth")]
    [InlineData("deadletter.items")]
    [InlineData("retention.rows")]
    [InlineData("replay.items")]
    [InlineData("replay.active")]
    [InlineData("circuit.state")]
    [InlineData("circuit.transitions")]
    [InlineData("ratelimit.limit")]
    [InlineData("ratelimit.usage")]
    [InlineData("ratelimit.utilization")]
    [InlineData("ratelimit.throttled")]
    [InlineData("bulkhead.limit")]
    [InlineData("bulkhead.usage")]
    [InlineData("credential.validity")]
    [InlineData("health.state")]
    [InlineData("slo.burn_rate")]
    [InlineData("notification.sent")]
    [InlineData("webhook.deliveries")]
    public void An_instrument_is_there_under_its_name(string name) => Assert.Contains($"intconsole.{name}", Made.Value);

    private static readonly Lazy<HashSet<string>> Made = new(() =>
    [
        .. Directory.EnumerateFiles(Source(), "*.cs", SearchOption.AllDirectories).SelectMany(file => Instruments().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value)),
    ]);

    private static string Source()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "IntegrationConsole.sln")))
        {
            folder = folder.Parent!;
        }

        return Path.Combine(folder.FullName, "src", "IntegrationConsole");
    }

    [GeneratedRegex("""Create(?:Observable)?(?:Counter|Gauge|Histogram|UpDownCounter)(?:<\w+>)?\(\s*"(intconsole\.[\w.]+)\x22""")]
    private static partial Regex Instruments();
}
