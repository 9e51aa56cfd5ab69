using IntegrationConsole.Configuration.Declarations;

namespace IntegrationConsole.Configuration;

/// <summary>Prints a tenant as the file that apply reads.</summary>
internal sealed class ExportCommand(CommandNames names, TenantExport export)
{
    public const string Help = """
        console export TENANT

        Prints the tenant as a file that console apply reads: credentials (with names of environment variables in place of
        the secrets), connections, lookup tables (rows of those with at most 1,000), integrations with the published version
        of their mappings. Applied again, it changes nothing. Uploaded files, drafts, saved tests, people and history stay out.

        Ends with 0, or with 2 where there is no such tenant.
        """;

    /// <returns>The options, or what is wrong with them.</returns>
    public static (CommandOptions Options, string Problem) Read(string[] words) => CommandOptions.Read(words, "TENANT", [], []);

    /// <param name="options">As they were read.</param>
    /// <param name="output">Takes the file.</param>
    /// <param name="errors">Takes what is said where there is none to write.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>The process's exit code.</returns>
    public async Task<int> RunAsync(CommandOptions options, TextWriter output, TextWriter errors, CancellationToken cancellationToken)
    {
        if (await names.TenantAsync(options.Subject, errors, cancellationToken) is not { } tenant)
        {
            return CommandLine.Misused;
        }

        await output.WriteAsync(await export.WriteAsync(tenant, cancellationToken));
        return CommandLine.Done;
    }
}
