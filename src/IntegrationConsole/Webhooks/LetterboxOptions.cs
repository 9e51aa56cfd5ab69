using System.ComponentModel.DataAnnotations;

namespace IntegrationConsole.Webhooks;

/// <summary>How much the letterbox takes, and how long it keeps it.</summary>
public sealed class LetterboxOptions
{
    public const string Section = "Letterbox";

    /// <summary>How long a delivery stays readable after every integration that reads its endpoint has read it. One that somebody has still to read never expires.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "365.00:00:00")]
    public TimeSpan KeepFor { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Requests from one address in a minute; more are told to come back. Senders behind one proxy have one address.</summary>
    [Range(1, int.MaxValue)]
    public int MostRequestsPerMinute { get; set; } = 120_000;

    /// <summary>Requests from one address in a minute for endpoints that this node has not heard of; more are told to come back before anybody looks.</summary>
    [Range(1, int.MaxValue)]
    public int MostStrangersPerMinute { get; set; } = 300;

    /// <summary>Deliveries that one endpoint takes in a minute; more are told to come back.</summary>
    [Range(1, int.MaxValue)]
    public int MostKeptPerMinute { get; set; } = 60_000;

    /// <summary>Time for a whole body to arrive.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan BodyWithin { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Bytes of bodies that a node holds at the same time; who comes when they are taken is told to come back.</summary>
    [Range(WebhookSettings.MostBytesOfAll, int.MaxValue)]
    public int MostBytesInHand { get; set; } = 128 * 1024 * 1024;
}
