using System.Globalization;
using Npgsql;

namespace IntegrationConsole.Drills;

/// <summary>
/// The files from which <c>console apply</c> makes a drill's tenant: an API, a database, and one integration with its
/// mapping. Streams and rules stand here as they stand in the files.
/// </summary>
internal sealed record DrillFile
{
    public const string Tenant = "drill";
    public const string Integration = "drill";
    public const string Password = "DRILL_PASSWORD";

    private const string MappingFile = "drill.mapping.yaml";

    /// <summary>Where the outside world is.</summary>
    public required string Api { get; init; }

    /// <summary>Of the API, as <c>{ name: things, path: /page/things }</c>.</summary>
    public required IReadOnlyList<string> Streams { get; init; }

    /// <summary>The stream of the API that is read.</summary>
    public string From { get; init; } = "things";

    /// <summary>As <c>{ connection: api, stream: orders, write: append }</c>.</summary>
    public required string Destination { get; init; }

    /// <summary>As the studio's text view shows it.</summary>
    public required string Mapping { get; init; }

    /// <summary>More of the integration, such as <c>deletes: { policy: hard }</c>.</summary>
    public string More { get; init; } = "";

    /// <summary>A name and rows for each lookup table.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Lookups { get; init; } = new Dictionary<string, IReadOnlyDictionary<string, string>>();

    /// <summary>Into a table called target.</summary>
    /// <param name="write">As <c>write: upsert, keys: [id]</c>.</param>
    public static DrillFile ToTable(string api, string stream, string mapping, string write = "write: upsert, keys: [id]") =>
        new() { Api = api, Streams = [stream], Destination = $"{{ connection: database, stream: target, {write}, create: true }}", Mapping = mapping };

    /// <summary>Into the stream orders of the same API.</summary>
    /// <param name="write">As <c>write: append, keys: [id]</c>.</param>
    public static DrillFile ToCompany(string api, IReadOnlyList<string> streams, string mapping, string write) =>
        new() { Api = api, Streams = streams, Destination = $"{{ connection: api, stream: orders, {write} }}", Mapping = mapping };

    /// <summary>Writes the file, and beside it those that it names.</summary>
    /// <param name="folder">Where they go.</param>
    /// <param name="database">The destination; its password is left to the environment.</param>
    /// <returns>The file to apply.</returns>
    public string Write(string folder, NpgsqlConnectionStringBuilder database)
    {
        File.WriteAllText(Path.Combine(folder, MappingFile), Mapping);
        foreach (var (name, rows) in Lookups)
        {
            File.WriteAllLines(Path.Combine(folder, $"{name}.csv"), rows.Select(row => $"\"{row.Key}\",\"{row.Value}\""));
        }

        var file = Path.Combine(folder, "drill.yaml");
        File.WriteAllText(file, string.Create(CultureInfo.InvariantCulture, $$"""
            tenant: { slug: {{Tenant}}, name: Drill }
            credentials:
              - name: login
                kind: databaseLogin
                settings: { user: {{database.Username}} }
                secret: { env: {{Password}} }
            connections:
              - name: api
                kind: rest
                settings:
                  baseAddress: {{Api}}
                  streams:{{List(Streams, "          ")}}
              - name: database
                kind: postgres
                credential: login
                settings: { host: "{{database.Host}}", port: {{database.Port}}, database: {{database.Database}}, tls: prefer }
            lookups:{{List(Lookups.Keys.Select(name => $"{{ name: {name}, file: {name}.csv }}"), "  ")}}
            integrations:
              - name: {{Integration}}
                source: { connection: api, stream: {{From}} }
                destination: {{Destination}}
                {{More}}
                mapping: { file: {{MappingFile}} }

            """));
        return file;
    }

    private static string List(IEnumerable<string> items, string indent) => string.Concat(items.Select(item => $"\n{indent}- {item}"));
}
