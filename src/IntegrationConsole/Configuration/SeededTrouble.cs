namespace IntegrationConsole.Configuration;

/// <summary>
/// How many made-up dead letters each integration has. As in life most integrations have none, a few have most of them,
/// and there is a long tail: a million letters stand in about three hundred groups.
/// </summary>
public sealed class SeededTrouble
{
    /// <summary>How many integrations have letters at all, where there are so many.</summary>
    private const int Troubled = 100;

    /// <summary>Of an integration's letters, in each of its groups, in percent.</summary>
    private static readonly int[] Shares = [52, 31, 17];

    private readonly Dictionary<int, int> _letters = [];

    public SeededTrouble(int integrations, int letters)
    {
        var troubled = Math.Min(Troubled, integrations);
        var weights = Enumerable.Range(1, troubled).Sum(rank => 1.0 / rank);
        var (number, given, share) = (0, 0, 0.0);
        for (var rank = 1; rank <= troubled; rank++)
        {
            // The worst ones are close together, so that there is a tenant with much of it; the others are spread.
            var place = 1 + (int)((long)(rank - 1) * (rank - 1) * (integrations - 1) / ((long)troubled * troubled));
            number = Math.Max(number + 1, place);
            share += 1.0 / rank / weights;
            var until = rank == troubled ? letters : (int)(letters * share);
            _letters[number] = until - given;
            given = until;
        }
    }

    /// <param name="number">Of the integration, from 1.</param>
    /// <returns>How many of its letters failed for each of its reasons; a few reasons of those that there are.</returns>
    public IReadOnlyList<(int Reason, int Letters)> Of(int number, int reasons)
    {
        var all = _letters.GetValueOrDefault(number);
        var (found, given, percent) = (new List<(int, int)>(), 0, 0);
        for (var place = 0; place < Shares.Length; place++)
        {
            percent += Shares[place];
            var until = (int)((long)all * percent / 100);
            if (until > given)
            {
                found.Add(((number + place) % reasons, until - given));
            }

            given = until;
        }

        return found;
    }
}
