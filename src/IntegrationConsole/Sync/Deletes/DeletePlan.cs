using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Mappings;
using IntegrationConsole.Mappings.Plan;

namespace IntegrationConsole.Sync.Deletes;

/// <summary>How a run finds out which records are there, and which are gone: the key's part of its mapping, compiled once more for each question.</summary>
/// <param name="Keys">The key of any record.</param>
/// <param name="Tombstones">The keys of records that say that they were deleted; null where they do not say it.</param>
/// <param name="Ids">The keys of the stream of deleted ones; null where there is none.</param>
public sealed record DeletePlan(DeleteRules Rules, MappingPlan Keys, MappingPlan? Tombstones, MappingPlan? Ids)
{
    /// <returns>Null where deleted records are left alone.</returns>
    /// <exception cref="FailureException">The mapping makes no single row of a record, or fills the column that marks deleted rows.</exception>
    public static async Task<DeletePlan?> CompileAsync(MappingPlans plans, SyncDefinition sync, MappingDocument document, RunFacts facts, CancellationToken cancellationToken)
    {
        var rules = sync.DeleteRules;
        if (!rules.IsOn)
        {
            return null;
        }

        if (document.Split.Length > 0 || document.Group.Length > 0 || document.Children.Count > 0)
        {
            throw Wrong("The mapping makes several rows of a record, or one of several, and the integration deletes: let deleted records be, or make one row of each.");
        }

        if (rules.Policy is DeletePolicy.Soft && document.Fields.Any(rule => rule.Name == rules.Column))
        {
            throw Wrong($"The mapping fills {rules.Column}, which is to mark deleted rows: take it out of the mapping, or name another column.");
        }

        var keys = new MappingDocument([.. document.Fields.Where(rule => sync.KeyFields.Contains(rule.Name))], []);
        Task<MappingPlan> PlanAsync(MappingDocument part) => plans.CompileAsync(sync.TenantId, part, sync.KeyFields, facts, cancellationToken);
        return new DeletePlan(
            rules,
            await PlanAsync(keys),
            TombstoneOf(sync) is { } tombstone ? await PlanAsync(keys with { Filter = tombstone }) : null,
            rules.Signal is DeleteSignal.Stream ? await PlanAsync(keys with { Fields = [.. keys.Fields.Select(rule => Listed(rule, sync, rules))] }) : null);
    }

    /// <summary>The mapping without the records that say that they were deleted: they bring no row.</summary>
    public static MappingDocument Without(MappingDocument document, SyncDefinition sync)
    {
        if (TombstoneOf(sync) is not { } tombstone)
        {
            return document;
        }

        // Compared, because of a record that has no such field nothing is true and nothing false.
        var isThere = $"$not($boolean(({tombstone})) = true)";
        return document with { Filter = document.Filter.Length > 0 ? $"{isThere} and ({document.Filter})" : isThere };
    }

    /// <summary>A change stream marks the records of deleted rows itself, whatever is done about them.</summary>
    private static string? TombstoneOf(SyncDefinition sync) =>
        sync.ReadMode is ReadMode.ChangeStream ? ChangeMark.DeletedField
        : sync.DeleteRules is { IsOn: true, Signal: DeleteSignal.Tombstone } rules ? rules.Tombstone : null;

    private static FieldRule Listed(FieldRule rule, SyncDefinition sync, DeleteRules rules) =>
        rules.IdPathList.Count == 0 ? rule : rule with { Origin = ValueOrigin.Path, Source = rules.IdPathList[Array.IndexOf(sync.KeyFields, rule.Name)] };

    private static FailureException Wrong(string sentence) => new(new Failure(FailureCause.Configuration, sentence));
}
