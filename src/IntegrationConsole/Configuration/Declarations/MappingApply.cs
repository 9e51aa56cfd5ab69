using System.Text.Json;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync;
using IntegrationConsole.Tenants;

namespace IntegrationConsole.Configuration.Declarations;

/// <summary>Brings mappings to what a file says: a mapping that changes is published, with its saved tests run, as on the page.</summary>
internal sealed class MappingApply(MappingStore mappings, Publication publication)
{
    private const string What = "mapping";

    /// <returns>The fields that the mapping will make; null where none is known.</returns>
    public async Task<IReadOnlyCollection<string>?> CheckAsync(ApplyWork work, DeclaredIntegration declared, SyncDefinition? known, CancellationToken cancellationToken)
    {
        if (declared.Mapping is { } mapping)
        {
            var tables = work.Lookups.Select(table => table.Name).Concat(work.Declaration.Lookups.Select(table => table.Name)).Distinct().ToList();
            foreach (var problem in MappingRules.Check(mapping.Document, tables))
            {
                var key = problem.Field >= 0 ? $"fields[{problem.Field}].{JsonNamingPolicy.CamelCase.ConvertName(problem.Part)}" : problem.Part;
                work.Problems.Add(mapping.File, mapping.LineOf(key), mapping.Key.Length > 0 ? $"{mapping.Key}.{key}" : key, problem.Sentence);
            }

            return [.. mapping.Document.Fields.Select(rule => rule.Name)];
        }

        if (known is null)
        {
            work.Problems.Add(declared.Key, "A new integration needs a mapping: the key mapping, with the fields, or with file and the name of a file.");
            return null;
        }

        var newest = (await mappings.ListVersionsAsync(work.Id, known.MappingId, cancellationToken))[0].Parsed;
        return newest.Fields.Count == 0 ? null : [.. newest.Fields.Select(rule => rule.Name)];
    }

    public async Task ApplyAsync(ApplyWork work, DeclaredIntegration declared, SyncDefinition sync, CancellationToken cancellationToken)
    {
        if (declared.Mapping is not { Document: var wanted })
        {
            return;
        }

        var versions = await mappings.ListVersionsAsync(work.Id, sync.MappingId, cancellationToken);
        var published = versions.FirstOrDefault(version => version.State is VersionState.Published);
        var json = wanted.ToJson();
        if (published?.Parsed.ToJson() == json)
        {
            return;
        }

        var number = versions[0].Number;
        if (versions[0] is not { State: VersionState.Draft } draft)
        {
            if (await mappings.SaveDraftAsync(work.Id, sync.MappingId, number++, versions[0].EditedAt, wanted, ApplyWork.Actor, cancellationToken) is not Saved.Done)
            {
                throw ApplyWork.Outdated(What, sync.Slug);
            }
        }
        else if (draft.Parsed.ToJson() != json)
        {
            throw ApplyWork.Conflict($"{draft.EditedBy} saved a draft of the mapping of {sync.Slug}, and it is otherwise than the file's: publish or discard it on the page first.");
        }

        await PublishAsync(work, declared, sync, number, cancellationToken);
        var changes = MappingDiff.Between(published?.Parsed ?? MappingDocument.Empty, wanted);
        work.Changed(What, sync.Slug, $"v{number} is published: {string.Join("; ", changes.Take(5))}{(changes.Count > 5 ? $" and {changes.Count - 5} more" : "")}");
    }

    public async Task PublishFirstAsync(ApplyWork work, DeclaredIntegration declared, SyncDefinition sync, CancellationToken cancellationToken)
    {
        await PublishAsync(work, declared, sync, 1, cancellationToken);
        var count = declared.Mapping!.Document.Fields.Count;
        work.Made(What, sync.Slug, $"{count} {(count == 1 ? "field" : "fields")}");
    }

    private async Task PublishAsync(ApplyWork work, DeclaredIntegration declared, SyncDefinition sync, int number, CancellationToken cancellationToken)
    {
        await RequirePassingAsync(work, declared, sync, cancellationToken);
        if (await publication.PublishAsync(work.Id, sync.MappingId, number, declared.KeyFields, $"From {work.Declaration.File}", 0, ApplyWork.Actor, cancellationToken) is not Published.Done)
        {
            throw ApplyWork.Outdated(What, sync.Slug);
        }
    }

    /// <summary>Says what stands against a publication; the publication itself only says that something does.</summary>
    private async Task RequirePassingAsync(ApplyWork work, DeclaredIntegration declared, SyncDefinition sync, CancellationToken cancellationToken)
    {
        var check = await publication.CheckAsync(work.Id, sync.MappingId, declared.Mapping!.Document, declared.KeyFields, cancellationToken);
        if (check.Refusals is [var refusal, ..])
        {
            throw ApplyWork.Conflict($"The mapping of {sync.Slug} cannot be published. {refusal}");
        }

        if (check.Failing is { Count: > 0 } failing)
        {
            var named = string.Join("; ", failing.Take(5).Select(result => $"{result.Test.Name} ({result.Sentence})"));
            throw ApplyWork.Conflict($"The mapping of {sync.Slug} does not pass {(failing.Count == 1 ? "a saved test" : $"{failing.Count} of its saved tests")}: {named}.");
        }
    }
}
