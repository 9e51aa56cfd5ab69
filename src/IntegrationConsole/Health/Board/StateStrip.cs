using IntegrationConsole.Health.Verdicts;

namespace IntegrationConsole.Health.Board;

/// <summary>A stretch of time in one state.</summary>
/// <param name="To">Null where it goes on.</param>
public sealed record Spell(HealthState State, DateTimeOffset From, DateTimeOffset? To, string Reason);

/// <summary>
/// The last 24 hours of an object as 48 blocks, each in the worst state that it had in that half hour, and the same as a
/// list of spells for whoever reads. Pure.
/// </summary>
public sealed record StateStrip(IReadOnlyList<HealthState?> Blocks, IReadOnlyList<Spell> Spells)
{
    public const int Count = 48;
    public static readonly TimeSpan Step = TimeSpan.FromMinutes(30);
    public static readonly TimeSpan Span = Count * Step;

    /// <param name="transitions">Of the object, the oldest first, begun by the last one before the span where there is one.</param>
    /// <param name="now">The end of the last block.</param>
    public static StateStrip Of(IReadOnlyList<HealthTransition> transitions, DateTimeOffset now)
    {
        var begin = now - Span;
        var spells = new List<Spell>();
        for (var index = 0; index < transitions.Count; index++)
        {
            var (from, to) = (transitions[index].At, index + 1 < transitions.Count ? transitions[index + 1].At : (DateTimeOffset?)null);
            if (to is null || to > begin)
            {
                spells.Add(new Spell(transitions[index].ToState, from < begin ? begin : from, to, transitions[index].Reason));
            }
        }

        HealthState? Worst(int block)
        {
            var (start, end) = (begin + (block * Step), begin + ((block + 1) * Step));
            var states = spells.Where(spell => spell.From < end && (spell.To ?? now) > start).Select(spell => (HealthState?)spell.State).ToList();
            return states.Count == 0 ? null : states.Min();
        }

        return new StateStrip([.. Enumerable.Range(0, Count).Select(Worst)], spells);
    }

    /// <summary>How much of the time that is known it was not in trouble.</summary>
    public double? WellShare(DateTimeOffset now)
    {
        double Length(Spell spell) => ((spell.To ?? now) - spell.From).TotalSeconds;
        var known = Spells.Sum(Length);
        return known <= 0 ? null : Spells.Where(spell => !spell.State.IsTrouble).Sum(Length) / known;
    }
}
