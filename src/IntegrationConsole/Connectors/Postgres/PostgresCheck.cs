using System.Globalization;
using IntegrationConsole.Connectors.Failures;
using Npgsql;

namespace IntegrationConsole.Connectors.Postgres;

/// <summary>Tries a connection step by step. Every statement is one that can change nothing.</summary>
internal sealed class PostgresCheck(OpenConnection connection, PostgresDialer dialer, TimeProvider clock)
{
    private readonly PostgresSettings _settings = connection.Read<PostgresSettings>();
    private readonly List<CheckStep> _steps = [];

    public async Task<CheckReport> RunAsync(CancellationToken cancellationToken)
    {
        var addresses = await TryAsync($"Resolve {_settings.Host}", async () =>
        {
            var found = await dialer.ResolveAsync(_settings, cancellationToken);
            return (found, $"{_settings.Host} is {string.Join(", ", found)}.");
        });
        if (addresses is null)
        {
            return new CheckReport(_steps);
        }

        var session = await TryAsync($"Connect to {_settings.Host}:{_settings.Port ?? PostgresForm.Port} and sign in", async () =>
        {
            var opened = await dialer.SignInAsync(connection, _settings, addresses, cancellationToken);
            return (opened, await IntroductionAsync(opened, cancellationToken));
        });
        if (session is not null)
        {
            await using (session)
            {
                await LookAroundAsync(session, cancellationToken);
            }
        }

        return new CheckReport(_steps);
    }

    private static async Task<string> IntroductionAsync(PostgresSession session, CancellationToken cancellationToken)
    {
        try
        {
            var lines = await session.ListAsync(
                """
                select format('PostgreSQL %s, database %s, login %s, %s.', current_setting('server_version'), current_database(), current_user,
                              coalesce((select 'encrypted with ' || version from pg_stat_ssl where pid = pg_backend_pid() and ssl), 'not encrypted'))
                """,
                [], row => row.GetString(0), cancellationToken);
            return lines[0];
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    private async Task LookAroundAsync(PostgresSession session, CancellationToken cancellationToken)
    {
        var tables = await TryAsync($"Read the catalogue of {_settings.Database}", async () =>
        {
            var found = await PostgresCatalog.ListAsync(session, _settings.Schemas, cancellationToken);
            return (found, string.Create(CultureInfo.InvariantCulture,
                $"{found.Count(table => table.CanRead)} tables and views can be read, {found.Count(table => table.CanWrite)} can be written to."));
        });
        foreach (var query in tables is null ? [] : _settings.Queries ?? [])
        {
            var shape = await TryAsync($"Prepare the query {query.Name}", async () =>
            {
                var found = await StreamShape.LoadAsync(session, _settings, query.Name, cancellationToken);
                return (found, $"It is one SELECT with {found.Columns.Count} columns.");
            });
            if (shape is null)
            {
                return;
            }
        }
    }

    /// <returns>Null when it failed; the step then says why.</returns>
    private async Task<T?> TryAsync<T>(string tried, Func<Task<(T Result, string Answer)>> step)
        where T : class
    {
        var started = clock.GetTimestamp();
        try
        {
            var (result, answer) = await step();
            _steps.Add(new CheckStep(tried, true, answer, clock.GetElapsedTime(started).TotalMilliseconds));
            return result;
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            var failure = ReconnectingSession.Explain(problem, _settings.Host);

            // No record is near: what the server says about a query is about the query.
            var words = problem is PostgresException { SqlState: var state } && state.StartsWith("42", StringComparison.Ordinal) ? $" The server says: {failure.Answer}." : "";
            _steps.Add(new CheckStep(tried, false, failure.Sentence + words, clock.GetElapsedTime(started).TotalMilliseconds, failure.Advice));
            return null;
        }
    }
}
