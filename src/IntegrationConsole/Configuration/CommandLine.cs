using IntegrationConsole.Access;
using IntegrationConsole.Tenants;

namespace IntegrationConsole.Configuration;

/// <summary>What can be done without the pages. Works beside a running console, on the same database or with none.</summary>
public static class CommandLine
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int Misused = 2;

    private const string Usage = """
        console health [ADDRESS]        asks a running console whether it is ready; ends with 1 where it is not
                                        (without an address: the first of ASPNETCORE_URLS, or http://localhost:5080)
        console audit verify [TENANT]   checks that nobody altered the audit trail; names the first broken link
        console mapping test TENANT/INTEGRATION [--draft]
                                        runs the saved tests of a mapping as it is published, or of its draft;
                                        ends with 1 where one fails
        console apply FILE.yaml [--dry-run] [--json]
                                        creates or updates a tenant as a file says; a second time it changes nothing
        console export TENANT           prints a tenant as such a file, without its secrets
        console run TENANT/INTEGRATION [--wait] [--timeout SECONDS]
                                        queues a run; with --wait prints its totals as JSON when it has ended
        console deadletters TENANT [--ndjson] [--integration INTEGRATION] [--cause CAUSE] [--state STATE] [--since WHEN]
                                        writes the dead letters, one JSON object a line, without the records
        console link EMAIL              makes a link with which somebody chooses a new password
        console seed [--tenants N] [--integrations N] [--letters N]
                                        fills an empty database with made-up history, for trying the pages

        console apply, export, run and deadletters say more with --help.
        """;

    /// <summary>Whether these arguments ask for a command instead of the console itself.</summary>
    public static bool IsCommand(string[] args) => args is [var first, ..] && !first.StartsWith('-');

    /// <summary>Runs a command that needs no database, so that asking or mistyping starts nothing.</summary>
    /// <param name="args">As they were typed.</param>
    /// <param name="output">Takes what was asked for.</param>
    /// <param name="errors">Takes what is said of a mistake.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>The process's exit code; null where the arguments ask for something else.</returns>
    public static async Task<int?> RunAloneAsync(string[] args, TextWriter output, TextWriter errors, CancellationToken cancellationToken)
    {
        if (TenantCommands.Has(args))
        {
            return await TenantCommands.RunAloneAsync(args, output, errors);
        }

        switch (args)
        {
            case ["--help"] or ["-h"] or ["help"]:
                await output.WriteLineAsync(Usage);
                return Done;
            case ["health"]:
                return await RunningConsole.AskAsync(RunningConsole.UsualAddress(Environment.GetEnvironmentVariable("ASPNETCORE_URLS")), output, cancellationToken);
            case ["health", var text] when Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https":
                return await RunningConsole.AskAsync(RunningConsole.QuestionAt(address), output, cancellationToken);
            case ["audit", "verify"] or ["audit", "verify", _] or ["link", _]:
            case ["mapping", "test", _] or ["mapping", "test", _, "--draft"]:
            case ["seed", .. var options] when SeedSize.Parse(options) is not null:
                return null;
            default:
                if (!IsCommand(args))
                {
                    return null;
                }

                await errors.WriteLineAsync(Usage);
                return Misused;
        }
    }

    /// <returns>The process's exit code.</returns>
    public static async Task<int> RunAsync(IServiceProvider services, string[] args, TextWriter output, CancellationToken cancellationToken)
    {
        await using var scope = services.CreateAsyncScope();
        if (TenantCommands.Has(args))
        {
            return await TenantCommands.RunAsync(scope.ServiceProvider, args, output, cancellationToken);
        }

        switch (args)
        {
            case ["audit", "verify", .. var rest] when rest.Length <= 1:
                return await VerifyAsync(scope.ServiceProvider, rest is [var slug] ? slug : null, output, cancellationToken);
            case ["mapping", "test", var place, .. var rest]:
                return await scope.ServiceProvider.GetRequiredService<MappingTests>().RunAsync(place, rest is ["--draft"], output, cancellationToken);
            case ["link", var email]:
                return await LinkAsync(scope.ServiceProvider, email, output, cancellationToken);
            case ["seed", .. var options] when SeedSize.Parse(options) is { } size:
                return await scope.ServiceProvider.GetRequiredService<Seeding>().RunAsync(size, output, cancellationToken);
            default:
                await output.WriteLineAsync(Usage);
                return Misused;
        }
    }

    private static async Task<int> VerifyAsync(IServiceProvider services, string? slug, TextWriter output, CancellationToken cancellationToken)
    {
        var audit = services.GetRequiredService<AuditTrail>();
        var tenants = services.GetRequiredService<TenantStore>();
        List<(string Name, TenantId? Tenant)> chains;
        if (slug is null)
        {
            chains =
            [
                ("platform", null),
                .. (await tenants.ListAllAsync(cancellationToken)).Select(tenant => (tenant.Slug, (TenantId?)tenant.Id)),
                .. (await audit.ListErasedAsync(cancellationToken)).Select(tenant => ($"{tenant.Name} {tenant.Id} (erased)".TrimStart(), (TenantId?)tenant.Id)),
            ];
        }
        else if (await tenants.FindBySlugAsync(slug, cancellationToken) is { } tenant)
        {
            chains = [(tenant.Slug, tenant.Id)];
        }
        else
        {
            await output.WriteLineAsync($"There is no tenant {slug}.");
            return Misused;
        }

        var broken = 0;
        foreach (var (name, tenantId) in chains)
        {
            var verdict = await audit.VerifyAsync(tenantId, cancellationToken);
            broken += verdict.Broken is null ? 0 : 1;
            await output.WriteLineAsync(verdict.Broken is null
                ? $"{name}: {verdict.Entries} entries, intact"
                : $"{name}: broken at entry {verdict.Broken}: {verdict.Finding}");
        }

        return broken == 0 ? Done : Failed;
    }

    private static async Task<int> LinkAsync(IServiceProvider services, string email, TextWriter output, CancellationToken cancellationToken)
    {
        var user = await services.GetRequiredService<People>().FindByEmailAsync(email);
        if (user is null)
        {
            await output.WriteLineAsync($"Nobody signs in as {email}.");
            return Misused;
        }

        var path = await services.GetRequiredService<AccessLinks>().CreateAsync(user.Id, cancellationToken);
        await services.GetRequiredService<AuditTrail>().RecordAsync(null, Actor.CommandLine, new AuditEvent("make link", "user", user.Id.ToString(), email), cancellationToken);
        await output.WriteLineAsync($"Open this behind the console's address; it works once: {path}");
        return Done;
    }
}
