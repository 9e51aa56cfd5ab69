using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings.Plan;

namespace IntegrationConsole.Mappings.Trials;

/// <summary>Runs saved tests on a mapping as it is, or as it would be. Nothing is written anywhere.</summary>
public sealed class TestBench(SavedTestStore tests, MappingPlans plans, TimeProvider clock)
{
    /// <summary>Nobody waits longer before a publication. A test whose turn does not come has not passed.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>All tests of a mapping, in the order of their names.</summary>
    /// <exception cref="FailureException">The document cannot be used at all.</exception>
    public async Task<IReadOnlyList<TestResult>> RunAsync(
        TenantId tenant, Guid mapping, MappingDocument document, IReadOnlyList<string> keys, CancellationToken cancellationToken) =>
        await RunAsync(tenant, await tests.ListAsync(tenant, mapping, cancellationToken), document, keys, cancellationToken);

    /// <inheritdoc cref="RunAsync(TenantId, Guid, MappingDocument, IReadOnlyList{string}, CancellationToken)"/>
    public async Task<IReadOnlyList<TestResult>> RunAsync(
        TenantId tenant, IReadOnlyList<SavedTest> chosen, MappingDocument document, IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        using var waiting = new CancellationTokenSource(Patience, clock);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, waiting.Token);
        var results = new List<TestResult>();

        // Only expressions know what time it is.
        var shared = document.Expressions.Any() || chosen.Count == 0 ? null : await PlanAsync(tenant, document, keys, chosen[0].At, cancellationToken);
        try
        {
            foreach (var test in chosen)
            {
                var plan = shared ?? await PlanAsync(tenant, document, keys, test.At, cancellationToken);
                results.Add(await Task.Run(() => TestResult.Of(test, Made(plan, test.Record, patience.Token)), patience.Token));
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            results.AddRange(chosen.Skip(results.Count).Select(TestResult.NotReached));
        }

        return results;
    }

    /// <summary>What the mapping makes of a record at a moment.</summary>
    /// <exception cref="FailureException">The document cannot be used at all.</exception>
    public async Task<Expectation> MakeAsync(
        TenantId tenant, byte[] record, DateTimeOffset at, MappingDocument document, IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        var plan = await PlanAsync(tenant, document, keys, at, cancellationToken);
        return await Task.Run(() => Made(plan, record, cancellationToken), cancellationToken);
    }

    private static Expectation Made(MappingPlan plan, byte[] record, CancellationToken cancellationToken)
    {
        using var batch = new RecordBatch(record.Length);
        batch.Add(record);
        return Expectation.Of(plan.Apply(batch, cancellationToken));
    }

    private Task<MappingPlan> PlanAsync(TenantId tenant, MappingDocument document, IReadOnlyList<string> keys, DateTimeOffset at, CancellationToken cancellationToken) =>
        plans.CompileAsync(tenant, document, keys, RunFacts.Preview(at), cancellationToken);
}
