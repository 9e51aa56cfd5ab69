using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace IntegrationConsole.Connectors.Circuits;

/// <summary>When one connection's circuit opens, where that is not what the deployment says.</summary>
public sealed record OwnThresholds(TenantId TenantId, Guid ConnectionId, CircuitOptions Options, string ChangedBy, DateTimeOffset ChangedAt);

/// <summary>Reads and writes connections' own thresholds in a caller's transaction.</summary>
internal static class CircuitThresholds
{
    private const string Columns = """
        tenant_id, connection_id, failure_share, fewest_calls, failures_in_a_row, refusals_in_a_row, first_break, longest_break, changed_by, changed_at
        """;

    /// <summary>Those in the session's reach: a tenant's, or everybody's.</summary>
    public static async Task<IReadOnlyList<OwnThresholds>> ListAsync(DatabaseSession session, CancellationToken cancellationToken) =>
        [.. (await session.ListAsync<Row>($"select {Columns} from circuit_threshold", null, cancellationToken)).Select(row => row.Thresholds)];

    public static async Task<OwnThresholds?> FindAsync(DatabaseSession session, TenantId tenant, Guid connection, CancellationToken cancellationToken) =>
        (await session.FindAsync<Row>(
            $"select {Columns} from circuit_threshold where tenant_id = @tenant and connection_id = @connection", new { tenant, connection }, cancellationToken))?.Thresholds;

    public static Task<int> SaveAsync(DatabaseSession session, OwnThresholds own, CancellationToken cancellationToken) => session.RunAsync("""
        insert into circuit_threshold (tenant_id, connection_id, failure_share, fewest_calls, failures_in_a_row, refusals_in_a_row, first_break, longest_break, changed_at, changed_by)
        values (@tenant, @connection, @share, @calls, @failures, @refusals, @first, @longest, @at, @by)
        on conflict (tenant_id, connection_id) do update set failure_share = excluded.failure_share, fewest_calls = excluded.fewest_calls,
            failures_in_a_row = excluded.failures_in_a_row, refusals_in_a_row = excluded.refusals_in_a_row, first_break = excluded.first_break,
            longest_break = excluded.longest_break, changed_at = excluded.changed_at, changed_by = excluded.changed_by
        """,
        new
        {
            tenant = own.TenantId, connection = own.ConnectionId, share = own.Options.FailureShare, calls = own.Options.FewestCalls, failures = own.Options.FailuresInARow,
            refusals = own.Options.RefusalsInARow, first = own.Options.FirstBreak, longest = own.Options.LongestBreak, at = own.ChangedAt, by = own.ChangedBy,
        },
        cancellationToken);

    public static Task<int> DeleteAsync(DatabaseSession session, TenantId tenant, Guid connection, CancellationToken cancellationToken) =>
        session.RunAsync("delete from circuit_threshold where tenant_id = @tenant and connection_id = @connection", new { tenant, connection }, cancellationToken);

    /// <summary>What is wrong with thresholds that somebody typed, by the option's name; empty for nothing.</summary>
    public static IReadOnlyDictionary<string, string> Check(CircuitOptions options)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        var problems = results.ToDictionary(result => result.MemberNames.First(), _ => "This is outside of what is possible.");
        if (options.LongestBreak < options.FirstBreak)
        {
            problems.TryAdd(nameof(CircuitOptions.LongestBreak), "The longest break is shorter than the first.");
        }

        return problems;
    }

    private sealed class Row
    {
        public TenantId TenantId { get; init; }

        public Guid ConnectionId { get; init; }

        public double FailureShare { get; init; }

        public int FewestCalls { get; init; }

        public int FailuresInARow { get; init; }

        public int RefusalsInARow { get; init; }

        public TimeSpan FirstBreak { get; init; }

        public TimeSpan LongestBreak { get; init; }

        public string ChangedBy { get; init; } = "";

        public DateTimeOffset ChangedAt { get; init; }

        public OwnThresholds Thresholds => new(
            TenantId, ConnectionId,
            new CircuitOptions
            {
                FailureShare = FailureShare, FewestCalls = FewestCalls, FailuresInARow = FailuresInARow, RefusalsInARow = RefusalsInARow, FirstBreak = FirstBreak,
                LongestBreak = LongestBreak,
            },
            ChangedBy, ChangedAt);
    }
}

public static class ThresholdWords
{
    extension(CircuitOptions options)
    {
        /// <summary>In one sentence.</summary>
        public string Words => string.Create(
            CultureInfo.InvariantCulture,
            $"opens when {options.FailureShare * 100:0} % of {options.FewestCalls} calls or more fail within a minute, after {options.FailuresInARow} failures or {options.RefusalsInARow} refused sign-ins in a row; breaks of {options.FirstBreak.TotalSeconds:0} s to {options.LongestBreak.TotalSeconds:0} s");
    }
}
