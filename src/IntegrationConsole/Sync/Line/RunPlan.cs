using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Credentials;
using IntegrationConsole.Mappings;
using IntegrationConsole.Mappings.Plan;
using IntegrationConsole.Sync.Deletes;
using IntegrationConsole.Sync.Runs;

namespace IntegrationConsole.Sync.Line;

/// <summary>Everything a run needs, looked up once when it starts.</summary>
public sealed record RunPlan(
    SyncDefinition Sync, OpenConnection SourceConnection, ISource Source, OpenConnection DestinationConnection, IDestination Destination, MappingVersion Version,
    MappingPlan Mapping, RunFacts Facts)
{
    public bool IsKeyless => Sync.IsKeyless;

    /// <summary>Which records have to stay in their order; null where none have to.</summary>
    public OrderKey? Order { get; init; }

    /// <summary>What becomes of deleted records; null for nothing.</summary>
    public DeletePlan? Deletes { get; init; }
}

/// <summary>Gathers what a run needs.</summary>
public sealed class RunPlans(SyncStore syncs, ConnectionOpener connections, ConnectorCatalog catalog, MappingStore mappings, MappingPlans plans)
{
    /// <exception cref="FailureException">Something is missing or does not fit; the sentence says what.</exception>
    public async Task<RunPlan> PrepareAsync(ClaimedRun run, CancellationToken cancellationToken)
    {
        var plan = await PrepareAsync(run.Tenant, run.SyncId, RunFacts.Of(run.Whole, run.Partition?.WholeStartedAt ?? run.StartedAt), cancellationToken);
        var (isBackfill, isReplay) = (run.Range is not null, run.ReplayId is not null);
        return !isBackfill && !isReplay ? plan : plan with
        {
            SourceConnection = plan.SourceConnection with { IsBackfill = isBackfill, IsReplay = isReplay },
            DestinationConnection = plan.DestinationConnection with { IsBackfill = isBackfill, IsReplay = isReplay },
        };
    }

    /// <summary>The same for what is no run, and has the needs of one.</summary>
    public async Task<RunPlan> PrepareAsync(TenantId tenant, Guid syncId, RunFacts facts, CancellationToken cancellationToken)
    {
        var sync = await syncs.FindAsync(tenant, syncId, cancellationToken) ?? throw Misconfigured("The integration was deleted.");
        var source = await connections.OpenAsync(tenant, sync.SourceConnectionId, cancellationToken) ?? throw Misconfigured("The source connection was deleted.");
        var destination = await connections.OpenAsync(tenant, sync.DestinationConnectionId, cancellationToken) ?? throw Misconfigured("The destination connection was deleted.");
        var version = await mappings.FindPublishedAsync(tenant, sync.MappingId, cancellationToken)
            ?? throw Misconfigured("The mapping has no published version: open it and publish the draft.");
        CheckChildren(sync, version, catalog.Get(destination.Kind).Descriptor);
        CheckStream(sync, version, catalog.Get(source.Kind).Descriptor, source.Name);
        return new RunPlan(
            sync, source,
            catalog.Get(source.Kind) as ISource ?? throw Misconfigured($"{source.Name} cannot be read from."),
            destination,
            catalog.Get(destination.Kind) as IDestination ?? throw Misconfigured($"{destination.Name} cannot be written to."),
            version,
            await plans.CompileAsync(tenant, DeletePlan.Without(version.Parsed, sync), sync.KeyFields, facts, cancellationToken),
            facts)
        {
            Deletes = await DeletePlan.CompileAsync(plans, sync, version.Parsed, facts, cancellationToken),
            Order = OrderOf(sync, version, facts),
        };
    }

    /// <summary>The same plan with another version of the mapping, for letters that are replayed as they were first tried.</summary>
    public async Task<RunPlan> WithVersionAsync(RunPlan plan, int number, CancellationToken cancellationToken)
    {
        if (plan.Version.Number == number)
        {
            return plan;
        }

        var version = await mappings.FindVersionAsync(plan.Sync.TenantId, plan.Sync.MappingId, number, cancellationToken)
            ?? throw Misconfigured($"Version {number} of the mapping does not exist any more: replay with the current one.");
        return version.PublishedAt is null ? throw Misconfigured($"Version {number} of the mapping was never published: publish it first.") : await WithAsync(plan, version, cancellationToken);
    }

    /// <summary>The same plan with the draft of the mapping, to try records with: nothing is ever sent with it.</summary>
    public async Task<RunPlan> WithDraftAsync(RunPlan plan, CancellationToken cancellationToken)
    {
        var newest = (await mappings.ListVersionsAsync(plan.Sync.TenantId, plan.Sync.MappingId, cancellationToken))[0];
        return newest.State is VersionState.Draft ? await WithAsync(plan, newest, cancellationToken) : throw Misconfigured($"The mapping of {plan.Sync.Name} has no draft: try its versions.");
    }

    private async Task<RunPlan> WithAsync(RunPlan plan, MappingVersion version, CancellationToken cancellationToken)
    {
        CheckChildren(plan.Sync, version, plan.Destination.Descriptor);
        return plan with { Version = version, Mapping = await plans.CompileAsync(plan.Sync.TenantId, DeletePlan.Without(version.Parsed, plan.Sync), plan.Sync.KeyFields, plan.Facts, cancellationToken) };
    }

    private OrderKey? OrderOf(SyncDefinition sync, MappingVersion version, RunFacts facts) =>
        sync.OrderKey.Length == 0 ? null
            : OrderKey.ProblemWith(sync.OrderKey) is { } problem ? throw Misconfigured($"The order key cannot be used: {problem}")
            : version.Parsed.Group.Length > 0 ? throw Misconfigured("The mapping makes one row of several records, and the integration keeps records in order: remove the order key or the group.")
            : plans.CompileOrder(sync.OrderKey, facts);

    /// <summary>A record whose child row is refused is replayed with its parent's row, which without a key would be there twice.</summary>
    private static void CheckChildren(SyncDefinition sync, MappingVersion version, ConnectorDescriptor destination)
    {
        if (sync.IsKeyless && version.Parsed.Children.Count > 0 && !(destination.KeepsLedger && sync.KeyFields.Length > 0))
        {
            throw Misconfigured("The mapping fills child tables, and the integration appends: let it write by key, or remove the tables.");
        }

        if (sync.WriteMode is WriteMode.Overwrite && version.Parsed.Children.Count > 0)
        {
            throw Misconfigured("The mapping fills child tables, and the integration replaces a table as a whole: let it write by key, or remove the child tables.");
        }
    }

    /// <summary>Changes come one by one: what is made of several records at once would be made of those that happen to come together.</summary>
    private static void CheckStream(SyncDefinition sync, MappingVersion version, ConnectorDescriptor source, string name)
    {
        if (sync.ReadMode is not ReadMode.ChangeStream)
        {
            return;
        }

        if (!source.CanStream)
        {
            throw Misconfigured($"{name} does not tell of its changes: read everything, or what changed by a cursor.");
        }

        if (version.Parsed.Group.Length > 0)
        {
            throw Misconfigured("The mapping makes one row of several records, and a change stream brings them one by one: remove the group, or read everything.");
        }
    }

    private static FailureException Misconfigured(string sentence) => new(new Failure(FailureCause.Configuration, sentence));
}
