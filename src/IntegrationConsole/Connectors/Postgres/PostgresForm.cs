using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace IntegrationConsole.Connectors.Postgres;

/// <summary>The form of a PostgreSQL connection, and what its fields cannot say about themselves.</summary>
internal static class PostgresForm
{
    public const int Port = 5432;
    public const int StatementTimeout = 300;
    public const string VerifyName = "verify";
    public const string VerifyAuthority = "verify-authority";
    public const string PreferTls = "prefer";
    public const string NoTls = "none";

    public static readonly ConnectorDescriptor Descriptor = new(
        "postgres", "PostgreSQL", "Tables, views and queries of a PostgreSQL database.", CanRead: true, CanWrite: true,
        [AuthenticationKind.DatabaseLogin], NeedsCredential: true,
        [
            new("host", "Host", SettingKind.Text) { Required = true, Placeholder = "db.example.com", Help = "A name or an address. Behind a pooler, one that keeps a session is needed for writing." },
            new("port", "Port", SettingKind.Number) { Default = "5432", Min = 1, Max = 65535 },
            new("database", "Database", SettingKind.Text) { Required = true, Placeholder = "shop" },
            new("tls", "Encryption", SettingKind.Choice)
            {
                Default = VerifyName,
                Choices =
                [
                    (VerifyName, "TLS, certificate and name checked"), (VerifyAuthority, "TLS, certificate checked but not its name"),
                    (PreferTls, "TLS where offered, nothing checked"), (NoTls, "None"),
                ],
                Help = "The last two only reach networks that this deployment allows.",
            },
            new("schema", "Only these schemas", SettingKind.Text) { Placeholder = "public, sales", Help = "Which schemas are listed; empty for all that the login may use." },
            new("certificate", "Trusted authority", SettingKind.LongText)
            {
                Advanced = true, Placeholder = "-----BEGIN CERTIFICATE-----", Help = "The certificate (PEM) of the authority that signed the server's; empty for those this machine trusts.",
                ShownWhen = ("tls", [VerifyName, VerifyAuthority]),
            },
            new("statementTimeout", "Seconds a statement may take", SettingKind.Number) { Advanced = true, Default = "300", Min = 1, Max = 86_400 },
            new("cursors", "Tables that are read by what changed", SettingKind.List)
            {
                Advanced = true, ItemName = "table", Help = "Not needed for a table with a single column such as updated_at.",
                Fields =
                [
                    new("table", "Table", SettingKind.Text) { Required = true, Placeholder = "sales.orders" },
                    new("column", "Column that tells what changed", SettingKind.Text)
                    {
                        Required = true, Placeholder = "updated_at",
                        Help = "Must only ever grow, and should be indexed together with the key. Rows without a value are read every time.",
                    },
                ],
            },
            new("overlap", "Seconds to read again", SettingKind.Number)
            {
                Advanced = true, Default = "0", Max = 86_400,
                Help = "Changes this much older than the newest one of the last run are read again. Set it to the longest transaction that "
                    + "writes to the source: what commits late would be missed otherwise.",
            },
            new("queries", "Queries", SettingKind.List)
            {
                Advanced = true, ItemName = "query", Help = "A SELECT that is read like a table.",
                Fields =
                [
                    new("name", "Name", SettingKind.Text) { Required = true, Placeholder = "open_orders" },
                    new("sql", "SELECT", SettingKind.LongText) { Required = true },
                    new("keys", "Key columns", SettingKind.Text)
                    {
                        Placeholder = "order_id, line",
                        Help = "Names with commas between them. They must identify a row and never be null. Without them an interrupted run begins again.",
                    },
                    new("cursor", "Column that tells what changed", SettingKind.Text) { Placeholder = "changed_at" },
                ],
            },
        ])
    {
        CanOverwrite = true,
        CanDelete = true,
        CanPartition = true,
        CanStream = true,
    };

    public static IReadOnlyList<SettingProblem> Validate(JsonElement json)
    {
        var problems = new List<SettingProblem>();
        foreach (var name in (string[])["port", "statementTimeout", "overlap"])
        {
            if (json.TryGetProperty(name, out var number) && number.ValueKind is JsonValueKind.Number && !number.TryGetInt32(out _))
            {
                problems.Add(new(name, "This must be a whole number."));
            }
        }

        if (problems.Count == 0)
        {
            Validate(json.Deserialize<PostgresSettings>(JsonSerializerOptions.Web)!, problems);
        }

        return problems;
    }

    private static void Validate(PostgresSettings settings, List<SettingProblem> problems)
    {
        if (settings.Host.AsSpan().ContainsAny("/,@ \t") || Uri.CheckHostName(settings.Host.Trim('[', ']')) is UriHostNameType.Unknown)
        {
            problems.Add(new("host", "This is not the name or the address of a host, such as db.example.com."));
        }

        if (settings.Certificate is { Length: > 0 } pem && !HoldsCertificates(pem))
        {
            problems.Add(new("certificate", "This is not a certificate in PEM form: it begins with -----BEGIN CERTIFICATE-----."));
        }

        var queries = settings.Queries ?? [];
        for (var index = 0; index < queries.Count; index++)
        {
            if (queries.Take(index).Any(before => before.Name == queries[index].Name))
            {
                problems.Add(new($"queries[{index}].name", "Another query has this name."));
            }
        }

        var cursors = settings.Cursors ?? [];
        for (var index = 0; index < cursors.Count; index++)
        {
            if (cursors.Take(index).Any(before => before.Table == cursors[index].Table))
            {
                problems.Add(new($"cursors[{index}].table", "This table has its column already."));
            }
        }
    }

    private static bool HoldsCertificates(string pem)
    {
        try
        {
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPem(pem);
            return certificates.Count > 0;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
