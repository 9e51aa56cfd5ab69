using IntegrationConsole.Controls;

namespace IntegrationConsole.DeadLetters.Pages;

/// <summary>How it is said when a letter expires.</summary>
internal static class ExpiryWords
{
    /// <param name="left">How long it has; what is over goes within the hour.</param>
    public static string In(TimeSpan left) => left > TimeSpan.Zero ? $"expires in {Durations.Words(left)}" : "expires soon";
}
