namespace IntegrationConsole.DeadLetters;

/// <summary>In which order letters are listed; those that are alike in it come the last failure first.</summary>
public sealed record LetterOrder
{
    public static readonly LetterOrder Newest = new() { Name = "-last_failed" };
    public static readonly LetterOrder Oldest = new() { Name = "last_failed" };

    private static readonly LetterOrder Attempts = new() { Name = "-attempts", Rank = "d.attempts::bigint", Of = letter => letter.Attempts };
    private static readonly LetterOrder Size = new() { Name = "-size", Rank = "d.payload_size::bigint", Of = letter => letter.PayloadSize };

    private static readonly LetterOrder[] All = [Newest, Oldest, Attempts, Attempts with { Name = "attempts" }, Size, Size with { Name = "size" }];

    public static IReadOnlyList<string> Names => [.. All.Select(order => order.Name)];

    /// <summary>As it stands in an address: a minus before it where the greatest comes first.</summary>
    public required string Name { get; init; }

    public bool IsNewest => Name == Newest.Name;

    /// <summary>By a figure and not by the last failure: no index knows it, so only the newest are put in order.</summary>
    public bool IsByFigure => Rank is not null;

    /// <summary>By what, as a number; null for the last failure.</summary>
    internal string? Rank { get; private init; }

    private Func<DeadLetter, long> Of { get; init; } = _ => 0;

    internal bool IsDescending => Name[0] == '-';

    public static LetterOrder Named(string name) => All.FirstOrDefault(order => order.Name == name) ?? Newest;

    internal RankedKeyset PlaceOf(DeadLetter letter) => new(Of(letter), letter.LastFailedAt, letter.Id);
}
