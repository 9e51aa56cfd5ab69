using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Mappings;
using IntegrationConsole.Mappings.Trials;
using IntegrationConsole.Sync;

namespace IntegrationConsole.Configuration;

/// <summary>Runs the saved tests of a mapping from the command line, for pipelines. What it prints holds no value of a record.</summary>
public sealed class MappingTests(CommandNames names, MappingStore mappings, TestBench bench)
{
    /// <param name="place">The tenant's and the integration's part of the address, with a slash between them.</param>
    /// <param name="draft">Try the draft, not what runs use.</param>
    /// <returns>The process's exit code.</returns>
    public async Task<int> RunAsync(string place, bool draft, TextWriter output, CancellationToken cancellationToken)
    {
        if (await names.IntegrationAsync(place, output, cancellationToken) is not { } sync)
        {
            return CommandLine.Misused;
        }

        var versions = await mappings.ListVersionsAsync(sync.TenantId, sync.MappingId, cancellationToken);
        var wanted = draft ? VersionState.Draft : VersionState.Published;
        if (versions.FirstOrDefault(version => version.State == wanted) is not { } version)
        {
            await output.WriteLineAsync(draft ? $"{place} has no draft: leave out --draft to test what is published." : $"{place} has nothing published yet: add --draft.");
            return CommandLine.Misused;
        }

        return await TryAsync(sync, version, output, cancellationToken);
    }

    private async Task<int> TryAsync(SyncDefinition sync, MappingVersion version, TextWriter output, CancellationToken cancellationToken)
    {
        var which = $"{sync.Name}, v{version.Number} ({version.State.ToString().ToLowerInvariant()})";
        try
        {
            var results = await bench.RunAsync(sync.TenantId, sync.MappingId, version.Parsed, sync.KeyFields, cancellationToken);
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
}
