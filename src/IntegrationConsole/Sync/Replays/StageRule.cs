namespace IntegrationConsole.Sync.Replays;

/// <summary>How a stage of a replay stands.</summary>
/// <param name="Done">Letters of it that arrived or failed; those that wait behind another are neither.</param>
/// <param name="Same">Of those that failed, how many did for what they had failed for before.</param>
internal readonly record struct StageFacts(int Stage, int Done, int Failed, int Same, int StopPercent, bool StopsOnSame, bool IsStaged);

/// <summary>
/// The stages of a careful replay: one letter, ten, a hundred, then the rest. Whether one may follow another is decided
/// by what failed. Pure.
/// </summary>
public static class StageRule
{
    /// <summary>The last stage has no size.</summary>
    public const int Last = 4;

    /// <summary>Before so many are through, a share of failures says little.</summary>
    private const int Enough = 20;

    private static readonly int[] Sizes = [1, 10, 100];

    /// <summary>In which stage the letter with this place in the replay goes, from 0.</summary>
    public static int StageOf(int place, bool isStaged)
    {
        var before = 0;
        for (var stage = 1; isStaged && stage < Last; stage++)
        {
            before += Sizes[stage - 1];
            if (place < before)
            {
                return stage;
            }
        }

        return Last;
    }

    public static string NameOf(int stage) => stage < Last ? Sizes[stage - 1].ToString(System.Globalization.CultureInfo.InvariantCulture) : "the rest";

    /// <summary>Whether a replay of so many letters comes to this stage.</summary>
    public static bool HasStage(int stage, int letters) => letters > Sizes.Take(stage - 1).Sum();

    /// <summary>Why the replay goes no further; null where it goes on.</summary>
    internal static string? StopReason(StageFacts facts, bool isComplete)
    {
        var where = facts.IsStaged ? facts.Stage < Last ? $"in the stage of {NameOf(facts.Stage)}" : "among the rest" : "so far";
        var isTooMuch = facts.StopPercent > 0 && facts.Failed * 100L > (long)facts.StopPercent * facts.Done && (isComplete || facts.Done >= Enough);
        var isSame = facts is { IsStaged: true, StopsOnSame: true, Stage: < Last, Same: > 0 };
        if (!isTooMuch && !isSame)
        {
            return null;
        }

        var same = facts.Same == 0 ? "" : facts.Same == facts.Failed ? ", for the same cause as before" : $", {facts.Same:N0} of them for the same cause as before";
        return $"{facts.Failed:N0} of {facts.Done:N0} failed {where}{same}. Nothing else was sent.";
    }
}
