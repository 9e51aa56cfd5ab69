using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Connectors;

/// <summary>What a light look at an outside system showed: whether it is there and, where it was asked, whether it takes us for who we are.</summary>
/// <param name="Missed">Why it could not be reached; null where it was.</param>
/// <param name="Sentence">What came back.</param>
/// <param name="CertificateExpires">Null where it showed none.</param>
/// <param name="IsAccepted">Null where it was not asked, or did not say.</param>
/// <param name="SignIn">What it said about that.</param>
public sealed record ProbeReport(Failure? Missed, string Sentence, DateTimeOffset? CertificateExpires, bool? IsAccepted, string SignIn)
{
    public static ProbeReport Miss(Failure failure, DateTimeOffset? certificateExpires = null) => new(failure, failure.Sentence, certificateExpires, null, "");
}
