using IntegrationConsole.Tenants;

namespace IntegrationConsole.Alerts.Channels;

/// <summary>What kind of place messages are sent to.</summary>
public enum ChannelKind
{
    Email,

    /// <summary>JSON to an address, signed; on-call tools take it too.</summary>
    Webhook,

    /// <summary>An incoming webhook that takes what Slack takes.</summary>
    Slack,

    /// <summary>An incoming webhook that takes what Microsoft Teams takes.</summary>
    Teams,
}

/// <summary>Where a tenant's messages go.</summary>
/// <param name="Settings">What may be shown.</param>
/// <param name="LeastSeverity">What presses less is not sent here.</param>
/// <param name="AfterMinutes">Its place in the chain: 0 is told at once, others when nobody acknowledged within that time.</param>
/// <param name="WorkingHoursOnly">Told in the tenant's working hours; what comes outside waits until then.</param>
/// <param name="ConsoleAddress">How the people who read it reach the console.</param>
public sealed record AlertChannel(
    TenantId TenantId, Guid Id, string Name, ChannelKind Kind, IReadOnlyDictionary<string, string> Settings, Severity LeastSeverity, int AfterMinutes, bool WorkingHoursOnly,
    bool IsOn, string ConsoleAddress, int FailuresInARow, DateTimeOffset? LastSentAt, DateTimeOffset? LastFailedAt, string LastProblem, int Version)
{
    /// <summary>One that failed once may have had bad luck; twice, and somebody has to look.</summary>
    public bool IsBroken => IsOn && FailuresInARow >= 2;

    public string Setting(string name) => Settings.GetValueOrDefault(name, "");

    /// <summary>Where it goes, without anything secret.</summary>
    public string Target => Kind switch
    {
        ChannelKind.Email => Setting(ChannelSettings.To),
        ChannelKind.Webhook => Setting(ChannelSettings.Address),
        ChannelKind.Slack or ChannelKind.Teams => Setting(ChannelSettings.Host),
    };

    public bool IsOpen(DateTimeOffset now, WorkingHours hours, TimeZoneInfo zone) => !WorkingHoursOnly || hours.Hold(now, zone);
}

/// <summary>What a person says about a channel.</summary>
/// <param name="Secrets">Empty where they stay as they are.</param>
public sealed record ChannelDraft(
    string Name, ChannelKind Kind, IReadOnlyDictionary<string, string> Settings, IReadOnlyDictionary<string, string> Secrets, Severity LeastSeverity, int AfterMinutes,
    bool WorkingHoursOnly, bool IsOn)
{
    public string Setting(string name) => Settings.GetValueOrDefault(name, "").Trim();

    public string Secret(string name) => Secrets.GetValueOrDefault(name, "").Trim();
}

/// <summary>The names of settings and secrets.</summary>
public static class ChannelSettings
{
    public const string Host = "host";
    public const string Port = "port";
    public const string Security = "security";
    public const string From = "from";
    public const string To = "to";
    public const string Certificate = "certificate";
    public const string Address = "address";
    public const string User = "user";
    public const string Password = "password";
    public const string Key = "key";

    /// <summary>At which hour of the tenant's day a summary is sent; empty for never.</summary>
    public const string DigestHour = "digestHour";

    /// <summary>Whether a quiet day is told too.</summary>
    public const string DigestOnQuietDays = "digestOnQuietDays";
    public const string Yes = "yes";

    public const string StartTls = "starttls";
    public const string Tls = "tls";
    public const string NoTls = "none";
}
