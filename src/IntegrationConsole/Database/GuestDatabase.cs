using System.Text.RegularExpressions;
using Npgsql;

namespace IntegrationConsole.Database;

internal static partial class GuestDatabase
{
    public static async Task CreateAsync(string administrator, string name, string password, CancellationToken cancellationToken)
    {
        // Both go into statements that take no parameters.
        if (!Name().IsMatch(name) || !password.All(char.IsAsciiLetterOrDigit))
        {
            throw new ArgumentException("A guest database's name is made of letters, digits and underscores, its password of letters and digits.");
        }

        await using var source = NpgsqlDataSource.Create(administrator);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        if (!await ExistsAsync(connection, "select exists (select from pg_roles where rolname = $1)", name, cancellationToken))
        {
            await RunAsync(connection, $"create role {name} login", cancellationToken);
        }

        await RunAsync(connection, $"alter role {name} password '{password}'", cancellationToken);
        if (!await ExistsAsync(connection, "select exists (select from pg_database where datname = $1)", name, cancellationToken))
        {
            await RunAsync(connection, $"grant {name} to current_user", cancellationToken);
            await RunAsync(connection, $"create database {name} owner {name}", cancellationToken);
        }
    }

    private static async Task<bool> ExistsAsync(NpgsqlConnection connection, string sql, string name, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = name } } };
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]{0,62}$")]
    private static partial Regex Name();
}
