using System.Globalization;
using System.Text.Json;
using IntegrationConsole.Connectors.Failures;
using Npgsql;

namespace IntegrationConsole.Connectors.Postgres;

/// <summary>Where a read stands: in which part, and behind which row of it.</summary>
/// <param name="InNulls">Still among the rows without a cursor value, which come first.</param>
/// <param name="Behind">The last row's values in the columns that order the read, as text; null at the beginning of a part.</param>
internal sealed record Place(bool InNulls, IReadOnlyList<string?>? Behind);

/// <summary>A statement and what stands for its $1 and so on.</summary>
internal sealed record Statement(string Sql, IReadOnlyList<NpgsqlParameter> Parameters);

/// <summary>
/// The statements of one read. Rows with a key come in pages, each a statement of its own that begins behind the last
/// row of the one before: no transaction stays open, and an interrupted run goes on where it was.
/// </summary>
internal sealed class ReadPlan
{
    private readonly ReadRequest _request;
    private readonly TimeSpan _overlap;
    private readonly int _mostRecordBytes;
    private readonly ColumnShape? _cursor;

    /// <param name="stream">What is read.</param>
    /// <param name="request">How.</param>
    /// <param name="overlap">How far before the cursor an incremental read begins.</param>
    /// <param name="mostRecordBytes">What is larger comes as its beginning only.</param>
    public ReadPlan(StreamShape stream, ReadRequest request, TimeSpan overlap, int mostRecordBytes)
    {
        if (request.Mode is ReadMode.Incremental)
        {
            _cursor = stream.Cursor ?? throw new FailureException(new Failure(
                FailureCause.Configuration, $"Nothing tells what changed in {request.Stream}: name its column in the connection's settings, or read everything.", "cursor"));
        }

        Stream = stream;
        Order = _cursor is null ? stream.Key : [_cursor, .. stream.Key.Where(column => column != _cursor)];
        _request = request;
        _overlap = overlap;
        _mostRecordBytes = mostRecordBytes;
    }

    public StreamShape Stream { get; }

    public bool HasKey => Stream.Key.Count > 0;

    public bool IsIncremental => _cursor is not null;

    /// <summary>The columns that order the read; their values as text follow the record in each row.</summary>
    public IReadOnlyList<ColumnShape> Order { get; }

    /// <summary>With a key, rows without a cursor value are a part of their own: no comparison finds them.</summary>
    public Place Beginning => new(HasKey && _request.Until is null && _cursor is { NotNull: false }, null);

    /// <exception cref="FailureException">The checkpoint belongs to another key.</exception>
    public Place Parse(string checkpoint)
    {
        string?[]? values = null;
        try
        {
            values = JsonSerializer.Deserialize<string?[]>(checkpoint);
        }
        catch (JsonException)
        {
            // Said below, together with what is an array but not ours.
        }

        return values is not null && HasKey && values.Length == Order.Count && values.Skip(IsIncremental ? 1 : 0).All(value => value is not null)
            ? new Place(IsIncremental && values[0] is null, values)
            : throw new FailureException(new Failure(
                FailureCause.SchemaChange, $"The place where the read of {_request.Stream} stopped does not fit its key any more: start the run from the beginning.", ReadRequest.MisplacedCode));
    }

    public static string Write(Place place) => JsonSerializer.Serialize(place.Behind);

    /// <param name="place">Behind what.</param>
    /// <param name="limit">Rows at most.</param>
    public Statement Page(Place place, long limit)
    {
        var parameters = Limit(limit);
        var most = _mostRecordBytes.ToString(CultureInfo.InvariantCulture);
        var columns = string.Concat(Order.Select((column, index) => $", {Name(column)}::text as p{index}"));
        var order = Order.Count == 0 ? "" : $" order by {string.Join(", ", Order.Select(column => Name(column) + (HasKey ? "" : " nulls first")))}";

        // The inner select ends in a limit, so that a record is made once and not once per use.
        var sql = $"""
            select case when octet_length(r.j) <= {most} then r.j end, case when octet_length(r.j) > {most} then left(r.j, 1000) end{string.Concat(Order.Select((_, index) => $", r.p{index}"))}
            from (select row_to_json(t.*)::text as j{columns} from {Stream.From} t{Where(place, parameters)}{order} limit $1) r
            """;
        return new(sql, parameters);
    }

    /// <summary>How many records the whole read meets, wherever it stands now.</summary>
    public Statement Count()
    {
        var parameters = Limit(1);
        List<string> conditions = [IsIncremental ? InRange(parameters) : "", .. InKeys(parameters)];
        conditions.RemoveAll(condition => condition.Length == 0);
        return new($"select count(*) from {Stream.From} t{(conditions.Count == 0 ? "" : $" where {string.Join(" and ", conditions)}")} limit $1", parameters);
    }

    /// <summary>A row whose promised key is none: pages would pass it by.</summary>
    public Statement RowWithoutKey() =>
        new($"select 1 from {Stream.From} t where {string.Join(" or ", Stream.Key.Select(column => $"{Name(column)} is null"))} limit $1", Limit(1));

    private string Where(Place place, List<NpgsqlParameter> parameters)
    {
        if (place.InNulls)
        {
            return $" where {Name(_cursor!)} is null{(place.Behind is null ? "" : $" and {After(Order.Skip(1), place.Behind.Skip(1), parameters)}")}";
        }

        List<string> conditions = [];
        if (place.Behind is not null)
        {
            conditions.Add(After(Order, place.Behind, parameters));
            conditions.Add(Until(parameters));
        }
        else if (IsIncremental)
        {
            conditions.Add(Beginning.InNulls ? $"{Name(_cursor!)} is not null" : "");
            conditions.Add(InRange(parameters));
        }

        conditions.AddRange(InKeys(parameters));
        conditions.RemoveAll(condition => condition.Length == 0);
        return conditions.Count == 0 ? "" : $" where {string.Join(" and ", conditions)}";
    }

    /// <summary>A part of a stream ends before its end, and begins behind its beginning; the key has no nulls.</summary>
    private IEnumerable<string> InKeys(List<NpgsqlParameter> parameters)
    {
        if (_request.Keys?.From is { } from)
        {
            yield return $"{Name(Stream.Key[0])} >= {Value(Stream.Key[0], from, parameters)}";
        }

        if (_request.Keys?.To is { } to)
        {
            yield return $"{Name(Stream.Key[0])} < {Value(Stream.Key[0], to, parameters)}";
        }
    }

    private string InRange(List<NpgsqlParameter> parameters)
    {
        var since = _request.From is null ? "" : Since(parameters);
        var until = Until(parameters);
        return since.Length > 0 && until.Length > 0 ? $"{since} and {until}" : since + until;
    }

    private string Until(List<NpgsqlParameter> parameters) =>
        IsIncremental && _request.Until is { } until ? $"{Name(_cursor!)} < {Value(_cursor!, until, parameters)}" : "";

    /// <summary>
    /// What may have changed. The rows at the cursor come again, because one that got the same value after the last run
    /// may be among them; so do rows that have no value.
    /// </summary>
    private string Since(List<NpgsqlParameter> parameters)
    {
        var since = $"{Name(_cursor!)} >= {Value(_cursor!, _request.From!, parameters)}";
        if (_overlap > TimeSpan.Zero && _cursor!.Kind is ColumnKind.Timestamp or ColumnKind.TimestampTz or ColumnKind.Date)
        {
            since += $" - make_interval(secs => {_overlap.TotalSeconds.ToString("0", CultureInfo.InvariantCulture)})";
        }

        return _cursor!.NotNull || _request.Until is not null ? since : $"({since} or {Name(_cursor)} is null)";
    }

    /// <summary>Rows behind this one; the comparison of whole rows is one that an index can answer.</summary>
    private static string After(IEnumerable<ColumnShape> columns, IEnumerable<string?> values, List<NpgsqlParameter> parameters) =>
        $"({string.Join(", ", columns.Select(Name))}) > ({string.Join(", ", columns.Zip(values, (column, value) => Value(column, value!, parameters)))})";

    private static string Name(ColumnShape column) => $"t.{SqlName.Quote(column.Name)}";

    private static string Value(ColumnShape column, string text, List<NpgsqlParameter> parameters)
    {
        parameters.Add(PostgresSession.Text(text));
        return $"${parameters.Count}::{column.Type}";
    }

    private static List<NpgsqlParameter> Limit(long rows) => [new() { Value = rows }];
}
