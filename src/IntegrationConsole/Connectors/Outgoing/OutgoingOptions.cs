using System.ComponentModel.DataAnnotations;
using System.Net;

namespace IntegrationConsole.Connectors.Outgoing;

/// <summary>Where connections may go, and how much may come back.</summary>
public sealed class OutgoingOptions : IValidatableObject
{
    public const string Section = "Outgoing";

    /// <summary>
    /// Networks inside the private, loopback and link-local ranges that connections may reach all the same, in CIDR
    /// notation such as <c>10.20.0.0/16</c>. Everything public may be reached, nothing private unless named here.
    /// </summary>
    public IList<string> AllowedNetworks { get; } = [];

    /// <summary>Allows http: without TLS to public addresses too. Allowed networks may always use it.</summary>
    public bool AllowUnencrypted { get; set; }

    /// <summary>Most bytes of one answer, decompressed.</summary>
    [Range(1024, int.MaxValue)]
    public int MostAnswerBytes { get; set; } = 256 * 1024 * 1024;

    /// <summary>Most bytes of one record.</summary>
    [Range(1024, 256 * 1024 * 1024)]
    public int MostRecordBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>Most records of one answer: who is sent more must ask for pages, so that a broken connection costs little.</summary>
    [Range(1, int.MaxValue)]
    public int MostAnswerRecords { get; set; } = 5_000_000;

    /// <summary>How long one answer is waited for in all, however steadily it comes; the time in which its records are written does not count.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00")]
    public TimeSpan AnswerWithin { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>Time for name, connection and TLS together.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:02:00")]
    public TimeSpan ConnectWithin { get; set; } = TimeSpan.FromSeconds(10);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        from text in AllowedNetworks
        where !IPNetwork.TryParse(text, out _)
        select new ValidationResult($"Outgoing__AllowedNetworks holds {text}, which is not a network such as 10.20.0.0/16.", [nameof(AllowedNetworks)]);
}
