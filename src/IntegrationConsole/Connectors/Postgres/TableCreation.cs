using System.Text;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using Npgsql;

namespace IntegrationConsole.Connectors.Postgres;

/// <summary>Makes the table that a sync writes to, from its fields.</summary>
internal static class TableCreation
{
    public static async Task CreateAsync(PostgresSession session, WriteRequest request, CancellationToken cancellationToken)
    {
        var (schema, table) = request.Stream.Split('.', 2) is [var before, var behind] ? (before, behind) : ("public", request.Stream);
        if (request.Fields.Select(field => field.Name).Append(schema).Append(table).FirstOrDefault(name => Encoding.UTF8.GetByteCount(name) > SqlName.MostBytes) is { } tooLong)
        {
            throw new FailureException(new Failure(FailureCause.Configuration, $"The name {tooLong} is longer than the {SqlName.MostBytes} bytes that PostgreSQL allows.", "", tooLong));
        }

        var lines = request.Fields.Select(field => $"{SqlName.Quote(field.Name)} {TypeOf(field.Type)}").ToList();
        if (request.Keys.Count > 0)
        {
            lines.Add($"primary key ({SqlName.List(request.Keys)})");
        }

        try
        {
            await session.RunAsync($"create table if not exists {SqlName.Quote(schema, table)} ({string.Join(", ", lines)})", [], cancellationToken);
        }
        catch (PostgresException taken) when (taken.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DuplicateTable or PostgresErrorCodes.DuplicateObject)
        {
            // Another run made it at the same moment: which of a table's catalogs tells first is a matter of luck.
        }
        catch (PostgresException absent) when (absent.SqlState is PostgresErrorCodes.InvalidSchemaName)
        {
            throw new FailureException(new Failure(FailureCause.Configuration, $"There is no schema {schema} to make the table {table} in.", absent.SqlState), absent);
        }
    }

    private static string TypeOf(FieldType type) => type switch
    {
        FieldType.String => "text",
        FieldType.Integer => "bigint",
        FieldType.Decimal => "numeric",
        FieldType.Boolean => "boolean",
        FieldType.Date => "date",
        FieldType.Timestamp => "timestamp with time zone",
        FieldType.Uuid => "uuid",
        FieldType.Json => "jsonb",
    };
}
