using System.Globalization;

namespace IntegrationConsole.Health.Verdicts;

/// <summary>What is remembered of one dimension from look to look.</summary>
/// <param name="State">The state that counts.</param>
/// <param name="Since">Since when.</param>
/// <param name="Against">How many looks in a row saw something better, or something worse.</param>
/// <param name="CountedAt">When the last of them was counted.</param>
/// <param name="Known">The state before it could not be told any more.</param>
/// <param name="KnownAt">When that was.</param>
public sealed record Remembered(
    HealthState State, DateTimeOffset Since, int Against = 0, DateTimeOffset? CountedAt = null, HealthState? Known = null, DateTimeOffset? KnownAt = null);

/// <summary>What is remembered of an object's dimensions. Kept as one short text: it is read for every object at every look.</summary>
public sealed class SideMemory
{
    public static readonly SideMemory Empty = new(new Dictionary<HealthDimension, Remembered>());

    private readonly IReadOnlyDictionary<HealthDimension, Remembered> _dimensions;

    public SideMemory(IReadOnlyDictionary<HealthDimension, Remembered> dimensions) => _dimensions = dimensions;

    public Remembered? Of(HealthDimension dimension) => _dimensions.GetValueOrDefault(dimension);

    public IEnumerable<KeyValuePair<HealthDimension, Remembered>> All => _dimensions;

    /// <summary>What cannot be read is forgotten: the next look begins anew.</summary>
    public static SideMemory Parse(string text)
    {
        var dimensions = new Dictionary<HealthDimension, Remembered>();
        foreach (var part in text.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            var fields = part.Split(':');
            if (fields.Length == 7 && Enum.TryParse<HealthDimension>(fields[0], out var dimension) && Enum.TryParse<HealthState>(fields[1], out var state) && At(fields[2]) is { } since)
            {
                dimensions[dimension] = new Remembered(
                    state, since, int.TryParse(fields[3], CultureInfo.InvariantCulture, out var against) ? against : 0, At(fields[4]),
                    Enum.TryParse<HealthState>(fields[5], out var known) ? known : null, At(fields[6]));
            }
        }

        return new SideMemory(dimensions);
    }

    public override string ToString() => string.Join(';', _dimensions.OrderBy(pair => pair.Key).Select(pair => string.Join(
        ':', pair.Key, pair.Value.State, Text(pair.Value.Since), pair.Value.Against.ToString(CultureInfo.InvariantCulture), Text(pair.Value.CountedAt), pair.Value.Known, Text(pair.Value.KnownAt))));

    private static DateTimeOffset? At(string text) => long.TryParse(text, CultureInfo.InvariantCulture, out var seconds) ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;

    private static string Text(DateTimeOffset? at) => at?.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture) ?? "";
}
