using IntegrationConsole.Connectors;

namespace IntegrationConsole.Sync.Partitions;

/// <summary>Which syncs can be cut into parts that are read at the same time.</summary>
internal static class PartitionRules
{
    public const int Most = 64;

    /// <returns>Sentences, the most important first; empty when all is well.</returns>
    public static IEnumerable<string> Check(SyncDraft draft)
    {
        if (draft.Partitions is < 1 or > Most)
        {
            yield return $"Use a number from 1 to {Most}.";
        }

        if (draft.Partitions <= 1)
        {
            yield break;
        }

        if (draft.ReadMode is ReadMode.ChangeStream)
        {
            yield return "A change stream comes in one piece: leave this at 1, or read all records, or those that changed.";
        }

        if (draft.WriteMode is WriteMode.Append or WriteMode.Overwrite)
        {
            yield return "Partitions are written at the same time, and taken up again where they stopped: write by key, or leave this at 1.";
        }

        if (draft.OrderKey.Trim().Length > 0)
        {
            yield return "Records of several partitions come in no order: remove what they are kept in order by, or leave this at 1.";
        }

        if (draft.ReadMode is ReadMode.Full && draft.Deletes.IsOn)
        {
            yield return "What is deleted at the source is found by a run that reads in one piece: leave this at 1, or leave deleted records where they are.";
        }
    }
}
