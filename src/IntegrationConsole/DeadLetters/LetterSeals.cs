namespace IntegrationConsole.DeadLetters;

/// <summary>The contexts in which letters are sealed.</summary>
internal static class LetterSeals
{
    public const string Payload = "dead-letter-payload";

    public const string Answer = "dead-letter-answer";

    public const string SplitValue = "failure-group-value";
}
