using System.Globalization;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Webhooks.Reading;

/// <summary>
/// A place between the records of an endpoint: behind a delivery, such as <c>120</c>, or behind some records of one, such
/// as <c>121+3</c>.
/// </summary>
/// <param name="Seq">The delivery that is read, or behind which it is.</param>
/// <param name="Records">How many of its records are read; null for all.</param>
internal sealed record DeliveryPlace(long Seq, int? Records)
{
    /// <summary>The first delivery that is not read to its end.</summary>
    public long Next => Records is null ? Seq + 1 : Seq;

    public static DeliveryPlace Behind(long seq) => new(seq, null);

    public static DeliveryPlace Parse(string text)
    {
        var parts = text.Split('+');
        return parts.Length <= 2 && Number(parts[0]) is { } seq && (parts.Length == 1 || int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out _))
            ? new DeliveryPlace(seq, parts.Length == 1 ? null : int.Parse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture))
            : throw new FailureException(new Failure(FailureCause.Configuration, "The checkpoint is no place of a webhook endpoint: start a new run.", ReadRequest.MisplacedCode));
    }

    /// <summary>A cursor, or where a backfill begins or ends.</summary>
    /// <exception cref="FailureException">It is no number.</exception>
    public static long Cursor(string text) => decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number < long.MaxValue
        ? (long)Math.Max(0, Math.Ceiling(number))
        : throw new FailureException(new Failure(FailureCause.Configuration, "Deliveries are numbered: the cursor of a webhook endpoint is a number, such as 120.", "cursor"));

    public override string ToString() => Records is { } records ? string.Create(CultureInfo.InvariantCulture, $"{Seq}+{records}") : Seq.ToString(CultureInfo.InvariantCulture);

    private static long? Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
