using System.ComponentModel.DataAnnotations;

namespace IntegrationConsole.Alerts;

/// <summary>When people are told, and how often.</summary>
public sealed class AlertOptions : IValidatableObject
{
    public const string Section = "Alerts";

    /// <summary>How often alerts are looked at. One fires at the second look in a row that finds it, and is over at the third that does not.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "00:05:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a new incident waits for more of its alerts, so that one message names them all.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan GroupWait { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The least time between two messages about the same incident when it grows.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00")]
    public TimeSpan GroupInterval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>When an incident that nobody acknowledged is told again.</summary>
    [Range(typeof(TimeSpan), "00:05:00", "7.00:00:00")]
    public TimeSpan RepeatAfter { get; set; } = TimeSpan.FromHours(4);

    /// <summary>Most messages about one thing to one channel in an hour; what comes on top is told together afterwards. Recoveries are always told.</summary>
    [Range(1, 1000)]
    public int MostPerHour { get; set; } = 3;

    /// <summary>Most time for one message, connection included.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "00:05:00")]
    public TimeSpan SendWithin { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The console's address in messages, such as <c>https://console.example.com</c>; empty takes the one at which a channel was saved.</summary>
    public string PublicAddress { get; set; } = "";

    /// <summary>How long alerts that are over and the log of deliveries are kept.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "1000.00:00:00")]
    public TimeSpan KeepFor { get; set; } = TimeSpan.FromDays(90);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (PublicAddress.Length > 0 && !(Uri.TryCreate(PublicAddress, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"))
        {
            yield return new ValidationResult("Alerts__PublicAddress is not an address such as https://console.example.com.", [nameof(PublicAddress)]);
        }
    }
}
