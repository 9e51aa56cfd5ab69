using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace IntegrationConsole.Database;

/// <summary>
/// Brings a database to the shape this version needs. Scripts run in the order of their names, each in its own
/// transaction together with the row that says it ran; nodes that start together wait for one another.
/// </summary>
internal static class Migrator
{
    /// <summary>
    /// The role that tenant sessions take where the login is a superuser, whom row-level security does not bind.
    /// </summary>
    public const string ApplicationRole = "integration_console_app";

    private const long LockKey = 0x1C0_0001;

    public static async Task MigrateAsync(NpgsqlConnection connection, bool superuser, CancellationToken cancellationToken)
    {
        await RunAsync(connection, $"select pg_advisory_lock({LockKey})", cancellationToken);
        try
        {
            await RunAsync(connection, """
                create table if not exists schema_version (
                    name text primary key,
                    sha256 text not null,
                    applied_at timestamptz not null default now())
                """, cancellationToken);
            var applied = await AppliedAsync(connection, cancellationToken);
            foreach (var script in Scripts())
            {
                if (!applied.TryGetValue(script.Name, out var hash))
                {
                    await ApplyAsync(connection, script, cancellationToken);
                }
                else if (hash != script.Sha256)
                {
                    throw new StartProblem(
                        $"The database was set up by another edition of {script.Name}: start the version that made it, or restore a backup made by this one.");
                }
            }

            var unknown = applied.Keys.Except(Scripts().Select(script => script.Name)).Order().LastOrDefault();
            if (unknown is not null)
            {
                throw new StartProblem($"The database is newer than this program (it has {unknown}): start the newer version.");
            }

            if (superuser)
            {
                await PrepareApplicationRoleAsync(connection, cancellationToken);
            }
        }
        finally
        {
            await RunAsync(connection, $"select pg_advisory_unlock({LockKey})", CancellationToken.None);
        }
    }

    /// <summary>Whether a database has the shape that this version needs: it may have been replaced beneath a running console.</summary>
    public static async Task<bool> IsDoneAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var applied = await AppliedAsync(connection, cancellationToken);
        return Scripts().All(script => applied.GetValueOrDefault(script.Name) == script.Sha256);
    }

    /// <summary>The role belongs to the whole server: another console on it may be making it at this moment.</summary>
    private static Task PrepareApplicationRoleAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        RunAsync(connection, $"""
            do $$ begin
                create role {ApplicationRole} nologin;
            exception when duplicate_object or unique_violation then null;
            end $$;
            grant usage on schema public to {ApplicationRole};
            grant select, insert, update, delete on all tables in schema public to {ApplicationRole};
            grant usage on all sequences in schema public to {ApplicationRole};
            """, cancellationToken);

    private static IEnumerable<Script> Scripts()
    {
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith("Migrations.", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
            var text = reader.ReadToEnd().ReplaceLineEndings("\n");
            yield return new Script(resource["Migrations.".Length..], text, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))));
        }
    }

    private static async Task<Dictionary<string, string>> AppliedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select name, sha256 from schema_version", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var applied = new Dictionary<string, string>();
        while (await reader.ReadAsync(cancellationToken))
        {
            applied[reader.GetString(0)] = reader.GetString(1);
        }

        return applied;
    }

    private static async Task ApplyAsync(NpgsqlConnection connection, Script script, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await RunAsync(connection, script.Text, cancellationToken);
        await using var record = new NpgsqlCommand("insert into schema_version (name, sha256) values ($1, $2)", connection)
        {
            Parameters = { new() { Value = script.Name }, new() { Value = script.Sha256 } },
        };
        await record.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private sealed record Script(string Name, string Text, string Sha256);
}
