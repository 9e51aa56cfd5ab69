using IntegrationConsole.Access;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings.Plan;
using IntegrationConsole.Mappings.Trials;

namespace IntegrationConsole.Mappings;

/// <summary>What stands between a version and its publication.</summary>
/// <param name="Refusals">Why it cannot be published at all.</param>
/// <param name="Tests">How the saved tests come out on it.</param>
public sealed record PublicationCheck(IReadOnlyList<string> Refusals, IReadOnlyList<TestResult> Tests)
{
    public IReadOnlyList<TestResult> Failing => [.. Tests.Where(result => !result.Passed)];
}

/// <summary>What became of an attempt to publish.</summary>
public enum Published
{
    Done,

    /// <summary>The draft is not there any more, or was edited since it was checked.</summary>
    Outdated,

    /// <summary>It can never work, or more tests fail than somebody agreed to.</summary>
    Refused,
}

/// <summary>Publishes drafts that were tried: what can never work is refused, and a failing test needs somebody's word.</summary>
public sealed class Publication(MappingStore mappings, LookupStore lookups, TestBench bench)
{
    public async Task<PublicationCheck> CheckAsync(TenantId tenant, Guid mapping, MappingDocument document, IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        var unreachable = await UnreachableAsync(tenant, document, cancellationToken);
        try
        {
            return new PublicationCheck(unreachable, await bench.RunAsync(tenant, mapping, document, keys, cancellationToken));
        }
        catch (FailureException unusable)
        {
            return new PublicationCheck([.. unreachable.Append(unusable.Failure.Sentence)], []);
        }
    }

    /// <summary>Checks the draft once more and makes it the version that runs use. Tests that fail are named in the version's note for good.</summary>
    /// <param name="agreed">How many failing tests the person was shown and agreed to.</param>
    public async Task<Published> PublishAsync(
        TenantId tenant, Guid mapping, int number, IReadOnlyList<string> keys, string note, int agreed, Actor actor, CancellationToken cancellationToken)
    {
        if (await mappings.FindVersionAsync(tenant, mapping, number, cancellationToken) is not { State: VersionState.Draft } draft)
        {
            return Published.Outdated;
        }

        var check = await CheckAsync(tenant, mapping, draft.Parsed, keys, cancellationToken);
        if (check.Refusals.Count > 0 || check.Failing.Count > agreed)
        {
            return Published.Refused;
        }

        var done = await mappings.PublishAsync(tenant, mapping, number, draft.EditedAt, NoteOf(note.Trim(), check.Failing), actor, cancellationToken);
        return done ? Published.Done : Published.Outdated;
    }

    private static string NoteOf(string note, IReadOnlyList<TestResult> failing)
    {
        if (failing.Count == 0)
        {
            return note;
        }

        var names = string.Join(", ", failing.Take(3).Select(result => result.Test.Name)) + (failing.Count > 3 ? $" and {failing.Count - 3} more" : "");
        var words = $"published although {failing.Count} {(failing.Count == 1 ? "test fails" : "tests fail")}: {names}";
        return note.Length > 0 ? $"{note} ({words})" : $"{char.ToUpperInvariant(words[0])}{words[1..]}";
    }

    /// <summary>Fields that go through a table none of whose entries converts: found out here, where the tables are at hand, not at every keystroke.</summary>
    private async Task<IReadOnlyList<string>> UnreachableAsync(TenantId tenant, MappingDocument document, CancellationToken cancellationToken)
    {
        var rules = document.Fields.Select(rule => (rule.Name, Rule: rule))
            .Concat(document.Children.SelectMany(child => child.Fields.Select(rule => (Name: $"{child.Stream}.{rule.Name}", Rule: rule))))
            .Where(named => named.Rule.Lookup.Length > 0).ToList();
        if (rules.Count == 0 || MappingRules.Check(document, [.. (await lookups.ListAsync(tenant, cancellationToken)).Select(table => table.Name)]).Count > 0)
        {
            return [];
        }

        var tables = await lookups.LoadAsync(tenant, [.. rules.Select(named => named.Rule.Lookup).Distinct()], cancellationToken);
        return
        [
            .. rules.Where(named => tables.TryGetValue(named.Rule.Lookup, out var table) && TypeReach.IsOutOfReach(named.Rule, table))
                .Select(named => $"{named.Name}: no entry of the lookup table {named.Rule.Lookup} converts to {named.Rule.Type.Words}, so there can never be a value."),
        ];
    }
}
