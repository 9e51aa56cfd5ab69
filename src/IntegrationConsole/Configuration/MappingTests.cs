using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Mappings;
using IntegrationConsole.Mappings.Trials;
using IntegrationConsole.Sync;
using IntegrationConsole.Tenants;

namespace IntegrationConsole.Configuration;

/// <summary>Runs the saved tests of a mapping from the command line, for pipelines. What it prints holds no value of a record.</summary>
public sealed class MappingTests(TenantStore tenants, SyncStore syncs, MappingStore mappings, TestBench bench)
{
    /// <param name="place">The tenant's and the integration's part of the address, with a slash between them.</param>
    /// <param name="draft">Try the draft, not what runs use.</param>
    /// <returns>The process's exit code.</returns>
    public async Task<int> RunAsync(string place, bool draft, TextWriter output, CancellationToken cancellationToken)
    {
        var names = place.Split('/');
        var known = await tenants.ListAllAsync(cancellationToken);
        if (known.FirstOrDefault(tenant => tenant.Slug == names[0]) is not { } tenant)
        {
            return await MisusedAsync(output, $"There is no tenant {names[0]}.", "Tenants", [.. known.Select(each => each.Slug)]);
        }

        if (names.Length != 2 || await syncs.FindBySlugAsync(tenant.Id, names[1], cancellationToken) is not { } sync)
        {
            var integrations = await syncs.ListAsync(tenant.Id, cancellationToken);
            var sentence = names.Length == 2 ? $"{tenant.Slug} has no integration {names[1]}." : "Name the integration as TENANT/INTEGRATION.";
            return await MisusedAsync(output, sentence, "Integrations", [.. integrations.Select(each => $"{tenant.Slug}/{each.Slug}")]);
        }

        var versions = await mappings.ListVersionsAsync(tenant.Id, sync.MappingId, cancellationToken);
        var wanted = draft ? VersionState.Draft : VersionState.Published;
        if (versions.FirstOrDefault(version => version.State == wanted) is not { } version)
        {
            await output.WriteLineAsync(draft ? $"{place} has no draft: leave out --draft to test what is published." : $"{place} has nothing published yet: add --draft.");
            return CommandLine.Misused;
        }

        return await TryAsync(tenant.Id, sync, version, output, cancellationToken);
    }

    private async Task<int> TryAsync(TenantId tenant, SyncDefinition sync, MappingVersion version, TextWriter output, CancellationToken cancellationToken)
    {
        var which = $"{sync.Name}, v{version.Number} ({version.State.ToString().ToLowerInvariant()})";
        try
        {
            var results = await bench.RunAsync(tenant, sync.MappingId, version.Parsed, sync.KeyFields, cancellationToken);
            foreach (var result in results)
            {
                await output.WriteLineAsync($"{(result.Passed ? "passed" : "FAILED")}  {result.Test.Name}{(result.Passed ? "" : $": {result.Sentence}")}");
            }

            var failed = results.Count(result => !result.Passed);
            await output.WriteLineAsync(results.Count == 0 ? $"{which} has no saved tests." : $"{which}: {results.Count - failed} of {results.Count} tests passed.");
            return failed == 0 ? CommandLine.Done : CommandLine.Failed;
        }
        catch (FailureException unusable)
        {
            await output.WriteLineAsync($"{which}: {unusable.Failure.Sentence}");
            return CommandLine.Failed;
        }
    }

    private static async Task<int> MisusedAsync(TextWriter output, string sentence, string what, IReadOnlyList<string> known)
    {
        const int MostNamed = 50;
        await output.WriteLineAsync(sentence);
        await output.WriteLineAsync(known.Count == 0 ? $"{what}: none." : $"{what}: {string.Join(", ", known.Take(MostNamed))}{(known.Count > MostNamed ? $" and {known.Count - MostNamed} more" : "")}");
        return CommandLine.Misused;
    }
}
