using IntegrationConsole.Connectors;
using IntegrationConsole.Mappings.Plan;

namespace IntegrationConsole.Sync.Deletes;

/// <summary>What is wrong with the rules for deleted records as they are entered.</summary>
internal static class DeleteChecks
{
    /// <returns>The field and a sentence for each problem.</returns>
    public static IEnumerable<(string Field, string Sentence)> Of(SyncDraft draft, IReadOnlyCollection<string>? fields)
    {
        var rules = draft.Deletes;
        if (rules.Share is < 0 or > 100)
        {
            yield return (nameof(rules.Share), "Enter a share between 0 and 100 %.");
        }

        if (!rules.IsOn)
        {
            yield break;
        }

        if (draft.WriteMode is not WriteMode.Upsert)
        {
            yield return (nameof(draft.Deletes), "Only an integration that changes or makes records by key knows which rows it brought: leave deleted records where they are, or write by key.");
        }

        foreach (var problem in Signal(draft, rules))
        {
            yield return problem;
        }

        if (rules.Policy is DeletePolicy.Soft)
        {
            if (rules.Column.Trim().Length == 0)
            {
                yield return (nameof(rules.Column), "Name the column of the destination that says that a row is deleted.");
            }
            else if (fields?.Contains(rules.Column.Trim()) == true)
            {
                yield return (nameof(rules.Column), $"The mapping fills {rules.Column.Trim()}: take it out of the mapping, or name another column.");
            }
        }
    }

    private static IEnumerable<(string Field, string Sentence)> Signal(SyncDraft draft, DeleteRules rules)
    {
        if (rules.Signal is DeleteSignal.Tombstone && ExpressionText.Parse(rules.Tombstone) is { Expression: null } wrong)
        {
            yield return (nameof(rules.Tombstone), wrong.Problem);
        }
        else if ((rules.Signal is DeleteSignal.Changes) != (draft.ReadMode is ReadMode.ChangeStream))
        {
            yield return (nameof(rules.Signal), draft.ReadMode is ReadMode.ChangeStream
                ? "A change stream tells itself what was deleted: choose that as the sign." : "Only a change stream tells of deletions: choose another sign.");
        }
        else if (rules.Signal is DeleteSignal.Sweep && draft.ReadMode is not ReadMode.Full)
        {
            yield return (nameof(rules.Signal), "What was not met can only be told after reading everything: read all records, or choose another sign.");
        }
        else if (rules.Signal is DeleteSignal.Stream)
        {
            if (rules.Stream.Trim().Length == 0)
            {
                yield return (nameof(rules.Stream), "Name the stream of the source that lists what was deleted.");
            }

            if (rules.IdPathList.Count > 0 && rules.IdPathList.Count != draft.KeyFields.Count)
            {
                yield return (nameof(rules.IdPaths), "Name a path for each key field, in their order, or none.");
            }
        }
    }
}
