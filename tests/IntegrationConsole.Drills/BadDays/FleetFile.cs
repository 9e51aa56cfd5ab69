using System.Globalization;
using System.Net;
using System.Text;

namespace IntegrationConsole.Drills.BadDays;

/// <summary>The file from which <c>console apply</c> makes the tenant: for each fault a table to fill and a company to send to.</summary>
internal static class FleetFile
{
    public const string Tenant = "drill";
    public const string Password = "DRILL_PASSWORD";

    /// <summary>Their sources have spoilt records among the good ones; the other faults' runs end green.</summary>
    private static readonly HashSet<string> Spoilt = ["postgres-1", "down", "busy", "partition", "disk", "same", "deploy-1", .. Enumerable.Range(0, 10).Select(number => $"kill-{2 * number + 1:00}")];

    public static bool HasSpoilt(string fault) => Spoilt.Contains(fault);

    /// <param name="faults">A name each, by which everything of it is called.</param>
    /// <param name="companies">Where the outside world is.</param>
    /// <param name="database">How a fault's moves reach the destination's database.</param>
    public static string Write(IEnumerable<string> faults, string companies, Func<string, IPEndPoint> database)
    {
        var connections = new StringBuilder();
        var integrations = new StringBuilder();
        foreach (var fault in faults)
        {
            var place = database(fault);
            connections.Append(CultureInfo.InvariantCulture, $$"""
                  - name: {{fault}} company
                    kind: rest
                    settings:
                      baseAddress: {{companies}}
                      streams:
                        {{Source(fault, MoveKind.Table)}}
                        {{Source(fault, MoveKind.Company)}}
                        - { name: orders, path: /sink/{{fault}}, canRead: false, canWrite: true, parallelCalls: 8, idempotencyHeader: Idempotency-Key }
                  - name: {{fault}} database
                    kind: postgres
                    credential: login
                    settings: { host: {{place.Address}}, port: {{place.Port}}, database: destination, tls: prefer }

                """);
            integrations.Append(CultureInfo.InvariantCulture, $$"""
                  - name: {{fault}} {{MoveKind.Table}}
                    source: { connection: {{fault}} company, stream: {{SlugOf(fault, MoveKind.Table)}} }
                    destination: { connection: {{fault}} database, stream: public.{{TableOf(fault)}}, write: upsert, keys: [id], create: true }
                    overlap: queue
                {{Mapping}}
                  - name: {{fault}} {{MoveKind.Company}}
                    source: { connection: {{fault}} company, stream: {{SlugOf(fault, MoveKind.Company)}} }
                    destination: { connection: {{fault}} company, stream: orders, write: append, keys: [id] }
                    overlap: queue
                {{Mapping}}

                """);
        }

        return $$"""
            tenant: { slug: {{Tenant}}, name: Drill, quotas: { concurrentRuns: 8 } }
            credentials:
              - name: login
                kind: databaseLogin
                settings: { user: console }
                secret: { env: {{Password}} }
            connections:
            {{connections}}integrations:
            {{integrations}}
            """;
    }

    public static string SlugOf(string fault, MoveKind kind) => $"{fault}-{kind.ToString().ToLowerInvariant()}";

    public static string TableOf(string fault) => $"things_{fault.Replace('-', '_')}";

    private static string Source(string fault, MoveKind kind) => string.Create(CultureInfo.InvariantCulture,
        $"- {{ name: {SlugOf(fault, kind)}, path: /page/{SlugOf(fault, kind)}, canRead: true, records: data, pagination: page, pageSize: {Fleet.PageSize}, sizeParameter: limit, totalPath: meta.total, keyFields: id }}");

    private const string Mapping = """
                mapping:
                  fields:
                    - { name: id, type: integer, source: id, required: true }
                    - { name: name, source: name, required: true }
                    - { name: amount, type: decimal, source: amount }
            """;
}
