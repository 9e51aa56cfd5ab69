using System.Text;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Tenants;

namespace IntegrationConsole.DeadLetters.Groups;

public enum GroupRuleKind
{
    /// <summary>Failures that match are one group, whatever their fingerprints.</summary>
    Gather,

    /// <summary>One group becomes one for each value at a place in the record.</summary>
    Split,
}

/// <summary>What somebody decided about where an integration's failures belong.</summary>
/// <param name="Cause">Null for any.</param>
/// <param name="Text">Found in the sentence; empty for all.</param>
/// <param name="Field">Of what is gathered; empty for any.</param>
/// <param name="GroupId">What is taken apart.</param>
/// <param name="Path">By whose value, with dots.</param>
public sealed record GroupRule(
    Guid Id, Guid SyncId, GroupRuleKind Kind, string Name, FailureCause? Cause, string Text, string Field, Guid? GroupId, string Path, DateTimeOffset CreatedAt, string CreatedBy)
{
    /// <summary>So many groups may come of one that is taken apart; what has another value stays where it was.</summary>
    public const int MostParts = 50;

    public bool Gathers(FailureCause cause, string sentence, string field) =>
        Kind is GroupRuleKind.Gather && (Cause is null || Cause == cause) && (Field.Length == 0 || Field == field)
        && (Text.Length == 0 || sentence.Contains(Text, StringComparison.OrdinalIgnoreCase));
}

/// <summary>Where a failure belongs.</summary>
internal sealed record GroupPlace(Guid Id, Guid Pattern, FailureFingerprint Print, string Title, string Template, Guid? RuleId, byte[]? SplitValue);

/// <summary>Reads the rules of an integration for the line.</summary>
public sealed class GroupRules(TenantSeals seals)
{
    internal const string Columns = "r.id, r.sync_id, r.kind, r.name, r.cause, r.text, r.field, r.group_id, r.path, r.created_at, r.created_by";

    internal async Task<GroupSorting> ForAsync(DatabaseSession session, TenantId tenant, Guid syncId, CancellationToken cancellationToken)
    {
        var rules = await session.ListAsync<GroupRule>(
            $"select {Columns} from group_rule r where r.tenant_id = @tenant and r.sync_id = @syncId order by r.created_at, r.id", new { tenant, syncId }, cancellationToken);
        if (rules.All(rule => rule.Kind is not GroupRuleKind.Split))
        {
            return new GroupSorting(tenant, syncId, rules, [], null);
        }

        var parts = await session.ListAsync<Part>(
            "select id, rule_id from failure_group where tenant_id = @tenant and sync_id = @syncId and rule_id is not null", new { tenant, syncId }, cancellationToken);
        return new GroupSorting(tenant, syncId, rules, parts.GroupBy(part => part.RuleId).ToDictionary(group => group.Key, group => group.Select(part => part.Id).ToHashSet()),
            await seals.ForAsync(tenant, cancellationToken));
    }

    private sealed record Part(Guid Id, Guid RuleId);
}

/// <summary>Applies the rules of one integration.</summary>
internal sealed class GroupSorting(TenantId tenant, Guid syncId, IReadOnlyList<GroupRule> rules, Dictionary<Guid, HashSet<Guid>> parts, TenantSeal? seal)
{
    public GroupPlace Place(FailureFingerprint print, GroupedFailure failure)
    {
        var place = new GroupPlace(FailureFingerprint.GroupOf(print.Pattern, tenant, syncId, ""), print.Pattern, print, print.Title, print.Template, null, null);
        if (rules.FirstOrDefault(rule => rule.Gathers(failure.Cause, failure.Sentence, print.Field)) is { } gathering)
        {
            var pattern = FailureFingerprint.PatternOf(gathering.Id);
            place = place with { Id = FailureFingerprint.GroupOf(pattern, tenant, syncId, ""), Pattern = pattern, Title = gathering.Name, Template = gathering.Name, RuleId = gathering.Id };
        }

        return rules.FirstOrDefault(rule => rule.Kind is GroupRuleKind.Split && rule.GroupId == place.Id) is { } splitting ? Part(place, splitting, failure) : place;
    }

    /// <summary>What is called a part's value is a record's: it is kept sealed, and the group's name is made of a keyed hash of it.</summary>
    private GroupPlace Part(GroupPlace whole, GroupRule rule, GroupedFailure failure)
    {
        if (RecordText.At(failure.Record(), rule.Path) is not { } value)
        {
            return whole;
        }

        var bytes = Encoding.UTF8.GetBytes(value);
        var id = FailureFingerprint.GroupOf(whole.Pattern, tenant, syncId, $"{rule.Id:n}:{Convert.ToHexStringLower(seal!.Fingerprint(bytes))}");
        if (!parts.TryGetValue(rule.Id, out var known))
        {
            parts[rule.Id] = known = [];
        }

        if (!known.Contains(id) && known.Count >= GroupRule.MostParts)
        {
            return whole;
        }

        known.Add(id);
        return whole with { Id = id, RuleId = rule.Id, SplitValue = seal.Seal(bytes, LetterSeals.SplitValue) };
    }
}
