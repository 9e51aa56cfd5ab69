using System.Globalization;
using IntegrationConsole.Access;
using IntegrationConsole.Alerts.Channels;
using IntegrationConsole.Controls;
using IntegrationConsole.Tenants;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Alerts.Pages;

/// <summary>One channel as it is typed.</summary>
public sealed partial class ChannelEditor(ChannelStore channels)
{
    private static readonly IReadOnlyList<(string, string)> Kinds = [.. Enum.GetValues<ChannelKind>().Select(kind => (kind.ToString(), kind.Words))];
    private static readonly IReadOnlyList<(string, string)> Securities =
        [(ChannelSettings.StartTls, "STARTTLS"), (ChannelSettings.Tls, "TLS from the start"), (ChannelSettings.NoTls, "None")];

    private static readonly IReadOnlyList<(string, string)> Least =
        [(nameof(Severity.Low), "everything"), (nameof(Severity.Normal), "normal and urgent"), (nameof(Severity.Urgent), "urgent only")];

    private static readonly IReadOnlyList<(string, string)> Hours =
        [("", "none"), .. Enumerable.Range(0, 24).Select(hour => (hour.ToString(CultureInfo.InvariantCulture), string.Create(CultureInfo.InvariantCulture, $"at {hour:00}:00")))];

    private IReadOnlyDictionary<string, string> _problems = new Dictionary<string, string>();
    private ConfirmDialog? _delete;
    private ChannelKind _kind;
    private string _name = "";
    private string _host = "";
    private string _port = "587";
    private string _security = ChannelSettings.StartTls;
    private string _user = "";
    private string _password = "";
    private string _from = "";
    private string _to = "";
    private string _certificate = "";
    private string _address = "";
    private string _key = "";
    private string _least = nameof(Severity.Low);
    private string _after = "0";
    private string _digest = "";
    private bool _quiet;
    private bool _hours;
    private bool _on = true;
    private bool _outdated;
    private int _refusals;

    /// <summary>Null for a new one.</summary>
    [Parameter]
    public AlertChannel? Channel { get; set; }

    [Parameter]
    public EventCallback OnDone { get; set; }

    private string Unchanged => Channel is null ? "" : "unchanged";

    private ChannelDraft Draft
    {
        get
        {
            Dictionary<string, string> settings = _kind switch
            {
                ChannelKind.Email => new()
                {
                    [ChannelSettings.Host] = _host, [ChannelSettings.Port] = _port, [ChannelSettings.Security] = _security, [ChannelSettings.From] = _from, [ChannelSettings.To] = _to,
                    [ChannelSettings.Certificate] = _certificate,
                },
                ChannelKind.Webhook => new() { [ChannelSettings.Address] = _address },
                _ => new() { [ChannelSettings.Host] = Channel?.Setting(ChannelSettings.Host) ?? "" },
            };
            Dictionary<string, string> secrets = _kind switch
            {
                ChannelKind.Email => new() { [ChannelSettings.User] = _user, [ChannelSettings.Password] = _password },
                ChannelKind.Webhook => new() { [ChannelSettings.Key] = _key },
                _ => new() { [ChannelSettings.Address] = _address },
            };
            var after = int.TryParse(_after, NumberStyles.None, CultureInfo.InvariantCulture, out var minutes) ? minutes : -1;
            (settings[ChannelSettings.DigestHour], settings[ChannelSettings.DigestOnQuietDays]) = (_digest, _quiet ? ChannelSettings.Yes : "");
            return new ChannelDraft(_name, _kind, settings, secrets, Enum.Parse<Severity>(_least), after, _hours, _on);
        }
    }

    protected override void OnInitialized()
    {
        if (Channel is not { } channel)
        {
            return;
        }

        (_kind, _name, _least, _hours, _on) = (channel.Kind, channel.Name, channel.LeastSeverity.ToString(), channel.WorkingHoursOnly, channel.IsOn);
        _after = channel.AfterMinutes.ToString(CultureInfo.InvariantCulture);
        (_digest, _quiet) = (channel.Setting(ChannelSettings.DigestHour), channel.Setting(ChannelSettings.DigestOnQuietDays) == ChannelSettings.Yes);
        if (_kind is ChannelKind.Email)
        {
            (_host, _port, _security) = (channel.Setting(ChannelSettings.Host), channel.Setting(ChannelSettings.Port), channel.Setting(ChannelSettings.Security));
            (_from, _to, _certificate) = (channel.Setting(ChannelSettings.From), channel.Setting(ChannelSettings.To), channel.Setting(ChannelSettings.Certificate));
        }
        else if (_kind is ChannelKind.Webhook)
        {
            _address = channel.Setting(ChannelSettings.Address);
        }
    }

    private string? Problem(string field) => _problems.GetValueOrDefault(field);

    private void SetKind(string kind) => (_kind, _problems) = (Enum.Parse<ChannelKind>(kind), new Dictionary<string, string>());

    private Task SaveAsync() => ActAsync(Permission.Configure, "change an alert channel", async actor =>
    {
        _problems = ChannelRules.Check(Draft, Channel is null);
        if (_problems.Count > 0)
        {
            _refusals++;
            return;
        }

        var saved = Channel is { } known
            ? await channels.UpdateAsync(Id, known.Id, known.Version, Draft, Navigation.BaseUri, actor, Leaving)
            : await channels.CreateAsync(Id, Draft, Navigation.BaseUri, actor, Leaving) is null ? Saved.Taken : Saved.Done;
        _outdated = saved is Saved.Outdated;
        if (saved is Saved.Taken)
        {
            _problems = new Dictionary<string, string> { ["name"] = "Another channel has this name." };
            _refusals++;
        }
        else if (saved is Saved.Done)
        {
            Toasts.Say($"{_name} is saved. Press Test to see that messages arrive.");
            await OnDone.InvokeAsync();
        }
    });

    private Task DeleteAsync(string reason) => ActAsync(Permission.Configure, "delete an alert channel", async actor =>
    {
        await channels.DeleteAsync(Id, Channel!.Id, actor, Leaving);
        Toasts.Say($"{Channel.Name} is deleted.");
        await OnDone.InvokeAsync();
    });
}
