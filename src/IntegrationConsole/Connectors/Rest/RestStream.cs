using System.Text.Json.Serialization;
using IntegrationConsole.Connectors.Json;

namespace IntegrationConsole.Connectors.Rest;

/// <summary>How a list that is longer than one answer is gone through.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RestPagination>))]
internal enum RestPagination
{
    None,
    Page,
    Offset,
    Cursor,
    NextLink,
    LinkHeader,
}

/// <summary>How numbered pages end.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RestStop>))]
internal enum RestStop
{
    Empty,
    Short,
    Total,
    NotFound,
}

/// <summary>How the cursor of an incremental read is written in a request.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CursorFormat>))]
internal enum CursorFormat
{
    AsIs,
    Iso8601,
    EpochSeconds,
    EpochMilliseconds,
}

[JsonConverter(typeof(JsonStringEnumConverter<RestUpsert>))]
internal enum RestUpsert
{
    None,
    Put,
    Post,
}

[JsonConverter(typeof(JsonStringEnumConverter<RestSending>))]
internal enum RestSending
{
    Single,
    Batch,
}

/// <summary>One list of records, and how it is read and written.</summary>
internal sealed record RestStream
{
    public string Name { get; init; } = "";

    public string Path { get; init; } = "";

    public string KeyFields { get; init; } = "";

    public bool CanRead { get; init; } = true;

    public bool CanWrite { get; init; }

    /// <summary>The stream below whose records this one stands; empty: below none.</summary>
    public string Parent { get; init; } = "";

    /// <summary>Where a record of the parent has its id; empty: in its key.</summary>
    public string ParentId { get; init; } = "";

    /// <summary>The field under which each record gets the id of its parent; empty: it does not.</summary>
    public string ParentField { get; init; } = "";

    public string Records { get; init; } = "";

    public RestPagination Pagination { get; init; }

    public string PageParameter { get; init; } = "page";

    public int FirstPage { get; init; } = 1;

    public string OffsetParameter { get; init; } = "offset";

    public string CursorPath { get; init; } = "";

    public string CursorParameter { get; init; } = "";

    public string NextLinkPath { get; init; } = "";

    /// <summary>Empty: the system decides how long a page is.</summary>
    public string SizeParameter { get; init; } = "";

    public int PageSize { get; init; } = 100;

    public RestStop Stop { get; init; }

    public string HasMorePath { get; init; } = "";

    public string TotalPath { get; init; } = "";

    public string TotalHeader { get; init; } = "";

    public string IncrementalParameter { get; init; } = "";

    public string CursorField { get; init; } = "";

    public CursorFormat CursorFormat { get; init; }

    public RestSending Sending { get; init; }

    /// <summary>Empty: the stream's own path.</summary>
    public string CreatePath { get; init; } = "";

    public string CreateMethod { get; init; } = "POST";

    public string UpdatePath { get; init; } = "";

    public string UpdateMethod { get; init; } = "PATCH";

    public RestUpsert Upsert { get; init; }

    public string UpsertPath { get; init; } = "";

    public int BatchSize { get; init; } = 100;

    public string WrapperProperty { get; init; } = "";

    public string ResultsPath { get; init; } = "";

    public string ResultStatusPath { get; init; } = "";

    public string ResultErrorPath { get; init; } = "";

    public string IdempotencyHeader { get; init; } = "";

    /// <summary>Where the answer to a call has the id that the system gave the record; empty for nowhere.</summary>
    public string AnswerIdPath { get; init; } = "";

    /// <summary>Where the system is asked for one record; empty: it cannot be asked.</summary>
    public string LookupPath { get; init; } = "";

    /// <summary>Where the record, or a list with it, is in that answer; empty when the answer itself is it.</summary>
    public string LookupRecord { get; init; } = "";

    public bool SendUnchanged { get; init; }

    /// <summary>Where a record that was made is taken back; empty: it is not.</summary>
    public string TakeBackPath { get; init; } = "";

    public string TakeBackMethod { get; init; } = "DELETE";

    public int ParallelCalls { get; init; } = 4;

    [JsonIgnore]
    public bool IsBelow => Parent.Length > 0;

    [JsonIgnore]
    public bool IsIncremental => IncrementalParameter.Length > 0 && CursorField.Length > 0;

    [JsonIgnore]
    public IReadOnlyList<string> Keys => KeyFields.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    [JsonIgnore]
    public FieldPath RecordsAt => FieldPath.Parse(Records);
}
