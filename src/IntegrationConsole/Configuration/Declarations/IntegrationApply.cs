using IntegrationConsole.Connectors;
using IntegrationConsole.Health.Objectives;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Deletes;
using IntegrationConsole.Tenants;

namespace IntegrationConsole.Configuration.Declarations;

/// <summary>Brings integrations to what a file says.</summary>
internal sealed class IntegrationApply(
    SyncStore syncs, MappingApply mappings, ReconciliationApply reconciliations, ObjectiveStore objectives, ConnectorCatalog catalog, TimeProvider clock)
{
    private const string What = "integration";
    private const string Read = "read from";

    private static readonly Dictionary<string, string> Keys = new()
    {
        [nameof(SyncDraft.Name)] = "name", [nameof(SyncDraft.SourceConnectionId)] = "source.connection", [nameof(SyncDraft.SourceStream)] = "source.stream",
        [nameof(SyncDraft.DestinationConnectionId)] = "destination.connection", [nameof(SyncDraft.DestinationStream)] = "destination.stream",
        [nameof(SyncDraft.KeyFields)] = "destination.keys", [nameof(SyncDraft.OrderKey)] = "order", [nameof(SyncDraft.Schedule)] = "schedule", [nameof(SyncDraft.ReadMode)] = "source.read", [nameof(SyncDraft.LookBack)] = "source.lookBack", [nameof(SyncDraft.Partitions)] = "source.partitions",
        [nameof(SyncDraft.OnArrival)] = "onArrival", [nameof(SyncDraft.Deletes)] = "deletes", [nameof(DeleteRules.Signal)] = "deletes.signal", [nameof(DeleteRules.Tombstone)] = "deletes.tombstone",
        [nameof(DeleteRules.Stream)] = "deletes.stream", [nameof(DeleteRules.IdPaths)] = "deletes.idPaths", [nameof(DeleteRules.Column)] = "deletes.column",
        [nameof(DeleteRules.Share)] = "deletes.share",
    };

    public async Task CheckAsync(ApplyWork work, CancellationToken cancellationToken)
    {
        work.Syncs = work.Tenant is { } tenant ? await syncs.ListAsync(tenant.Id, cancellationToken) : [];
        foreach (var declared in work.Declaration.Integrations)
        {
            CheckEnd(work, declared, Read, descriptor => descriptor.CanRead);
            CheckEnd(work, declared, "written to", descriptor => descriptor.CanWrite);
            var fields = await mappings.CheckAsync(work, declared, Find(work, declared.Slug), cancellationToken);

            reconciliations.Check(work, declared, clock.GetUtcNow());

            // Whether there are connections is known already; those that are to be made have no id yet.
            foreach (var (field, sentence) in SyncRules.Check(Draft(declared, Guid.AllBitsSet, Guid.AllBitsSet), work.Zone, clock.GetUtcNow(), fields))
            {
                work.Problems.Add($"{declared.Key}.{Keys.GetValueOrDefault(field, "name")}", sentence);
            }
        }
    }

    public async Task ApplyAsync(ApplyWork work, CancellationToken cancellationToken)
    {
        // What takes long comes first: the scheduler waits for nobody but while integrations themselves change.
        foreach (var declared in work.Declaration.Integrations)
        {
            if (Find(work, declared.Slug) is { } known)
            {
                await mappings.ApplyAsync(work, declared, known, cancellationToken);
            }
        }

        foreach (var declared in work.Declaration.Integrations)
        {
            var draft = Draft(declared, IdOf(work, declared.Source.Connection), IdOf(work, declared.Destination.Connection));
            var sync = Find(work, declared.Slug) is { } known ? await ChangeAsync(work, known, draft, cancellationToken) : await CreateAsync(work, declared, draft, cancellationToken);
            await reconciliations.ApplyAsync(work, declared, sync, cancellationToken);
            await PromiseAsync(work, declared, sync, cancellationToken);
            await PauseAsync(work, declared, sync, cancellationToken);
        }
    }

    private async Task<SyncDefinition> CreateAsync(ApplyWork work, DeclaredIntegration declared, SyncDraft draft, CancellationToken cancellationToken)
    {
        var mapping = declared.Mapping?.Document ?? MappingDocument.Empty;
        var sync = await syncs.CreateAsync(work.Id, draft with { Slug = declared.Slug }, mapping, ApplyWork.Actor, cancellationToken);
        if (sync.Slug != declared.Slug)
        {
            throw ApplyWork.Outdated(What, declared.Slug);
        }

        work.Made(What, declared.Slug, $"{declared.Source.Connection} {draft.SourceStream} → {declared.Destination.Connection} {draft.DestinationStream}, {draft.Schedule.Words(work.Zone)}");
        await mappings.PublishFirstAsync(work, declared, sync, cancellationToken);
        return sync;
    }

    private async Task<SyncDefinition> ChangeAsync(ApplyWork work, SyncDefinition known, SyncDraft draft, CancellationToken cancellationToken)
    {
        var words = Difference(work, known, draft);
        if (words.Length > 0)
        {
            if (await syncs.UpdateAsync(work.Id, known.Id, known.Version, draft, ApplyWork.Actor, cancellationToken) is not Saved.Done)
            {
                throw ApplyWork.Outdated(What, known.Slug);
            }

            work.Changed(What, known.Slug, words);
        }

        return known;
    }

    private async Task PromiseAsync(ApplyWork work, DeclaredIntegration declared, SyncDefinition sync, CancellationToken cancellationToken)
    {
        var kept = await objectives.FindAsync(work.Id, sync.Id, cancellationToken);
        var (before, after) = (ObjectiveStore.Words(kept.Objective), ObjectiveStore.Words(declared.Objective));
        if (before == after)
        {
            return;
        }

        if (await objectives.SaveAsync(work.Id, sync.Id, declared.Objective, kept.Version, ApplyWork.Actor, cancellationToken) is not Saved.Done)
        {
            throw ApplyWork.Outdated(What, sync.Slug);
        }

        work.Changed(What, sync.Slug, $"objectives: {before} → {after}");
    }

    private async Task PauseAsync(ApplyWork work, DeclaredIntegration declared, SyncDefinition sync, CancellationToken cancellationToken)
    {
        var isPaused = sync.PausedAt is not null;
        var hasOtherReason = declared.PauseReason is { } reason && reason != sync.PauseReason;
        if (declared.Paused is not { } wanted || (wanted == isPaused && !(wanted && hasOtherReason)))
        {
            return;
        }

        await syncs.SetPausedAsync(work.Id, sync.Id, wanted ? declared.PauseReason ?? $"as {work.Declaration.File} says" : null, ApplyWork.Actor, cancellationToken);
        work.Changed(What, sync.Slug, wanted ? declared.PauseReason is { } why ? $"paused: {why}" : "paused" : "resumed");
    }

    private void CheckEnd(ApplyWork work, DeclaredIntegration declared, string use, Func<ConnectorDescriptor, bool> fits)
    {
        var (key, end) = use == Read ? ($"{declared.Key}.source", declared.Source) : ($"{declared.Key}.destination", declared.Destination);
        if (end.Connection.Length == 0)
        {
            return;
        }

        var known = work.Declaration.Connections.Select(connection => (connection.Name, connection.Kind)).Concat(work.Connections.Select(connection => (connection.Name, connection.Kind))).ToList();
        var found = known.FindIndex(connection => ApplyWork.Same(connection.Name, end.Connection));
        if (found < 0)
        {
            work.Problems.Add($"{key}.connection", $"There is no such connection, here or in the console.{NearestWord.Question(end.Connection, known.Select(connection => connection.Name))}");
        }
        else if (use == Read && declared.OnArrival && catalog.Find(known[found].Kind)?.Descriptor is { TellsOfArrivals: false })
        {
            work.Problems.Add($"{declared.Key}.onArrival", $"A connection of kind {known[found].Kind} does not tell when something arrives: give it a schedule.");
        }
        else if (catalog.Find(known[found].Kind) is { } connector && !fits(connector.Descriptor))
        {
            work.Problems.Add($"{key}.connection", $"A connection of kind {known[found].Kind} cannot be {use}.");
        }
    }

    private static SyncDraft Draft(DeclaredIntegration declared, Guid source, Guid destination) => new(
        declared.Name, source, declared.Source.Stream, declared.ReadMode, destination, declared.Destination.Stream, declared.WriteMode, declared.KeyFields,
        declared.CreateDestination, declared.Schedule, declared.Overlap)
    {
        OrderKey = declared.OrderKey, LookBack = declared.LookBack, Deletes = declared.Deletes, Partitions = declared.Partitions, OnArrival = declared.OnArrival,
        BatchBreaker = declared.BatchBreaker,
    };

    private static SyncDefinition? Find(ApplyWork work, string slug) => work.Syncs.FirstOrDefault(sync => sync.Slug == slug);

    private static Guid IdOf(ApplyWork work, string connection) => work.Connections.First(candidate => ApplyWork.Same(candidate.Name, connection)).Id;

    private static string Difference(ApplyWork work, SyncDefinition known, SyncDraft draft)
    {
        string NameOf(Guid connection) => work.Connections.First(candidate => candidate.Id == connection).Name;
        return ApplyWork.Words(
            ("name", known.Name, draft.Name), ("source connection", NameOf(known.SourceConnectionId), NameOf(draft.SourceConnectionId)), ("source stream", known.SourceStream, draft.SourceStream),
            ("read", Section.WordOf(known.ReadMode), Section.WordOf(draft.ReadMode)), ("destination connection", NameOf(known.DestinationConnectionId), NameOf(draft.DestinationConnectionId)),
            ("destination stream", known.DestinationStream, draft.DestinationStream), ("write", Section.WordOf(known.WriteMode), Section.WordOf(draft.WriteMode)),
            ("keys", string.Join(", ", known.KeyFields), string.Join(", ", draft.KeyFields)), ("create", known.CreateDestination ? "yes" : "no", draft.CreateDestination ? "yes" : "no"),
            ("order", known.OrderKey, draft.OrderKey), ("schedule", Lower(known.When.Words(work.Zone)), Lower(draft.Schedule.Words(work.Zone))), ("overlap", Section.WordOf(known.Overlap), Section.WordOf(draft.Overlap)),
            ("on arrival", known.OnArrival ? "yes" : "no", draft.OnArrival ? "yes" : "no"), ("batch breaker", known.BatchBreaker ? "on" : "off", draft.BatchBreaker ? "on" : "off"),
            ("look-back", known.LookBack, draft.LookBack), ("partitions", $"{known.Partitions}", $"{draft.Partitions}"), ("deletes", Exactly(known.DeleteRules), Exactly(draft.Deletes)));
    }

    /// <summary>All that would be kept of the rules, with what their words leave out.</summary>
    private static string Exactly(DeleteRules rules) =>
        !rules.IsOn ? rules.Share == DeleteRules.UsualShare ? rules.Words : $"{rules.Words}, up to {rules.Share} %"
        : string.Join(", ", new[] { rules.Words, rules.Signal is DeleteSignal.Tombstone ? rules.Tombstone : rules.IdPaths, $"up to {rules.Share} %" }.Where(part => part.Length > 0));

    private static string Lower(string words) => char.ToLowerInvariant(words[0]) + words[1..];
}
