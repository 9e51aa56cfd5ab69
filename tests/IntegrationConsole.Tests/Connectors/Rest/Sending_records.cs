using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Connectors.Rest;

public sealed class Sending_records : RestWorld
{
    private static readonly RowField[] Fields = [new("id", FieldType.String), new("state", FieldType.String)];

    private static readonly object Stream = new
    {
        name = "orders", path = "/sink/orders?expand=all", canRead = false, canWrite = true, upsert = "put", upsertPath = "/sink/orders/{key}", updatePath = "/sink/orders/{id}",
        idempotencyHeader = "Idempotency-Key", parallelCalls = 1,
    };

    [Fact]
    public async Task Every_type_arrives_as_json_knows_it()
    {
        RowField[] fields =
        [
            new("text", FieldType.String), new("integer", FieldType.Integer), new("decimal", FieldType.Decimal), new("yes", FieldType.Boolean), new("date", FieldType.Date),
            new("moment", FieldType.Timestamp), new("uuid", FieldType.Uuid), new("json", FieldType.Json), new("nothing", FieldType.String),
        ];
        var rows = new RowBatch(fields);
        FieldValue[] values =
        [
            FieldValue.Of("Zoë \"Q\" 東京 🚀 </script>"), FieldValue.Of(long.MinValue), FieldValue.Of(79228162514264337593543950.335m), FieldValue.Of(true), FieldValue.Of(new DateOnly(2026, 2, 28)),
            FieldValue.Of(new DateTimeOffset(2026, 3, 29, 3, 30, 0, 123, TimeSpan.FromHours(2))), FieldValue.Of(Guid.Parse("0198a000-0000-7000-8000-000000000001")),
            FieldValue.OfJson("{\"a\":[1.10,null]}"), FieldValue.Null,
        ];
        values.CopyTo(rows.NextRow());
        rows.Commit("1", 0);
        await using var console = await TestConsole.StartAsync();
        await using var writer = await Connector(console).OpenAsync(Connect(Stream), new WriteRequest("orders", WriteMode.Append, fields, [], CreateStream: false), CancellationToken.None);

        await writer.WriteAsync(rows, 0, 1, "token", CancellationToken.None);

        Assert.Equal(
            """
            {"text":"Zoë \"Q\" 東京 \uD83D\uDE80 </script>","integer":-9223372036854775808,"decimal":79228162514264337593543950.335,"yes":true,"date":"2026-02-28",
            "moment":"2026-03-29T01:30:00.123Z","uuid":"0198a000-0000-7000-8000-000000000001","json":{"a":[1.10,null]},"nothing":null}
            """.ReplaceLineEndings(""), Server.Sinks["orders"].Items.Single());
        Assert.Equal(("POST", "/sink/orders", "application/json"), (Server.Traffic.Last.Single().Method, Server.Traffic.Last.Single().Target, Server.Traffic.Last.Single().Headers["Content-Type"]));
    }

    [Fact]
    public async Task A_person_s_content_type_wins_over_ours()
    {
        await using var console = await TestConsole.StartAsync();
        var connection = Connect(Stream, headers: new Dictionary<string, string> { ["Content-Type"] = "application/vnd.api+json", ["X-Tenant"] = "7" });
        await using var writer = await Connector(console).OpenAsync(connection, new WriteRequest("orders", WriteMode.Append, Fields, ["id"], CreateStream: false), CancellationToken.None);

        await writer.WriteAsync(Rows(("1", "open")), 0, 1, "token", CancellationToken.None);
        var report = await Connector(console).CheckAsync(connection, CancellationToken.None);

        Assert.Equal(("application/vnd.api+json", "7"), (Server.Traffic.Last.First().Headers["Content-Type"], Server.Traffic.Last.First().Headers["X-Tenant"]));
        Assert.NotEmpty(report.Steps);
    }

    [Theory]
    [InlineData("a/b", "/sink/orders/a%2Fb")]
    [InlineData("a b?c=d#e", "/sink/orders/a%20b%3Fc%3Dd%23e")]
    [InlineData("ü%41", "/sink/orders/%C3%BC%2541")]
    public async Task A_key_stays_one_part_of_its_address(string key, string target)
    {
        var result = await WriteAsync(WriteMode.Upsert, "token", (key, "open"));

        Assert.Equal(1, result.Written);
        Assert.Equal(target, Server.Traffic.Last.Single().Target);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(".")]
    [InlineData("..")]
    public async Task A_key_that_would_address_something_else_is_refused_alone(string key)
    {
        var result = await WriteAsync(WriteMode.Upsert, "token", ("1", "open"), (key, "open"), ("2", "open"));

        Assert.Equal((2, FailureCause.Validation), (result.Written, result.Failures[1].Cause));
        Assert.Equal(["/sink/orders/1", "/sink/orders/2"], Server.Traffic.Last.Select(seen => seen.Target));
    }

    [Fact]
    public async Task Half_a_character_is_refused_alone()
    {
        var result = await WriteAsync(WriteMode.Upsert, "token", ("1", "open"), ("2", "\ud83d"));

        Assert.Equal((1, FailureCause.Validation, "state"), (result.Written, result.Failures[1].Cause, result.Failures[1].Field));
    }

    [Fact]
    public async Task A_record_that_is_made_again_in_another_batch_has_the_same_idempotency_key()
    {
        await WriteAsync(WriteMode.Append, "run 1, batch 1", ("1", "open"), ("2", "open"));
        await WriteAsync(WriteMode.Append, "run 1, batch 7", ("2", "open"), ("3", "open"), ("2", "closed"));

        Assert.Equal(1, Server.Sinks["orders"].Duplicates);
        Assert.Equal(4, Server.Sinks["orders"].Count);
        Assert.All(Server.Traffic.Last, seen => Assert.Matches("^[0-9a-f]{32}$", seen.Headers["Idempotency-Key"]));
    }

    [Fact]
    public async Task A_state_that_comes_back_is_a_new_change_and_not_a_repetition()
    {
        await WriteAsync(WriteMode.Upsert, "run 1", ("1", "open"), ("1", "closed"), ("1", "open"));
        await WriteAsync(WriteMode.Upsert, "run 2", ("1", "closed"));
        await WriteAsync(WriteMode.Upsert, "run 3", ("1", "open"));
        await WriteAsync(WriteMode.Upsert, "run 3", ("1", "open"));

        Assert.Equal(1, Server.Sinks["orders"].Duplicates);
        Assert.Contains("\"open\"", Server.Sinks["orders"].Items.Single());
    }

    [Fact]
    public async Task Two_records_without_a_key_may_be_alike()
    {
        await using var console = await TestConsole.StartAsync();
        await using var writer = await Connector(console).OpenAsync(Connect(Stream), new WriteRequest("orders", WriteMode.Append, Fields, [], CreateStream: false), CancellationToken.None);
        var rows = Rows(("", "open"), ("", "open"));

        await writer.WriteAsync(rows, 0, 2, "token", CancellationToken.None);
        await writer.WriteAsync(rows, 0, 2, "token", CancellationToken.None);

        Assert.Equal((2, 2), (Server.Sinks["orders"].Count, Server.Sinks["orders"].Duplicates));
    }

    [Theory]
    [InlineData(WriteMode.Update, "plain", "cannot be changed")]
    [InlineData(WriteMode.Upsert, "plain", "cannot create or change in one call")]
    [InlineData(WriteMode.Append, "readonly", "not set up for writing")]
    [InlineData(WriteMode.Append, "absent", "no stream named absent")]
    [InlineData(WriteMode.Upsert, "strange", "colour is needed to address a record")]
    [InlineData(WriteMode.Update, "keyed", "name the key fields")]
    public async Task What_cannot_be_written_is_said_before_the_first_row(WriteMode mode, string stream, string says)
    {
        await using var console = await TestConsole.StartAsync();
        var connection = Connection(new
        {
            baseAddress = Server.Address,
            streams = new object[]
            {
                new { name = "plain", path = "/sink/orders", canWrite = true },
                new { name = "readonly", path = "/sink/orders" },
                new { name = "strange", path = "/sink/orders", canWrite = true, upsert = "put", upsertPath = "/sink/orders/{colour}" },
                new { name = "keyed", path = "/sink/orders", canWrite = true, updatePath = "/sink/orders/{key}" },
            },
        });

        var failure = (await Assert.ThrowsAsync<FailureException>(() =>
            Connector(console).OpenAsync(connection, new WriteRequest(stream, mode, Fields, [], CreateStream: false), CancellationToken.None))).Failure;

        Assert.Equal(FailureCause.Configuration, failure.Cause);
        Assert.Contains(says, failure.Sentence);
        Assert.Empty(Server.Traffic.Last);
    }

    private static RowBatch Rows(params (string Key, string State)[] records)
    {
        var rows = new RowBatch(Fields);
        foreach (var (key, state) in records)
        {
            var row = rows.NextRow();
            row[0] = FieldValue.Of(key);
            row[1] = FieldValue.Of(state);
            rows.Commit(key, rows.Count);
        }

        return rows;
    }

    private async Task<WriteResult> WriteAsync(WriteMode mode, string token, params (string Key, string State)[] records)
    {
        await using var console = await TestConsole.StartAsync();
        await using var writer = await Connector(console).OpenAsync(Connect(Stream), new WriteRequest("orders", mode, Fields, ["id"], CreateStream: false), CancellationToken.None);
        return await writer.WriteAsync(Rows(records), 0, records.Length, token, CancellationToken.None);
    }
}
