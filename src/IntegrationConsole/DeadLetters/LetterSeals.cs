using System.Text;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Tenants;

namespace IntegrationConsole.DeadLetters;

/// <summary>The contexts in which letters are sealed.</summary>
internal static class LetterSeals
{
    public const string Payload = "dead-letter-payload";

    public const string Answer = "dead-letter-answer";

    public const string Mapped = "dead-letter-mapped";

    /// <returns>What the outside answered; null where it said nothing.</returns>
    public static byte[]? AnswerOf(Failure failure, TenantSeal seal) => failure.Answer.Length == 0 ? null : seal.Seal(Encoding.UTF8.GetBytes(failure.Answer), Answer);

    public const string SplitValue = "failure-group-value";
}
