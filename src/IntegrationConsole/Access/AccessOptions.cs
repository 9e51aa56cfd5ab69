using System.ComponentModel.DataAnnotations;

namespace IntegrationConsole.Access;

/// <summary>How people sign in.</summary>
public sealed class AccessOptions
{
    public const string Section = "Access";

    /// <summary>Time without a request after which one has to sign in again.</summary>
    [Range(typeof(TimeSpan), "00:05:00", "30.00:00:00")]
    public TimeSpan SessionLasts { get; set; } = TimeSpan.FromHours(12);

    /// <summary>How long a link to choose a password works.</summary>
    [Range(typeof(TimeSpan), "00:10:00", "30.00:00:00")]
    public TimeSpan LinkLasts { get; set; } = TimeSpan.FromDays(3);

    /// <summary>Sign-in attempts a minute from one address, before it has to wait.</summary>
    [Range(1, 100_000)]
    public int SignInsPerMinute { get; set; } = 30;
}
