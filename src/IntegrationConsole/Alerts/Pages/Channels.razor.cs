using IntegrationConsole.Access;
using IntegrationConsole.Alerts.Channels;
using IntegrationConsole.Alerts.Notices;
using IntegrationConsole.Controls;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Alerts.Pages;

/// <summary>Where messages go, in which order, and what became of them.</summary>
public sealed partial class Channels(ChannelStore channels, NoticeBook notices)
{
    private const int MostNotices = 100;

    private IReadOnlyList<AlertChannel> _channels = [];
    private IReadOnlyList<Notice> _notices = [];
    private AlertChannel? _edited;

    /// <summary>The one to edit, or "new".</summary>
    [SupplyParameterFromQuery(Name = "channel")]
    public string? ChannelInAddress { get; set; }

    protected override Task OnParametersSetAsync() => LoadAsync(FetchAsync);

    private async Task FetchAsync()
    {
        _channels = await channels.ListAsync(Id, Leaving);
        _notices = await notices.ListAsync(Id, null, null, MostNotices, Leaving);

        // What is being typed is not thrown away because a message was sent.
        _edited = _edited is { } same && same.Id.ToString() == ChannelInAddress ? same : May(Permission.Configure) ? _channels.FirstOrDefault(channel => channel.Id.ToString() == ChannelInAddress) : null;
    }

    private async Task DoneAsync()
    {
        _edited = null;
        Navigation.NavigateTo(At("alerts?tab=channels"));
        await FetchAsync();
    }

    private static string Words(AlertChannel channel) =>
        $"{channel.Name}{(channel.LeastSeverity is Severity.Low ? "" : channel.LeastSeverity is Severity.Urgent ? " (urgent only)" : " (not low)")}{(channel.WorkingHoursOnly ? " (working hours)" : "")}{(channel.Setting(ChannelSettings.DigestHour).Length > 0 ? " (daily summary)" : "")}";

    private Task TestAsync(AlertChannel channel) => ActAsync(Permission.Configure, "test an alert channel", async actor =>
    {
        var message = new AlertMessage(
            NoticeKind.Test, $"Test of the channel {channel.Name}", Access.Name, Severity.Low, $"{actor.Name} pressed Test.", [], "", "Nothing: messages arrive here.", [], $"{Navigation.BaseUri}t/{Tenant}/alerts", "");
        await notices.TestAsync(Id, channel, message, actor, Leaving);
        await FetchAsync();
        Toasts.Say($"A message to {channel.Name} is on its way: the log below says what became of it.", Tone.Info);
    });
}
