using IntegrationConsole.Sync.Completeness;

namespace IntegrationConsole.Health.Verdicts;

/// <summary>
/// Judges a sync by how much its last run brought: what succeeds with nothing where something is usual looks green
/// everywhere else. The runs before are a weaker witness than the same hour of other weeks, for nights are quiet.
/// </summary>
internal static class VolumeVerdicts
{
    public static Finding? Judge(EndedRun? last) => last is { IsGood: true, Volume: { } volume } ? Of(last, volume) : null;

    private static Finding? Of(EndedRun run, Volume volume)
    {
        var isHour = volume.Of is UsualOf.Hour;
        HealthState? state = volume.Level switch
        {
            VolumeLevel.Unjudged => null,
            VolumeLevel.Usual => HealthState.Healthy,
            VolumeLevel.None when volume.Quiet > 1 => isHour ? HealthState.Failing : HealthState.Degraded,
            VolumeLevel.None or VolumeLevel.Few or VolumeLevel.Many => isHour ? HealthState.Degraded : HealthState.Healthy,
        };
        return state is not { } known ? null : new Finding(
            HealthDimension.Volume, known, Sentence(run, volume), HealsItself: volume.Quiet <= 1, new Evidence(EvidenceKind.Run, run.Id))
        {
            IsSure = volume.Quiet > 1, Value = volume.Words, Threshold = volume.Of is UsualOf.Span ? "some in as long a time" : "25 to 400 % of the usual",
        };
    }

    private static string Sentence(EndedRun run, Volume volume)
    {
        if (volume.Level is VolumeLevel.Usual)
        {
            return "It brings as many records as usual.";
        }

        var words = volume.Words.StartsWith("It ", StringComparison.Ordinal) ? $"Run {run.Number}{volume.Words[2..]}" : $"{volume.Words} The last is run {run.Number}.";
        return volume.Quiet > 1 ? $"{words} Look whether the source still gives what it should." : words;
    }
}
