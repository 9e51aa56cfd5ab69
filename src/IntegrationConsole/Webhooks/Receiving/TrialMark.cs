using System.Security.Cryptography;
using IntegrationConsole.Webhooks.Verification;

namespace IntegrationConsole.Webhooks.Receiving;

/// <summary>
/// What the console puts on a delivery that it sends itself to try an endpoint, so that it goes the whole way and no
/// integration reads it. Made anew by each process, and known to it alone.
/// </summary>
public sealed class TrialMark
{
    public const string Header = "X-Console-Trial";

    public string Value { get; } = RandomNumberGenerator.GetHexString(64, lowercase: true);

    public bool IsOn(ReceivedHeaders headers) =>
        headers[Header] is { Length: > 0 } given && CryptographicOperations.FixedTimeEquals(Signature.Bytes(given), Signature.Bytes(Value));
}
