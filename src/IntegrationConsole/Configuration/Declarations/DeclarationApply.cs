using IntegrationConsole.Connectors.Failures;
using Npgsql;

namespace IntegrationConsole.Configuration.Declarations;

/// <summary>What an apply came to.</summary>
/// <param name="Problems">What is wrong in the file; then nothing was changed.</param>
/// <param name="Refusal">Why it stopped although the file is good; null where it did not. Then nothing was changed either.</param>
internal sealed record ApplyResult(IReadOnlyList<AppliedChange> Changes, IReadOnlyList<string> Notes, IReadOnlyList<DeclarationProblem> Problems, string? Refusal)
{
    /// <summary>The addresses of the webhook endpoints that the file names, as they are now.</summary>
    public IReadOnlyList<AppliedEndpoint> Endpoints { get; init; } = [];

    public static ApplyResult Bad(IReadOnlyList<DeclarationProblem> problems) => new([], [], problems, null);
}

/// <summary>
/// Brings a tenant to what a file says, in one transaction: a file that is refused, a saved test that fails, or a stop in
/// the middle leaves everything as it was. A plan is the same without the commit, so that it cannot promise anything else.
/// </summary>
internal sealed class DeclarationApply(ConsoleDatabase database, TenantApply tenants, CredentialApply credentials, ConnectionApply connections, WebhookApply webhooks, LookupApply lookups, IntegrationApply integrations)
{
    /// <param name="declaration">What the file says.</param>
    /// <param name="variables">Environment variables by name; null for one that is not set.</param>
    /// <param name="dryRun">Only say what would change.</param>
    /// <param name="cancellationToken">Stops, and undoes.</param>
    public Task<ApplyResult> RunAsync(Declaration declaration, Func<string, string?> variables, bool dryRun, CancellationToken cancellationToken)
    {
        var work = new ApplyWork(declaration, variables) { Problems = declaration.Problems };
        return database.TogetherAsync(async joint =>
        {
            if (!await joint.TryLockAsync($"apply {declaration.Tenant.Slug}", cancellationToken))
            {
                return new ApplyResult([], [], [], $"Somebody else is applying to {declaration.Tenant.Slug} at this moment: apply again when that has ended.");
            }

            try
            {
                await CheckAsync(work, cancellationToken);
                if (work.Problems.Any)
                {
                    return ApplyResult.Bad(work.Problems.All);
                }

                await ActAsync(work, cancellationToken);
            }
            catch (FailureException refused)
            {
                return new ApplyResult([], [], [], refused.Failure.Sentence);
            }
            catch (PostgresException crossed) when (crossed.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure)
            {
                return new ApplyResult([], [], [], $"Somebody else changed {declaration.Tenant.Slug} at the same moment: apply again.");
            }

            if (!dryRun && work.Changes.Count > 0)
            {
                await joint.CommitAsync(cancellationToken);
            }

            return new ApplyResult(work.Changes, work.Notes, [], null) { Endpoints = [.. work.Endpoints.Where(endpoint => !(dryRun && endpoint.IsNew))] };
        }, cancellationToken);
    }

    private async Task CheckAsync(ApplyWork work, CancellationToken cancellationToken)
    {
        await tenants.CheckAsync(work, cancellationToken);
        await credentials.CheckAsync(work, cancellationToken);
        await connections.CheckAsync(work, cancellationToken);
        await webhooks.CheckAsync(work, cancellationToken);
        await lookups.CheckAsync(work, cancellationToken);
        await integrations.CheckAsync(work, cancellationToken);
    }

    private async Task ActAsync(ApplyWork work, CancellationToken cancellationToken)
    {
        await tenants.ApplyAsync(work, cancellationToken);
        await credentials.ApplyAsync(work, cancellationToken);
        await connections.ApplyAsync(work, cancellationToken);
        await webhooks.ApplyAsync(work, cancellationToken);
        await lookups.ApplyAsync(work, cancellationToken);
        await integrations.ApplyAsync(work, cancellationToken);
    }
}
