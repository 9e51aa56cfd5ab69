using System.Globalization;
using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Health.Verdicts;

/// <summary>Judges a sync by its open dead letters: that there are any, that many come, and that nobody looks at them.</summary>
internal static class LetterVerdicts
{
    private const double MostInflow = 0.01;
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    public static Finding? Judge(SyncFacts sync, DateTimeOffset now)
    {
        var total = sync.Letters.Sum(letter => letter.Count);
        if (total == 0)
        {
            return null;
        }

        var causes = string.Join(", ", sync.Letters.OrderByDescending(letter => letter.Count).ThenBy(letter => letter.Cause).Select(letter =>
            string.Create(CultureInfo.InvariantCulture, $"{letter.Count:N0} {letter.Cause.Words.ToLowerInvariant()}")));
        var waits = total == 1 ? "1 record waits as a dead letter" : string.Create(CultureInfo.InvariantCulture, $"{total:N0} records wait as dead letters");
        // Letters of the last hour that somebody dealt with already are no flood any more.
        var hour = new Share(Math.Min(sync.Recent.Hour.Bad, total), sync.Recent.Hour.Attempted);
        var floods = hour.Attempted >= ErrorVerdicts.FewestRecords && hour.Of > MostInflow;
        var isOld = now - sync.OldestLetter > Longest;
        var more = floods ? " More than one record in a hundred of the last hour became one." : isOld ? $" The oldest waits since {Moment.Time(sync.OldestLetter!.Value)}." : "";
        return new Finding(
            HealthDimension.DeadLetters, floods || isOld ? HealthState.Failing : HealthState.Degraded, $"{waits}: {causes}.{more}", sync.Letters.All(letter => letter.Cause.IsTransient),
            new Evidence(EvidenceKind.DeadLetters))
        {
            Value = string.Create(CultureInfo.InvariantCulture, $"{total:N0}"), Threshold = "0; 1 in 100 records; 24 hours",
        };
    }
}
