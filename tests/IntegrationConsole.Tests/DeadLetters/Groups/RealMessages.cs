using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.DeadLetters.Groups;

namespace IntegrationConsole.Tests.DeadLetters.Groups;

/// <summary>Sixty messages as HTTP services, PostgreSQL, JSON readers and .NET write them, and the console itself, each with the group that it belongs to.</summary>
internal static class RealMessages
{
    public static IReadOnlyList<(string Group, FailureFacts Facts)> All { get; } =
    [
        // HTTP
        Http("rest down", "503", "api.shop.example is down or overloaded (503)."),
        Http("rest down", "503", "crm.other-shop.example is down or overloaded (503)."),
        Http("rest unknown error", "520", "api.shop.example is down or overloaded (520)."),
        Http("http 503 text", "503", "HTTP/1.1 503 Service Unavailable (request 7f3c9a0012ab)"),
        Http("http 503 text", "503", "HTTP/1.1 503 Service Unavailable (request 99d1e80311ff)"),
        Http("http 502 text", "502", "HTTP/1.1 502 Bad Gateway (request 99d1e80311ff)"),
        Http("response status 404", "404", "Response status code does not indicate success: 404 (Not Found)."),
        Http("response status 400", "400", "Response status code does not indicate success: 400 (Bad Request)."),
        Http("rate limit", "429", "Rate limit exceeded. Retry after 30 seconds."),
        Http("rate limit", "429", "Rate limit exceeded. Retry after 7 seconds."),
        Http("not found at", "404", "No resource at https://api.shop.example/v2/orders/8812?expand=lines#1"),
        Http("not found at", "404", "No resource at https://api.shop.example/v2/orders/99?expand=none"),
        Http("email taken", "409", "The e-mail ada@private.example is taken."),
        Http("email taken", "409", "The e-mail b.o'brien+x@mail.example.co.uk is taken."),
        Http("tax", "422", "shop.example does not accept the data (422).", """{"errors":[{"code":"INVALID_TAX","field":"lines[3].taxCode","message":"XK is wrong"}]}"""),
        Http("tax", "422", "shop.example does not accept the data (422).", """{"errors":[{"code":"INVALID_TAX","field":"lines[14].taxCode","message":"RS is wrong"}],"requestId":"a1"}"""),
        Http("country", "422", "shop.example does not accept the data (422).", """{"errors":[{"code":"INVALID_COUNTRY","field":"country","message":"XK is wrong"}]}"""),
        Http("no codes", "422", "shop.example does not accept the data (422).", "customer Ada is locked"),
        Http("no codes", "422", "shop.example does not accept the data (422).", "customer Bob is locked"),
        Http("token", "401", "The access token expired at 2026-03-02T08:15:30.123Z."),
        Http("token", "401", "The access token expired at 2025-12-31T23:59:59+01:00."),
        Http("too large", "413", "Request body of 10,485,760 bytes exceeds the limit of 1048576 bytes."),
        Http("too large", "413", "Request body of 2097153 bytes exceeds the limit of 1048576 bytes."),

        // SQL
        Sql("unique email", "23505", "23505: duplicate key value violates unique constraint \"customer_email_key\""),
        Sql("unique phone", "23505", "23505: duplicate key value violates unique constraint \"customer_phone_key\""),
        Sql("key exists", "23505", "Key (email)=(ada@private.example) already exists."),
        Sql("key exists", "23505", "Key (email)=(Bob (the second) is \"quoted\") already exists."),
        Sql("other key exists", "23505", "Key (phone)=(0815) already exists."),
        Sql("integer syntax", "22P02", "22P02: invalid input syntax for type integer: \"twelve\""),
        Sql("integer syntax", "22P02", "22P02: invalid input syntax for type integer: \"12,5\""),
        Sql("date syntax", "22007", "22007: invalid input syntax for type date: \"31.02.2026\""),
        Sql("not null", "23502", "23502: null value in column \"email\" of relation \"customer\" violates not-null constraint", "email"),
        Sql("not null phone", "23502", "23502: null value in column \"phone\" of relation \"customer\" violates not-null constraint", "phone"),
        Sql("too long", "22001", "22001: value too long for type character varying(60)"),
        Sql("too long", "22001", "22001: value too long for type character varying(255)"),
        Sql("foreign key", "23503", "insert or update on table \"orders\" violates foreign key constraint \"orders_customer_fk\""),
        Sql("deadlock", "40P01", "Process 4711 waits for ShareLock on transaction 991823; blocked by process 4712."),
        Sql("deadlock", "40P01", "Process 12 waits for ShareLock on transaction 8; blocked by process 99123."),
        Sql("connection", "08006", "Failed to connect to 10.1.2.3:5432"),
        Sql("connection", "08006", "Failed to connect to db-7.customer.internal:6432"),

        // JSON
        Json("path", "/lines/3/qty", "The JSON value could not be converted to System.Int32. Path: $.lines[3].qty | LineNumber: 0 | BytePositionInLine: 12."),
        Json("path", "/lines/12/qty", "The JSON value could not be converted to System.Int32. Path: $.lines[12].qty | LineNumber: 7 | BytePositionInLine: 1904."),
        Json("path price", "/lines/12/price", "The JSON value could not be converted to System.Decimal. Path: $.lines[12].price | LineNumber: 7 | BytePositionInLine: 1904."),
        Json("start", "", "'<' is an invalid start of a value. LineNumber: 0 | BytePositionInLine: 0."),
        Json("start", "", "'%' is an invalid start of a value. LineNumber: 12 | BytePositionInLine: 3."),
        Json("depth", "", "The maximum configured depth of 64 has been exceeded. LineNumber: 1 | BytePositionInLine: 64."),

        // .NET
        Net("null", "NullReferenceException", "Object reference not set to an instance of an object."),
        Net("key", "KeyNotFoundException", "The given key 'customer-17' was not present in the dictionary."),
        Net("key", "KeyNotFoundException", "The given key 'order 8812' was not present in the dictionary."),
        Net("format", "FormatException", "The input string '12,5a' was not in a correct format."),
        Net("file", "FileNotFoundException", "Could not find file '/var/data/in/orders-2026-03-02.csv'."),
        Net("file path", "IOException", "The process cannot access the file /var/data/in/orders.csv because it is in use."),
        Net("file path", "IOException", "The process cannot access the file C:\\drop\\march\\orders-2.csv because it is in use."),
        Net("argument", "ArgumentOutOfRangeException", "Index was out of range. Must be non-negative and less than the size of the collection. (Parameter 'index')"),
        Net("argument of a part", "ArgumentOutOfRangeException", "Index was out of range. Must be non-negative and less than the size of the collection. (Parameter 'startIndex')"),

        // Our own mapping
        Map("email text", "email", "email: the value at contact.email is not text."),
        Map("email long", "email", "email takes at most 60 characters; this value has 84."),
        Map("email long", "email", "email takes at most 60 characters; this value has 1,204."),
        Map("id", "id", "id: 3f2504e0-4f89-11d3-9a0c-0305e82c3301 is not an integer."),
        Map("id", "id", "id: 0x7FFE01 is not an integer."),
    ];

    private static (string, FailureFacts) Http(string group, string code, string message, string answer = "") =>
        ($"http {group}", new FailureFacts(FailureCause.Validation, LetterStage.Write, "rest", code, "", message, answer, ["api.shop.example", "crm.other-shop.example", "shop.example"]));

    private static (string, FailureFacts) Sql(string group, string code, string message, string field = "") =>
        ($"sql {group}", new FailureFacts(FailureCause.Validation, LetterStage.Write, "postgres", code, field, message, "", []));

    private static (string, FailureFacts) Json(string group, string field, string message) =>
        ($"json {group}", new FailureFacts(FailureCause.Malformed, LetterStage.Read, "rest", "json", field, message, "", []));

    private static (string, FailureFacts) Net(string group, string code, string message) =>
        ($"net {group}", new FailureFacts(FailureCause.Bug, LetterStage.Write, "rest", code, "", message, "", []));

    private static (string, FailureFacts) Map(string group, string field, string message) =>
        ($"map {group}", new FailureFacts(FailureCause.Mapping, LetterStage.Map, "", "", field, message, "", []));
}
