namespace IntegrationConsole.Connectors.Rest;

/// <summary>The form of a REST connection.</summary>
internal static class RestDescriptor
{
    public const string Kind = "rest";

    private static readonly string[] Numbered = ["page", "offset"];
    private static readonly string[] Paged = ["page", "offset", "cursor", "nextLink", "linkHeader"];

    public static ConnectorDescriptor Descriptor { get; } = new(
        Kind, "REST API", "Reads from and writes to any system that speaks JSON over HTTP.", CanRead: true, CanWrite: true,
        [AuthenticationKind.ApiKey, AuthenticationKind.Bearer, AuthenticationKind.Basic, AuthenticationKind.OAuth2ClientCredentials], NeedsCredential: false,
        [
            Url("baseAddress", "Base address") with { Required = true, Placeholder = "https://api.example.com/v1", Help = "What the addresses of all streams begin with." },
            new("headers", "Request headers", SettingKind.Pairs) { Help = "Sent with every request. Secrets belong in the credential, not here." },
            Text("testPath", "Test path") with { Placeholder = "/me", Help = "What a test of the connection asks for. Empty: the first page of the first stream that can be read." },
            Number("timeoutSeconds", "Timeout in seconds", 30, 1, 600) with { Help = "How long to wait for an answer to begin, and for each further piece of it.", Advanced = true },
            Limit("callsPerSecond", "Calls a second at most", 10_000) with { Help = "Shared by all connections with the same credential, on all nodes. Empty: as the system says in its answers." },
            Limit("callsPerMinute", "Calls a minute at most", 1_000_000),
            Limit("callsPerDay", "Calls a day at most", 1_000_000_000) with { Help = "A day in UTC." },
            new("http2", "HTTP/2 without asking", SettingKind.Switch) { Default = "false", Help = "Only for systems that speak HTTP/2 without TLS. With TLS, HTTP/2 is used by itself where it is offered.", Advanced = true },
            new("streams", "Streams", SettingKind.List) { Required = true, ItemName = "stream", Help = "The lists of records that this system has.", Fields = [.. Common(), .. Reading(), .. Writing()] },
        ])
    {
        KeepsLedger = true,
        CanPartition = true,
    };

    private static IEnumerable<SettingField> Common() =>
    [
        Text("name", "Name") with { Required = true, Placeholder = "customers", Help = "How integrations refer to this list." },
        Text("path", "Path") with { Required = true, Placeholder = "/customers?include=address", Help = "Behind the base address. May hold a query." },
        Text("keyFields", "Key fields") with { Placeholder = "id", Help = "What identifies a record; several with commas between them." },
        new("canRead", "Can be read", SettingKind.Switch) { Default = "true" },
        new("canWrite", "Can be written", SettingKind.Switch) { Default = "false" },
    ];

    private static IEnumerable<SettingField> Reading() =>
    [
        Text("parent", "Stands below") with { Placeholder = "customers", Help = "The stream whose records this one is read below, one after the other; {parent} in the path is the id of each. Empty: the list is read as it is.", ShownWhen = Readable },
        Text("parentId", "Id of the parent") with { Placeholder = "id", Help = "The field of the parent's record that goes into the path. Empty: its key field.", ShownWhen = ("parent", []) },
        Text("parentField", "Parent's id in the record") with { Placeholder = "customerId", Help = "Puts the id of the parent into each record, under this name. Empty: it is not put in.", ShownWhen = ("parent", []) },
        Text("records", "Record selector") with { Placeholder = "data.items", Help = "Where the list of records is in the answer. Empty when the answer itself is the list.", ShownWhen = Readable },
        new("pagination", "Pages", SettingKind.Choice)
        {
            Default = "none", Help = "How the system hands out a list that is longer than one answer.", ShownWhen = Readable,
            Choices =
            [
                ("none", "One answer holds everything"), ("page", "By page number"), ("offset", "By offset"), ("cursor", "By a cursor in the answer"),
                ("nextLink", "By a link in the answer"), ("linkHeader", "By the Link header"),
            ],
        },
        Text("pageParameter", "Page parameter") with { Default = "page", ShownWhen = Pages("page") },
        Number("firstPage", "First page number", 1, 0, 1_000) with { ShownWhen = Pages("page") },
        Text("offsetParameter", "Offset parameter") with { Default = "offset", ShownWhen = Pages("offset") },
        Text("cursorPath", "Cursor in the answer") with { Placeholder = "paging.next", Help = "Where the answer says from where to go on. Missing, null or empty there ends the list.", ShownWhen = Pages("cursor") },
        Text("cursorParameter", "Cursor parameter") with { Placeholder = "cursor", ShownWhen = Pages("cursor") },
        Text("nextLinkPath", "Next link in the answer") with { Placeholder = "links.next", Help = "Where the answer has the address of the next page. Missing, null or empty there ends the list.", ShownWhen = Pages("nextLink") },
        Text("sizeParameter", "Size parameter") with { Default = "limit", Help = "Asks for a number of records in a page. Empty: the system decides.", ShownWhen = Pages(Paged) },
        Number("pageSize", "Page size", 100, 1, 100_000) with { Help = "Larger pages are faster; most systems have a limit.", ShownWhen = Pages(Paged) },
        new("stop", "The list ends with", SettingKind.Choice)
        {
            Default = "empty", ShownWhen = Pages(Numbered),
            Help = "An empty page is always safe. A page that is not full saves one call, but ends too early where the system hands out fewer than asked for.",
            Choices = [("empty", "an empty page"), ("short", "a page that is not full"), ("total", "as many records as the total says"), ("notFound", "an empty page, or one that is not there (404)")],
        },
        Text("hasMorePath", "More to come") with { Placeholder = "has_more", Help = "Where the answer says true or false about further pages.", ShownWhen = Pages("page", "offset", "cursor"), Advanced = true },
        Text("totalPath", "Total in the answer") with { Placeholder = "meta.total", Help = "Where the answer says how many of the records asked for there are in all. Shows progress, and a list that ends before as many came is not taken for whole.", ShownWhen = Readable, Advanced = true },
        Text("totalHeader", "Total in a header") with { Placeholder = "X-Total-Count", ShownWhen = Readable, Advanced = true },
        Text("incrementalParameter", "Changed-since parameter") with { Placeholder = "updated_since", Help = "Asks only for what changed since the last run. Empty: everything is read every time.", ShownWhen = Readable },
        Text("cursorField", "Changed field in the record") with { Placeholder = "updated_at", Help = "The greatest value of a run is where the next one goes on.", ShownWhen = Readable },
        new("cursorFormat", "Changed-since format", SettingKind.Choice)
        {
            Default = "asIs", ShownWhen = Readable, Advanced = true,
            Choices = [("asIs", "as the records have it"), ("iso8601", "ISO 8601"), ("epochSeconds", "seconds since 1970"), ("epochMilliseconds", "milliseconds since 1970")],
        },
    ];

    private static IEnumerable<SettingField> Writing() =>
    [
        new("sending", "Records in a call", SettingKind.Choice) { Default = "single", ShownWhen = Writable, Choices = [("single", "one"), ("batch", "many")] },
        Text("createPath", "Path to create") with { Placeholder = "/customers", Help = "Empty: the path above. For rows of a child table, {parentId} stands for the id that the system gave the record they belong to: /orders/{parentId}/lines.", ShownWhen = Writable },
        Method("createMethod", "Method to create", "POST", "POST", "PUT") with { ShownWhen = Writable, Advanced = true },
        Text("updatePath", "Path to change") with { Placeholder = "/customers/{key}", Help = "{key} stands for the record's key, {name} for the field of that name. Empty: records cannot be changed alone.", ShownWhen = Writable },
        Method("updateMethod", "Method to change", "PATCH", "PATCH", "PUT", "POST") with { ShownWhen = Writable, Advanced = true },
        new("upsert", "Create or change in one call", SettingKind.Choice)
        {
            Default = "none", ShownWhen = Writable, Help = "Whether the system can be told to create a record, or change it if it is there.",
            Choices = [("none", "not offered"), ("put", "PUT to the record's address"), ("post", "POST to the list")],
        },
        Text("upsertPath", "Path to create or change") with { Placeholder = "/customers/{key}", ShownWhen = ("upsert", ["put", "post"]) },
        Number("batchSize", "Records in a call at most", 100, 1, 10_000) with { ShownWhen = ("sending", ["batch"]) },
        Text("wrapperProperty", "Property around the list") with { Placeholder = "items", Help = "Empty: the list is sent as it is.", ShownWhen = ("sending", ["batch"]) },
        Text("resultsPath", "Results in the answer") with { Placeholder = "results", Help = "Where the answer says what became of each record, in their order. Empty: a call is taken as a whole.", ShownWhen = ("sending", ["batch"]) },
        Text("resultStatusPath", "Status in a result") with { Placeholder = "status", Help = "A number as in HTTP, or a word such as ok.", ShownWhen = ("sending", ["batch"]) },
        Text("resultErrorPath", "Error in a result") with { Placeholder = "error.message", ShownWhen = ("sending", ["batch"]) },
        Text("idempotencyHeader", "Idempotency header") with { Placeholder = "Idempotency-Key", Help = "The header by which the system knows a call that it has seen. With it, a call whose answer was lost is sent again without making a second record.", ShownWhen = Writable },
        Text("lookupPath", "Path to look up one record") with { Placeholder = "/orders?external_id={key}", Help = "Asked before a record whose answer was lost is sent again: {key} stands for the record's key, {name} for the field of that name. Empty: the system cannot be asked.", ShownWhen = Writable },
        Text("lookupRecord", "Record in that answer") with { Placeholder = "items", Help = "Where the record, or a list with it, is. Empty when the answer itself is it.", ShownWhen = Writable, Advanced = true },
        Text("answerIdPath", "Id in the answer") with { Placeholder = "id", Help = "Where the answer to a call, or a result in it, has the id that the system gave the record. The ledger keeps it.", ShownWhen = Writable, Advanced = true },
        Text("takeBackPath", "Path to take back") with { Placeholder = "/orders/{remoteId}", Help = "Where a later row of the same record is refused, what was made before is taken back here, the last first: {remoteId} stands for the id in the answer, {key} for the record's key, {name} for the field of that name. May be called twice. Empty: it stands, or goes with the record it belongs to.", ShownWhen = Writable },
        Method("takeBackMethod", "Method to take back", "DELETE", "DELETE", "POST", "PUT", "PATCH") with { ShownWhen = Writable, Advanced = true },
        new("sendUnchanged", "Send again what did not change", SettingKind.Switch) { Default = "false", Help = "For systems whose records others change too: each run puts back what the mapping makes. Otherwise what the system took, and is the same now, is not sent.", ShownWhen = Writable, Advanced = true },
        Number("parallelCalls", "Calls at the same time", 4, 1, 16) with { Help = "Records with the same key stay in order.", ShownWhen = Writable, Advanced = true },
    ];

    private static (string, IReadOnlyList<string>)? Readable => ("canRead", ["true"]);

    private static (string, IReadOnlyList<string>)? Writable => ("canWrite", ["true"]);

    private static (string, IReadOnlyList<string>)? Pages(params string[] styles) => ("pagination", styles);

    private static SettingField Text(string name, string label) => new(name, label, SettingKind.Text);

    private static SettingField Url(string name, string label) => new(name, label, SettingKind.Url);

    private static SettingField Number(string name, string label, int otherwise, int min, int max) => new(name, label, SettingKind.Number) { Default = $"{otherwise}", Min = min, Max = max };

    private static SettingField Limit(string name, string label, int max) => new(name, label, SettingKind.Number) { Min = 1, Max = max, Advanced = true };

    private static SettingField Method(string name, string label, string otherwise, params string[] methods) =>
        new(name, label, SettingKind.Choice) { Default = otherwise, Choices = [.. methods.Select(method => (method, method))] };
}
