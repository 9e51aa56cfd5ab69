namespace IntegrationConsole.DeadLetters.Pages;

/// <summary>Why people discard letters.</summary>
internal static class DiscardReasons
{
    public static readonly IReadOnlyList<string> All =
        ["Already applied by hand", "Duplicate", "Obsolete", "Wrong at the source, will be sent again", "Test data", "At the customer's request", "Other"];
}
