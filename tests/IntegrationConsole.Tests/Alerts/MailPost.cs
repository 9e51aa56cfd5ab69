using System.Globalization;
using IntegrationConsole.Alerts;
using IntegrationConsole.Alerts.Channels;
using IntegrationConsole.Alerts.Notices;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Tests.Support;
using OutsideWorld;

namespace IntegrationConsole.Tests.Alerts;

/// <summary>A tenant with a mail channel to a server of the outside world.</summary>
internal sealed class MailPost : IAsyncDisposable
{
    public static readonly Guid Notice = Guid.Parse("00000000-0000-7000-8000-0000000000aa");

    private readonly TestConsole _console;
    private readonly TenantId _tenant;
    private readonly Guid _channel;

    private MailPost(TestConsole console, ManualClock clock, TenantId tenant, Guid channel)
    {
        _console = console;
        Clock = clock;
        _tenant = tenant;
        _channel = channel;
    }

    public ManualClock Clock { get; }

    public static async Task<MailPost> StartAsync(
        MailServer server, string security = ChannelSettings.NoTls, string user = "", string password = "", string authority = "", IReadOnlyList<string>? networks = null)
    {
        var clock = new ManualClock();
        var settings = (networks ?? ["127.0.0.0/8"]).Select((network, index) => KeyValuePair.Create($"Outgoing:AllowedNetworks:{index}", (string?)network)).ToDictionary();
        var console = await TestConsole.StartAsync(clock, settings, services => services.AddAlerts(isWorker: false));
        var tenant = await console.GivenATenantAsync();
        var draft = new ChannelDraft(
            "mail", ChannelKind.Email,
            new Dictionary<string, string>
            {
                [ChannelSettings.Host] = "127.0.0.1", [ChannelSettings.Port] = server.Port.ToString(CultureInfo.InvariantCulture), [ChannelSettings.Security] = security,
                [ChannelSettings.From] = "console@north.example", [ChannelSettings.To] = "otto@north.example, vera@north.example", [ChannelSettings.Certificate] = authority,
            },
            new Dictionary<string, string> { [ChannelSettings.User] = user, [ChannelSettings.Password] = password }, Severity.Low, 0, false, true);
        Assert.Empty(ChannelRules.Check(draft, isNew: true));
        var channel = await console.Get<ChannelStore>().CreateAsync(tenant, draft, "https://console.example", TestConsole.Somebody, default);
        return new MailPost(console, clock, tenant, channel!.Value);
    }

    public Task<Failure?> SendAsync(AlertMessage message) => _console.Get<ChannelPost>().SendAsync(_tenant, _channel, Notice, message, null, default);

    public ValueTask DisposeAsync() => _console.DisposeAsync();
}
