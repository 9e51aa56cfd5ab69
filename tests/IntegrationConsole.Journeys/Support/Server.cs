using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace IntegrationConsole.Journeys.Support;

/// <summary>The PostgreSQL inside a console's data folder, as its administrator sees it.</summary>
internal sealed class Server(ConsoleProcess console)
{
    private string Folder => Path.Combine(console.DataFolder, "postgres");

    public int Port => int.Parse(File.ReadAllLines(Path.Combine(Folder, "postmaster.pid"))[3], CultureInfo.InvariantCulture);

    public int ProcessId => int.Parse(File.ReadAllLines(Path.Combine(Folder, "postmaster.pid"))[0], CultureInfo.InvariantCulture);

    /// <summary>The server's main process and all that it has started.</summary>
    public IReadOnlyList<int> ProcessIds
    {
        get
        {
            var main = ProcessId;
            return [main, .. Directory.GetDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _)).Select(name => int.Parse(name!, CultureInfo.InvariantCulture)).Where(id => ParentOf(id) == main)];
        }
    }

    /// <summary>Ends without a farewell, and cannot be started until the folder is back.</summary>
    public void TakeAway()
    {
        var processes = ProcessIds;
        File.Move(Path.Combine(Folder, "PG_VERSION"), Hidden);
        foreach (var id in processes)
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
        }
    }

    public void GiveBack() => File.Move(Hidden, Path.Combine(Folder, "PG_VERSION"));

    private string Hidden => Path.Combine(console.DataFolder, "PG_VERSION.away");

    private static int? ParentOf(int id)
    {
        try
        {
            // The name, which stands in brackets, may hold blanks.
            var line = File.ReadAllText($"/proc/{id}/stat");
            return int.Parse(line[(line.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            // It has ended meanwhile.
            return null;
        }
    }

    /// <summary>Tests may lose their data when the machine stops; they are faster for it.</summary>
    public async Task HurryAsync()
    {
        await RunAsync("postgres", "alter system set fsync = off");
        await RunAsync("postgres", "alter system set synchronous_commit = off");
        await RunAsync("postgres", "select pg_reload_conf()");
    }

    /// <summary>A database of a customer, with a login of the same name.</summary>
    public async Task CreateCustomerAsync(string name, string password, string tables)
    {
        await RunAsync("postgres", $"create role {name} login password '{password}'");
        await RunAsync("postgres", $"create database {name} owner {name}");
        await RunAsync(name, $"set role {name}; {tables}");
    }

    public async Task RunAsync(string database, string sql)
    {
        await using var connection = await OpenAsync(database);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<T> AskAsync<T>(string database, string sql)
    {
        await using var connection = await OpenAsync(database);
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    private async Task<NpgsqlConnection> OpenAsync(string database)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1", Port = Port, Username = "postgres", Database = database, Pooling = false, SslMode = SslMode.Disable,
            Password = (await File.ReadAllTextAsync(Path.Combine(console.DataFolder, "postgres.password"))).Trim(),
        }.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }
}
