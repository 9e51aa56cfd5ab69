namespace IntegrationConsole.Webhooks.Receiving;

/// <summary>What a sender is told.</summary>
/// <param name="Word">One word for machines; it says nothing that a stranger should not know.</param>
/// <param name="RetryAfter">Seconds after which it is worth trying again; null where it says nothing.</param>
internal sealed record LetterboxAnswer(int Status, string Word, int? RetryAfter = null)
{
    public static readonly LetterboxAnswer Kept = new(StatusCodes.Status202Accepted, "kept");
    public static readonly LetterboxAnswer Duplicate = new(StatusCodes.Status200OK, "duplicate");

    /// <summary>The same for an endpoint that is switched off, and for one that never was.</summary>
    public static readonly LetterboxAnswer Unknown = new(StatusCodes.Status404NotFound, "unknown");

    public static readonly LetterboxAnswer Unverified = new(StatusCodes.Status401Unauthorized, "unverified");
    public static readonly LetterboxAnswer Stale = new(StatusCodes.Status400BadRequest, "stale");
    public static readonly LetterboxAnswer Broken = new(StatusCodes.Status400BadRequest, "broken");
    public static readonly LetterboxAnswer TooLarge = new(StatusCodes.Status413PayloadTooLarge, "too large");
    public static readonly LetterboxAnswer TooSlow = new(StatusCodes.Status408RequestTimeout, "too slow");
    public static readonly LetterboxAnswer TooMany = new(StatusCodes.Status429TooManyRequests, "too many", 30);

    /// <summary>Neither kept nor refused: it should be sent again.</summary>
    public static readonly LetterboxAnswer Later = new(StatusCodes.Status503ServiceUnavailable, "later", 10);
}
