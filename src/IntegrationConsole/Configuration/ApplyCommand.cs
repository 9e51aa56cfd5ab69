using System.Text.Encodings.Web;
using System.Text.Json;
using IntegrationConsole.Configuration.Declarations;

namespace IntegrationConsole.Configuration;

/// <summary>Brings a tenant to what a file says, and says what was changed.</summary>
internal sealed class ApplyCommand(DeclarationReader reader, DeclarationApply apply)
{
    public const string Help = """
        console apply FILE.yaml [--dry-run] [--json]

        Creates or updates the tenant that the file names, with its credentials, connections, webhook endpoints, lookup
        tables, integrations and their mappings. What is in the console and not in the file stays. A second apply changes nothing.
        Secrets come from environment variables that the file names: secret: { env: ERP_API_KEY }.

          --dry-run   says what would change, and changes nothing
          --json      one JSON object in place of lines

        Everything happens in one transaction, or nothing does. Ends with
          0  it is as the file says (or, with --dry-run, it could be made so)
          1  refused: a saved test of a mapping fails, somebody has a draft, somebody else applies or changes the same
          2  the file is wrong: each line and key is named
        The file's form, with an example: docs/configuration-as-code.md
        """;

    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <returns>The options, or what is wrong with them.</returns>
    public static (CommandOptions Options, string Problem) Read(string[] words) => CommandOptions.Read(words, "FILE", ["--dry-run", "--json"], []);

    /// <param name="options">As they were read.</param>
    /// <param name="variables">Environment variables by name; null for one that is not set.</param>
    /// <param name="output">Takes what is said; never a secret.</param>
    /// <param name="cancellationToken">Stops, and undoes.</param>
    /// <returns>The process's exit code.</returns>
    public async Task<int> RunAsync(CommandOptions options, Func<string, string?> variables, TextWriter output, CancellationToken cancellationToken)
    {
        var dryRun = options.Has("--dry-run");
        var (declaration, problems) = await reader.ReadAsync(options.Subject, cancellationToken);
        var result = declaration is null ? ApplyResult.Bad(problems) : await apply.RunAsync(declaration, variables, dryRun, cancellationToken);
        if (options.Has("--json"))
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(new Report(
                declaration?.Tenant.Slug, dryRun, [.. result.Changes.Select(change => new ReportedChange(change.IsNew ? "create" : "change", change.What, change.Name, change.Detail))],
                result.Notes, result.Problems, result.Refusal, [.. result.Endpoints.Select(endpoint => new ReportedEndpoint(endpoint.Slug, endpoint.Path))]), Json));
        }
        else
        {
            await SayAsync(result, declaration?.Tenant.Slug ?? "", dryRun, output);
        }

        return result.Problems.Count > 0 ? CommandLine.Misused : result.Refusal is null ? CommandLine.Done : CommandLine.Failed;
    }

    private static async Task SayAsync(ApplyResult result, string tenant, bool dryRun, TextWriter output)
    {
        IEnumerable<string> lines = result switch
        {
            { Problems.Count: > 0 } => result.Problems.Select(problem => problem.ToString()).Append("Nothing was changed."),
            { Refusal: { } refusal } => [refusal, "Nothing was changed."],
            _ =>
            [
                .. result.Changes.Select(change => change.ToString()), .. result.Notes.Select(note => $"! {note}"),
                .. result.Endpoints.Where(endpoint => endpoint.IsNew).Select(endpoint => $"! webhook {endpoint.Slug}: its sender delivers to {endpoint.Path} behind this console's address"),
                result.Changes.Count == 0 ? "= nothing to change" : dryRun ? $"{Count(result)} to {tenant} would be made; nothing was changed." : $"{Count(result)} to {tenant} {(result.Changes.Count == 1 ? "is" : "are")} made.",
            ],
        };
        foreach (var line in lines)
        {
            await output.WriteLineAsync(line);
        }
    }

    private static string Count(ApplyResult result) => $"{result.Changes.Count} {(result.Changes.Count == 1 ? "change" : "changes")}";

    private sealed record ReportedChange(string Action, string Kind, string Name, string Detail);

    private sealed record ReportedEndpoint(string Slug, string Path);

    private sealed record Report(
        string? Tenant, bool DryRun, IReadOnlyList<ReportedChange> Changes, IReadOnlyList<string> Notes, IReadOnlyList<DeclarationProblem> Problems, string? Refusal,
        IReadOnlyList<ReportedEndpoint> Webhooks);
}
