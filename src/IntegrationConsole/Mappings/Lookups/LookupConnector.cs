using System.Diagnostics;
using System.Text.Json;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;

namespace IntegrationConsole.Mappings.Lookups;

/// <summary>
/// The tenant's own lookup tables as a destination, so that a sync can fill one from the system that knows: each table is
/// a stream with the fields <c>key</c> and <c>value</c>.
/// </summary>
public sealed class LookupConnector(LookupStore tables, LookupRows rows) : IDestination
{
    public const string Kind = "lookup";
    public const string Key = "key";
    public const string Value = "value";

    public ConnectorDescriptor Descriptor { get; } = new(
        Kind, "Lookup tables", "Fills the lookup tables of this tenant, which mappings ask: each row is a key and a value.",
        CanRead: false, CanWrite: true, Accepts: [], NeedsCredential: false, Settings: []);

    public IReadOnlyList<SettingProblem> Validate(JsonElement settings) => [];

    public async Task<CheckReport> CheckAsync(OpenConnection connection, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var count = (await tables.ListAsync(connection.Tenant, cancellationToken)).Count;
        return new CheckReport([new CheckStep(
            "Look for lookup tables", true,
            count switch { 0 => "There is none yet; a run can make one.", 1 => "There is 1 lookup table.", _ => $"There are {count} lookup tables." },
            Stopwatch.GetElapsedTime(started).TotalMilliseconds)]);
    }

    public async Task<IReadOnlyList<StreamInfo>> DiscoverAsync(OpenConnection connection, CancellationToken cancellationToken) =>
    [
        .. (await tables.ListAsync(connection.Tenant, cancellationToken))
            .Select(table => new StreamInfo(table.Name, $"{table.RowCount:N0} rows", CanRead: false, CanWrite: true, SupportsIncremental: false, [Key])),
    ];

    public Task<IReadOnlyList<StreamField>> DescribeAsync(OpenConnection connection, string stream, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<StreamField>>(
            [new(Key, FieldType.String, Required: true, LookupRow.MostKeyCharacters, IsKey: true, "text"), new(Value, FieldType.String, Required: true, LookupRow.MostValueCharacters, IsKey: false, "text")]);

    public async Task<IDestinationWriter> OpenAsync(OpenConnection connection, WriteRequest request, CancellationToken cancellationToken)
    {
        if (Misfit(request) is { } misfit)
        {
            throw new FailureException(new Failure(FailureCause.Configuration, misfit));
        }

        var table = await FindAsync(connection, request, cancellationToken)
            ?? throw new FailureException(new Failure(
                FailureCause.Configuration, $"There is no lookup table named {request.Stream}: make it, or let the integration create its destination."));
        return new LookupWriter(rows, connection, table, [.. request.Fields]);
    }

    private static string? Misfit(WriteRequest request) =>
        request.Mode is not WriteMode.Upsert ? "A lookup table is filled by key: choose to change the record with this key, or make it."
        : request.Keys is not [Key] ? $"The key of a lookup table is its field {Key}: name it as the integration's key."
        : request.Fields.FirstOrDefault(field => field.Name is not (Key or Value)) is { Name: not null } stranger ? $"A lookup table has the fields {Key} and {Value}, and no {stranger.Name}: remove it from the mapping."
        : request.Fields.All(field => field.Name != Value) ? $"The mapping makes no {Value}: a lookup table needs one."
        : null;

    private async Task<LookupTable?> FindAsync(OpenConnection connection, WriteRequest request, CancellationToken cancellationToken)
    {
        var name = request.Stream.Trim();
        async Task<LookupTable?> FindByNameAsync() => (await tables.ListAsync(connection.Tenant, cancellationToken)).FirstOrDefault(table => table.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        var table = await FindByNameAsync();
        if (table is not null || !request.CreateStream)
        {
            return table;
        }

        // Another run may make it at the same moment: whoever comes second finds it.
        await tables.CreateEmptyAsync(connection.Tenant, name, $"Filled through {connection.Name}", cancellationToken);
        return await FindByNameAsync();
    }
}
