using System.ComponentModel.DataAnnotations;

namespace IntegrationConsole.Health.Probing;

/// <summary>How often connections are probed that nothing else says anything about.</summary>
public sealed class ProbeOptions
{
    public const string Section = "Probes";

    /// <summary>Whether connections are probed at all.</summary>
    public bool IsOn { get; set; } = true;

    /// <summary>How long after one probe of a connection the next one comes, a tenth more or less.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "1.00:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Probes of one node at the same time.</summary>
    [Range(1, 200)]
    public int AtOnce { get; set; } = 16;
}
