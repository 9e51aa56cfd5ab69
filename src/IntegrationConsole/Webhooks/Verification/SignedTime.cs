using System.Globalization;

namespace IntegrationConsole.Webhooks.Verification;

/// <summary>The time that a signature covers: seconds since 1970.</summary>
internal static class SignedTime
{
    public static DateTimeOffset? Of(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;
}
