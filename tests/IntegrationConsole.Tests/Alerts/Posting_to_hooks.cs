using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using IntegrationConsole.Alerts;
using IntegrationConsole.Alerts.Channels;
using IntegrationConsole.Alerts.Notices;
using IntegrationConsole.Tests.Support;
using OutsideWorld;

namespace IntegrationConsole.Tests.Alerts;

public sealed class Posting_to_hooks
{
    private static readonly Guid Notice = Guid.Parse("00000000-0000-7000-8000-0000000000aa");

    private static readonly AlertMessage Message = new(
        NoticeKind.Alert, "Late: integration <Orders & more>", "North", Severity.Urgent, "Last good run 2 h ago.", ["Orders"], "10:42", "Nobody has to act.", [],
        "https://console.example/t/north/integrations/orders", "https://console.example/t/north/alerts?incident=1");

    [Fact]
    public async Task A_webhook_is_signed_over_its_moment_and_its_body()
    {
        await using var outside = await OutsideWorldServer.StartAsync();

        var received = await SendAsync(outside, ChannelKind.Webhook, new() { [ChannelSettings.Address] = $"{outside.Address}/hook/it" }, new() { [ChannelSettings.Key] = "a key of the tenant's own" });

        var timestamp = received.Header("X-IntegrationConsole-Timestamp");
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{timestamp}."), .. received.Body];
        var expected = HMACSHA256.HashData(Encoding.UTF8.GetBytes("a key of the tenant's own"), signed);
        Assert.Equal($"sha256={Convert.ToHexStringLower(expected)}", received.Header("X-IntegrationConsole-Signature"));
        Assert.Equal(new ManualClock().GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), timestamp);
        Assert.Equal(Notice.ToString(), received.Header("Idempotency-Key"));
        using var body = JsonDocument.Parse(received.Body);
        Assert.Equal((Notice, "urgent"), (body.RootElement.GetProperty("id").GetGuid(), body.RootElement.GetProperty("severity").GetString()));
    }

    [Fact]
    public async Task Slack_gets_text_and_blocks_without_anything_that_it_would_take_for_markup()
    {
        await using var outside = await OutsideWorldServer.StartAsync();

        var received = await SendAsync(outside, ChannelKind.Slack, [], new() { [ChannelSettings.Address] = $"{outside.Address}/hook/it" });

        using var body = JsonDocument.Parse(received.Body);
        Assert.Equal("[North] Late: integration &lt;Orders &amp; more&gt;", body.RootElement.GetProperty("text").GetString());
        Assert.Equal(["header", "section", "section"], body.RootElement.GetProperty("blocks").EnumerateArray().Select(block => block.GetProperty("type").GetString()));
        Assert.Contains("<https://console.example/t/north/alerts?incident=1|Acknowledge>", body.RootElement.GetProperty("blocks")[2].GetProperty("text").GetProperty("text").GetString());
    }

    [Fact]
    public async Task Teams_gets_an_adaptive_card_with_both_links()
    {
        await using var outside = await OutsideWorldServer.StartAsync();

        var received = await SendAsync(outside, ChannelKind.Teams, [], new() { [ChannelSettings.Address] = $"{outside.Address}/hook/it" });

        using var body = JsonDocument.Parse(received.Body);
        var card = body.RootElement.GetProperty("attachments")[0].GetProperty("content");
        Assert.Equal(("message", "AdaptiveCard"), (body.RootElement.GetProperty("type").GetString(), card.GetProperty("type").GetString()));
        Assert.Equal(["Open in the console", "Acknowledge"], card.GetProperty("actions").EnumerateArray().Select(action => action.GetProperty("title").GetString()));
    }

    [Fact]
    public async Task An_address_that_is_secret_is_not_shown_and_not_logged()
    {
        await using var outside = await OutsideWorldServer.StartAsync();
        await using var console = await TestConsole.StartAsync(new ManualClock(), configure: services => services.AddAlerts(isWorker: false));
        var tenant = await console.GivenATenantAsync();
        outside.Hooks.Status["token-of-north"] = 500;
        var id = await console.Get<ChannelStore>().CreateAsync(
            tenant, new ChannelDraft("slack", ChannelKind.Slack, new Dictionary<string, string>(), new Dictionary<string, string> { [ChannelSettings.Address] = $"{outside.Address}/hook/token-of-north" }, Severity.Low, 0, false, true),
            "https://console.example", TestConsole.Somebody, default);

        var failure = await console.Get<ChannelPost>().SendAsync(tenant, id!.Value, Notice, Message, null, default);

        Assert.Equal("127.0.0.1", (await console.Get<ChannelStore>().FindAsync(tenant, id.Value, default))!.Target);
        Assert.Equal("127.0.0.1 failed inside (500).", failure!.Sentence);
    }

    private static async Task<ReceivedHook> SendAsync(OutsideWorldServer outside, ChannelKind kind, Dictionary<string, string> settings, Dictionary<string, string> secrets)
    {
        await using var console = await TestConsole.StartAsync(new ManualClock(), configure: services => services.AddAlerts(isWorker: false));
        var tenant = await console.GivenATenantAsync();
        var draft = new ChannelDraft("it", kind, settings, secrets, Severity.Low, 0, false, true);
        Assert.Empty(ChannelRules.Check(draft, isNew: true));
        var id = await console.Get<ChannelStore>().CreateAsync(tenant, draft, "https://console.example", TestConsole.Somebody, default);
        Assert.Null(await console.Get<ChannelPost>().SendAsync(tenant, id!.Value, Notice, Message, null, default));
        return Assert.Single(outside.Hooks["it"]);
    }
}
